"""What a file is, from its first bytes: CSV or vCard, which characters, which delimiter, with or without header. Pure.

Whoever imports can say otherwise; a file that is something else altogether is refused with what to do.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from contacts_service.exchange.targets import target_of
from contracts.errors import Invalid

CSV, VCARD = "csv", "vcard"
# In the order in which they are tried; what no other can be comes first.
ENCODINGS = ("utf-8", "utf-16", "cp932", "cp1252")
DELIMITERS = (",", "\t", ";", "|")
LOOKED_AT = 64 * 1024
SAMPLE_RECORDS = 20

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_OTHERS = (
    (b"PK\x03\x04", "This is an Excel workbook (.xlsx) or an archive. In Excel: Save As, CSV UTF-8; import that file."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel workbook (.xls). In Excel: Save As, CSV UTF-8, and import that file."),
    (b"%PDF", "This is a PDF document. Export the list as CSV from the program that made it, and import that file."),
    (b"\x1f\x8b", "This is a compressed file. Unpack it, and import the CSV or vCard file that is in it."),
)
_WEB_PAGE = "This is a web page, not a list. Open it in a spreadsheet, save it as CSV UTF-8, and import that file."
_MARKUP = re.compile(r"\s*(?:<!doctype|<html|<head|<table|<meta|<\?xml)", re.IGNORECASE)
_NO_TEXT = "This is neither a CSV nor a vCard file. Save the list as CSV UTF-8 or as .vcf, and import that file."
_NOT_IN_TEXT = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_CARD = re.compile(r"\s*BEGIN[ \t]*:[ \t]*VCARD", re.IGNORECASE)
_LOOKS_LIKE_DATA = re.compile(r"@|\d{3}|\d[-/]\d")


def detected(kind: str, begin: bytes, first_foreign: bytes) -> dict[str, Any]:
    """The format of a file: ``{type, encoding, delimiter, header}``. Invalid for what is no list at all.

    ``begin``: its first bytes; ``first_foreign``: some from its first one on that is not ASCII.
    """
    check_is_text(begin)
    encoding = encoding_of(begin, first_foreign)
    text = decoded(begin[:LOOKED_AT], encoding)
    check_has_content(text)
    if _CARD.match(text.removeprefix("\ufeff")):
        return {"type": VCARD, "encoding": encoding, "delimiter": ",", "header": False}
    delimiter = delimiter_of(text)
    return {
        "type": CSV,
        "encoding": encoding,
        "delimiter": delimiter,
        "header": has_header(kind, sample(text, delimiter)),
    }


def check_is_text(begin: bytes) -> None:
    """Invalid, with what to do, for a file of another kind."""
    if not begin:
        raise _refused("The file is empty. Choose the file that holds the list.")
    for magic, sentence in _OTHERS:
        if begin.startswith(magic):
            raise _refused(sentence)


def check_has_content(text: str) -> None:
    """Invalid for a text that is none, or that holds nothing."""
    if not text.removeprefix("\ufeff").strip():
        raise _refused("The file is empty. Choose the file that holds the list.")
    if len(_NOT_IN_TEXT.findall(text)) > len(text) / 100 or text.count("\0") > len(text) / 20:
        raise _refused(_NO_TEXT)
    if _MARKUP.match(text.removeprefix("\ufeff")):
        raise _refused(_WEB_PAGE)


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, fields={"file": [sentence]})


def encoding_of(begin: bytes, first_foreign: bytes) -> str:
    """How the characters of a file are written: by its mark, by the zeros of UTF-16, by what can be read strictly."""
    for mark, encoding in _MARKS.items():
        if begin.startswith(mark):
            return encoding
    if _utf16_order(begin):
        return "utf-16"
    for encoding in ("utf-8", "cp932"):
        if _can_be(encoding, begin) and _can_be(encoding, first_foreign):
            return encoding
    return "cp1252"


def _utf16_order(begin: bytes) -> str | None:
    """The order of the bytes of UTF-16 without a mark: ASCII, of which each file has some, has zeros at one side."""
    some = begin[:LOOKED_AT]
    odd, even = some[1::2].count(0), some[::2].count(0)
    if max(odd, even) < len(some) / 20 or min(odd, even) * 10 > max(odd, even):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def codec_of(encoding: str, begin: bytes) -> str:
    """The codec that reads a file: a mark at its beginning is no part of the text."""
    if encoding == "utf-8":
        return "utf-8-sig"
    if encoding == "utf-16" and not begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _utf16_order(begin) or "utf-16-le"
    return encoding


def _can_be(encoding: str, content: bytes) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(content)
    except UnicodeDecodeError:
        return False
    return True


def decoded(begin: bytes, encoding: str) -> str:
    """The beginning of a file as text; what cannot be read in this encoding is shown as such."""
    return codecs.getincrementaldecoder(codec_of(encoding, begin))("replace").decode(begin)


def delimiter_of(text: str) -> str:
    """What stands between the cells: with it, most records have the same number of cells, and most cells."""
    return max(DELIMITERS, key=lambda delimiter: _fitness(sample(text, delimiter)))


def _fitness(records: Sequence[Sequence[str]]) -> tuple[float, int]:
    if not records:
        return 0, 0
    widths = Counter(map(len, records))
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (count / len(records), width) if width > 1 else (0, 0)


def sample(text: str, delimiter: str) -> list[list[str]]:
    """The first records of a text, read without complaint; the last one may be cut off."""
    records: list[list[str]] = []
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    try:
        for record in csv.reader(lines, delimiter=delimiter):
            if record:
                records.append(record)
            if len(records) == SAMPLE_RECORDS:
                break
    except csv.Error:
        return records
    return records


def has_header(kind: str, records: Sequence[Sequence[str]]) -> bool:
    """Whether the first record names the columns: it has a name we know, or nothing in it that looks like data."""
    if not records:
        return False
    first = [cell.strip() for cell in records[0]]
    if any(target_of(kind, cell) for cell in first):
        return True
    plain = all(first) and len(set(first)) == len(first) and not any(map(_LOOKS_LIKE_DATA.search, first))
    return plain and any(_LOOKS_LIKE_DATA.search(cell) for record in records[1:] for cell in record)
