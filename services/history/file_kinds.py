"""What a file is called and what it is. Pure: told by its first bytes, never by who sends it."""

import re
import unicodedata
from typing import Any

from contracts.errors import Invalid

MAX_NAME = 200
OTHER = "application/octet-stream"
TEXT = "text/plain"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
# Of what is a ZIP by its bytes, the ending says which.
_IN_ZIP = {
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
}
_IN_OLE = {"doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint"}
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_UNSAFE = re.compile(r'[\\:*?"<>|]')


def name_of(given: Any) -> str:
    """A name under which a file can be saved anywhere, its ending kept. Invalid for none."""
    text = unicodedata.normalize("NFC", given) if isinstance(given, str) else ""
    last = re.split(r"[/\\]", text)[-1]
    seen = "".join(
        sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    name = _UNSAFE.sub("_", seen).strip(". ")
    if not name:
        raise Invalid(
            "The document needs a name.", fields={"name": ["Give it the name of its file, such as quote.pdf."]}
        )
    if len(name) <= MAX_NAME:
        return name
    stem, point, ending = name.rpartition(".")
    if not point or len(ending) > 20:
        return name[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}"


def type_of(first: bytes, name: str) -> str:
    """The content type of a file with these first bytes."""
    ending = name.rpartition(".")[2].lower()
    if first[:4] == b"RIFF" and first[8:12] == b"WEBP":
        return "image/webp"
    for beginning, found in _BEGINNINGS:
        if first.startswith(beginning):
            return _IN_ZIP.get(ending, found) if found == "application/zip" else _ole(found, ending)
    return TEXT if first and not _NO_TEXT.search(first) else OTHER


def _ole(found: str, ending: str) -> str:
    return _IN_OLE.get(ending, found) if found == "application/x-ole-storage" else found
