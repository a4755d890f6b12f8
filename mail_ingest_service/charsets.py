"""Bytes of mail -> clean text, for the charsets that mailers really send (not only those that they declare).

Pure. Names are read the way the WHATWG Encoding Standard reads them (`shift_jis` is cp932, `gb2312` is gb18030,
`iso-8859-1` is cp1252), because that is what mailers mean. ISO-2022-JP is decoded with the Microsoft rows (①㈱髙),
which no codec of CPython has.
"""

from __future__ import annotations

import re
from encodings.aliases import aliases
from functools import lru_cache
from typing import Final

from mail_ingest_service import jis

_JIS: Final = "iso-2022-jp-ms"
_GUESS_BYTES: Final = 8_192

_MEANT: Final = {
    **dict.fromkeys(
        ("shiftjis", "shift_jis", "sjis", "xsjis", "windows31j", "cp932", "mskanji", "ms932", "csshiftjis", "xmscp932"),
        "cp932",
    ),
    **dict.fromkeys(("gb2312", "gbk", "gb231280", "xgbk", "cngb", "euccn", "csgb2312", "gb18030", "cp936"), "gb18030"),
    **dict.fromkeys(
        ("ksc5601", "ksc56011987", "ksc56011989", "euckr", "korean", "windows949", "cseuckr", "cp949"), "cp949"
    ),
    **dict.fromkeys(("eucjp", "xeucjp", "ujis", "cseucpkdfmtjapanese", "cp51932", "eucjpms"), "euc_jp"),
    **dict.fromkeys(("iso88591", "latin1", "l1", "iso885911987", "cp819", "windows1252", "cp1252"), "cp1252"),
    **dict.fromkeys(("usascii", "ascii", "ansix341968", "646", "us"), "ascii"),
    **dict.fromkeys(("utf8", "utf8mb4", "unicode11utf8", "cp65001"), "utf-8"),
    **dict.fromkeys(("big5", "big5eten", "xbig5", "cp950", "cnbig5", "csbig5"), "cp950"),
    **dict.fromkeys(("unicode11utf7", "utf7"), "utf-7"),
    **dict.fromkeys(("iso88599", "latin5"), "cp1254"),
    **dict.fromkeys(("iso885911", "tis620", "windows874", "cp874"), "cp874"),
    **dict.fromkeys(("hz", "hzgb2312"), "hz"),
}
# These decode to something that is no text of a mail, or only within a program.
_NO_TEXT: Final = frozenset(
    [
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "quopri_codec",
        "rot_13",
        "uu_codec",
        "zlib_codec",
        "unicode_escape",
        "raw_unicode_escape",
        "idna",
        "punycode",
        "undefined",
        "mbcs",
    ]
)
_CODECS: Final = frozenset(aliases.values()) - _NO_TEXT | {
    "cp874",
    "koi8_u",
    "utf_8_sig",
    "cp720",
    "cp737",
}  # no alias names these

_DIRTY_LINE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fc]")
_HALF_KANA: Final = re.compile("[\uff61-\uff9f]")
_NO_JAPANESE: Final = re.compile(
    "[\ufffd\ue000-\uf8ff\x80-\x9f]|(?<![\uff61-\uff9f])[\uff61-\uff9f](?=[a-z])|(?<=[a-z])[\uff61-\uff9f]"
)
# Kanji without any kana are a name or a short subject; a long text of them is Chinese or Korean.
_KANJI_ALONE: Final = {"cp932": 0.03, "euc_jp": 0.06}
_SHORT: Final = 12
_CANDIDATES: Final = (
    "cp1252",
    "gb18030",
    "cp949",
    "cp950",
    "cp1251",
    "koi8_r",
    "cp874",
    "cp1253",
    "cp1255",
    "cp1256",
    "euc_jp",
    "cp932",
)


def decode(data: bytes, charset: str) -> str:
    """`data` as text, read as `charset` is meant; what cannot be that charset is guessed. Never raises."""
    codec = codec_for(charset)
    if b"\x1b" in data and (
        codec == _JIS or (data.isascii() and codec not in {"iso2022_kr", "hz", "utf_16", "utf_32"})
    ):
        return jis.decode(data)
    if codec in {"", "ascii", _JIS}:
        return guess(data)
    return _decode_as(data, codec)


