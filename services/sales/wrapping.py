"""Where lines of Japanese and Latin text break. Pure.

Between any two kanji or kana, but never inside a Latin word that fits into a line, nor before a sign that may not
begin a line or after one that may not end it (禁則処理, JIS X 4051 §7.3).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

_OPENING = re.escape("「『（［｛〈《【〔‘“([{¥￥$＄")
_CLOSING = re.escape(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー」』）］｝〉》】〕’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%％℃.,:;?!)]}"
    "｡､･ｰﾞﾟ｣ｧｨｩｪｫｬｭｮｯ"
)
_NARROW = r"[^\s\u2e80-\uffff\U0001f000-\U000fffff]"
_UNIT = re.compile(rf"[{_OPENING}]*(?:{_NARROW}+|\S)[{_CLOSING}]*|\s+")
MISSING = "□"


def wrapped(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """``text`` in lines no wider than ``width``; ``measure``: the width of one character."""
    return [line for paragraph in text.split("\n") for line in _lines(paragraph, width, measure)]


def _lines(paragraph: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    line, filled = "", 0.0
    for unit in _units(paragraph, width, measure):
        needed = sum(map(measure, unit))
        if line and filled + needed > width and not unit.isspace():
            yield line.rstrip()
            line, filled = "", 0.0
        line, filled = line + unit, filled + needed
    yield line.rstrip()


def _units(paragraph: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """What stays together; what is wider than a line falls apart into its characters."""
    for found in _UNIT.finditer(paragraph):
        unit = found[0]
        if sum(map(measure, unit)) > width:
            yield from unit
        else:
            yield unit


def printable(text: str, has_glyph: Callable[[str], bool]) -> str:
    """What a font can show of a text: a box for a character that it lacks, nothing for a mark that has no look."""
    signs = unicodedata.normalize("NFC", text).replace("\t", " ")
    return "".join(sign if sign == "\n" or has_glyph(sign) else _instead(sign) for sign in signs)


def _instead(sign: str) -> str:
    category = unicodedata.category(sign)
    if category.startswith("M") or category in ("Cf", "Cc"):
        return ""
    return " " if category.startswith("Z") else MISSING
