"""How texts are compared where people look for something: kana, width, case and old forms of kanji make no difference.

Pure. The database's twin of ``folded`` is ``chassis.folding``.
"""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
# ァ to ヶ, and the two marks of iteration; each has its hiragana 96 places before.
KATAKANA = "".join(map(chr, [*range(ord("ァ"), ord("ヶ") + 1), ord("ヽ"), ord("ヾ")]))
HIRAGANA = "".join(chr(ord(letter) - 0x60) for letter in KATAKANA)
# Forms of one character that families write and most keyboards do not offer (異体字 of frequent names).
RARE_FORMS = "髙﨑邊邉濵濱齋齊德𠮷廣澤國嶋嶌栁桒舘櫻惠槇眞瀨龍曾增淸"
USUAL_FORMS = "高崎辺辺浜浜斎斉徳吉広沢国島島柳桑館桜恵槙真瀬竜曽増清"
_WIDE = re.compile(r"[^\x00-\x7f]")
_TABLE = str.maketrans(KATAKANA + RARE_FORMS, HIRAGANA + USUAL_FORMS)


def folded(text: str) -> str:
    """Without differences of width, case and kind of kana: ﾀﾅｶ, タナカ and たなか are one. No control characters."""
    return unicodedata.normalize("NFKC", _CONTROL.sub("", text)).lower().translate(_TABLE)


def spread(text: str) -> str:
    """A folded text for an index of trigrams: each character outside ASCII three times.

    Such an index (PostgreSQL's pg_trgm) finds no word of one or two characters, and many Japanese names have no more.
    """
    return _WIDE.sub(lambda match: match[0] * 3, folded(text))