def guess(data: bytes, hint: str = "") -> str:
    """`data` whose charset nobody told: ASCII, ISO-2022-JP, UTF-8, the `hint`, CP932 or EUC-JP, then statistics.

    Never raises.
    """
    if b"\x1b" in data:
        return jis.decode(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_with(data, _hinted(data, hint) or _japanese(data) or _statistics(data))


def clean(text: str, limit: int) -> str:
    """`text` of at most `limit` characters with no NUL and no lone surrogate, for JSON and every database."""
    text = text[:limit]
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")[:limit]
    return text


def clean_line(text: str, limit: int) -> str:
    """One line: as `clean`, with line ends and other control characters as spaces."""
    return (
        text[:limit]
        if text.isascii() and text.isprintable()
        else clean(_DIRTY_LINE.sub(_as_space, text[:limit]), limit)
    )


@lru_cache(maxsize=256)
def codec_for(charset: str) -> str:
    """The codec that mailers mean by `charset`; "" for an unknown one."""
    name = charset.strip().strip("\"'").lower()
    bare = re.sub(r"[^a-z0-9]", "", name)
    if bare.startswith(("iso2022jp", "csiso2022jp", "cp5022")):
        return _JIS
    if meant := _MEANT.get(bare):
        return meant
    normal = re.sub(r"[^a-z0-9]+", "_", name).strip("_")
    codec = aliases.get(normal) or aliases.get(bare) or normal
    return codec if codec in _CODECS else ""


def _as_space(found: re.Match[str]) -> str:
    return "\ufffd" if "\0" in found[0] else " "


def _decode_as(data: bytes, codec: str) -> str:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return _repair(data, codec)
    return text.removeprefix("\ufeff")


def _repair(data: bytes, codec: str) -> str:
    """The charset as declared when only little of the text breaks it (a cut or damaged mail), else a guess."""
    text = _decode_with(data, codec)
    broken = text.count("\ufffd")
    return text if broken * 10 <= sum(not char.isascii() for char in text[:_GUESS_BYTES]) else guess(data)


def _decode_with(data: bytes, codec: str) -> str:
    return jis.decode_euc(data) if codec == "euc_jp" else data.decode(codec, "replace")


def _hinted(data: bytes, hint: str) -> str:
    codec = codec_for(hint)
    if codec in {"", "ascii", "utf-8", "cp1252", _JIS}:
        return ""
    return "" if "\ufffd" in data.decode(codec, "replace") else codec


def _japanese(data: bytes) -> str:
    """`cp932` or `euc_jp` if the bytes read as Japanese in it, else ""."""
    sample = data[:_GUESS_BYTES]
    scores = {
        codec: _japanese_score(_decode_with(sample, codec).rstrip("\ufffd"), codec) for codec in ("cp932", "euc_jp")
    }
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] > 0 else ""


def _japanese_score(text: str, codec: str) -> float:
    """Share of the non-ASCII characters that speak for Japanese: kana for it, holes and half-width kana among Latin
    letters against it.
    """
    foreign = sum(not char.isascii() for char in text) or 1
    kana, half, holes = (len(pattern.findall(text)) for pattern in (_KANA, _HALF_KANA, _NO_JAPANESE))
    return (kana + 0.01 * half - 5 * holes) / foreign + (
        _KANJI_ALONE[codec] if foreign <= _SHORT or codec == "cp932" else 0.0
    )


def _statistics(data: bytes) -> str:
    foreign = sum(byte > 127 for byte in data[:_GUESS_BYTES])
    if foreign * 5 <= len(data[:_GUESS_BYTES]) * 2:
        return "cp1252"  # accents among Latin letters; every other script is dense
    # charset-normalizer costs 10 MB and is needed for a fraction of a percent of the mails.
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_GUESS_BYTES], cp_isolation=list(_CANDIDATES)).best()
    return (codec_for(best.encoding) if best else "") or "cp1252"
