"""What people are called where they are named in a line. Pure."""

import re

# Kana, kanji (with rare ones), half-width kana, hangul.
FAMILY_FIRST = re.compile(
    "[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)


def called(last_name: str, first_name: str) -> str:
    """A name as it is read in any language: 田中 太郎, where it has such a letter; else Emma Clarke."""
    names = (last_name, first_name) if FAMILY_FIRST.search(last_name + first_name) else (first_name, last_name)
    return " ".join(filter(None, names))
