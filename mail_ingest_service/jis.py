"""ISO-2022-JP and EUC-JP with everything that Japanese mailers put in them. Pure; never raises.

No codec of CPython has the rows of NEC and IBM (①㈱髙) in ISO-2022-JP or EUC-JP; Windows mailers have sent them for
decades.
"""

from __future__ import annotations

import re
from typing import Final

# JIS X 0208 row/cell -> Shift_JIS, by tables (lead from the row; trail from the cell and whether the row is odd).
_LEAD: Final = bytes(
    0 if not 0x21 <= j <= 0x7E else ((j - 0x21) >> 1) + (0x81 if j <= 0x5E else 0xC1) for j in range(256)
)
_TRAIL_ODD: Final = bytes(min(j + 0x1F + (j >= 0x60), 255) for j in range(256))
_TRAIL_EVEN: Final = bytes(min(j + 0x7E, 255) for j in range(256))
_ESCAPE: Final = re.compile(rb"\x1b(\([BJIH]|\$\([ABCDOPQ@]|\$[@AB])")
_PAIRS: Final = re.compile(rb"(?:[\x21-\x7e]{2})+|[^\x21-\x7e]+|[\x21-\x7e]")
_HIGH: Final = bytes(j | 0x80 for j in range(256))
_EUC: Final = re.compile(rb"(?:[\xa1-\xfe]{2})+|(?:\x8e[\xa1-\xdf])+|(?:\x8f[\xa1-\xfe]{2})+|[\x00-\x7f]+|[\x80-\xff]")
# The stdlib maps these cells as JIS did; every mailer on Windows, and the WHATWG index, as Microsoft does.
_MICROSOFT: Final = (
    ("\u301c", "\uff5e"),
    ("\u2016", "\u2225"),
    ("\u2212", "\uff0d"),
    ("\u00a2", "\uffe0"),
    ("\u00a3", "\uffe1"),
    ("\u00ac", "\uffe2"),
)


def decode(data: bytes) -> str:
    """ISO-2022-JP with everything that Windows mailers put in it: NEC and IBM rows, half-width kana, JIS X 0201, 0212
    and 0213.
    """
    try:
        text = data.decode("iso2022_jp_ext")
    except UnicodeDecodeError:
        return _decode_by_hand(data)
    for jis, microsoft in _MICROSOFT:
        text = text.replace(jis, microsoft)
    return text


def decode_euc(data: bytes) -> str:
    """EUC-JP, also with the rows of NEC and IBM."""
    try:
        return data.decode("euc_jp")
    except UnicodeDecodeError:
        return "".join(_euc_run(run) for run in _EUC.findall(data))


def _euc_run(run: bytes) -> str:
    if run[0] >= 0xA1 and len(run) > 1:
        return _pairs(bytes(byte & 0x7F for byte in run))
    return run.decode("euc_jp", "replace")


def _decode_by_hand(data: bytes) -> str:
    plain, *rest = _ESCAPE.split(data)
    runs = zip(rest[::2], rest[1::2], strict=True)
    return _eight_bit(plain) + "".join(_run(escape, run) for escape, run in runs)


def _run(escape: bytes, run: bytes) -> str:
    if escape in {b"$B", b"$@", b"$(B", b"$(@"}:
        return _pairs(run)
    if escape == b"(I":
        return bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in run).decode("cp932", "replace")
    if escape == b"(J":
        return _eight_bit(run).replace("\\", "\u00a5").replace("~", "\u203e")
    return _other_set(escape, run)


def _other_set(escape: bytes, run: bytes) -> str:
    if escape[:1] == b"(":
        return _eight_bit(run)
    if escape == b"$(D":
        return b"".join(b"\x8f" + run[i : i + 2].translate(_HIGH) for i in range(0, len(run), 2)).decode(
            "euc_jp", "replace"
        )
    codec = {b"$A": "gb18030", b"$(A": "gb18030", b"$(C": "cp949"}.get(escape, "euc_jis_2004")
    return run.translate(_HIGH).decode(codec, "replace")


def _eight_bit(run: bytes) -> str:
    """A run in ASCII state: bytes above 127 are not allowed there, and are UTF-8 or half-width kana in practice."""
    try:
        return run.decode("utf-8")
    except UnicodeDecodeError:
        return run.decode("cp932", "replace")


def _pairs(run: bytes) -> str:
    return "".join(
        _kanji(chunk) if 0x21 <= chunk[0] <= 0x7E else chunk.decode("ascii", "replace") for chunk in _PAIRS.findall(run)
    )


def _kanji(chunk: bytes) -> str:
    if len(chunk) == 1:
        return "\ufffd"
    rows, cells = chunk[::2], chunk[1::2]
    shift_jis = bytearray(len(chunk))
    shift_jis[::2] = rows.translate(_LEAD)
    shift_jis[1::2] = bytes(
        _TRAIL_ODD[cell] if row & 1 else _TRAIL_EVEN[cell] for row, cell in zip(rows, cells, strict=True)
    )
    return shift_jis.decode("cp932", "replace")
