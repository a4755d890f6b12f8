"""The MIME structure of a mail: a bounded, iterative walk that notes where each leaf lies and decodes it only when
asked.

Pure. A leaf is addressed by its path as IMAP does (`1`, `2.1`), so that an attachment can be cut out of the raw mail
later. An embedded `message/rfc822` is one leaf: its parts belong to another mail.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from mail_ingest_service import charsets, mail_headers
from mail_ingest_service.mail_headers import Head

MAX_PARTS: Final = 1_000
MAX_DEPTH: Final = 100
_PART_HEAD: Final = 65_536
_PIECE: Final = 1_048_576
_UUENCODE: Final = frozenset(["x-uuencode", "uuencode", "x-uue"])
_DECODED: Final = _UUENCODE | {"quoted-printable"}

_BOUNDARY_LINE: Final = re.compile(rb"--([^\s]{1,200}?)(?:--)?[ \t]*\r?\n")
_TAIL: Final = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")
_NOT_BASE64: Final = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_UNSAFE_NAME: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_EXTENSIONS: Final = {
    "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "message/rfc822": "eml",
    "text/calendar": "ics", "text/csv": "csv", "text/html": "html", "text/plain": "txt",
    "text/vcard": "vcf", "application/ms-tnef": "dat",
}  # fmt: skip


@dataclass(slots=True)
class Part:
    """A leaf of the MIME tree: its kind, and where its encoded body lies in the raw mail."""

    path: str
    head: Head
    start: int
    end: int
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    parent: str = ""
    # Leaves of one multipart/alternative say the same thing in several forms.
    alternative: str = ""
    depth: int = 0

    @property
    def encoding(self) -> str:
        """The Content-Transfer-Encoding, lower case."""
        return self.head.first("content-transfer-encoding").partition(";")[0].strip().strip('"').lower()


@dataclass(slots=True)
class Structure:
    """The leaves of a mail in their order, and what was wrong."""

    top: Part
    leaves: list[Part]
    defects: list[str]


def walk(raw: bytes, head: Head) -> Structure:
    """The leaves of the mail `raw` whose top header block is `head`."""
    top = _part("", head, head.body_start, len(raw))
    if not top.content_type.startswith("multipart/"):
        top.path = "1"
        return Structure(top, [top], [])
    structure = Structure(top, [], [])
    waiting = [top]
    while waiting:
        part = waiting.pop()
        if part.content_type.startswith("multipart/"):
            waiting += reversed(_opened(raw, part, structure, len(waiting)))
        else:
            structure.leaves.append(part)
    return structure


def content(raw: bytes, part: Part, limit: int | None = None) -> bytes:
    """The decoded body of a leaf, of at most about `limit` encoded bytes.

    Broken encodings give what can be read of them.
    """
    end = part.end if limit is None else min(part.end, part.start + limit)
    data, encoding = raw[part.start : end], part.encoding
    if encoding == "base64":
        return _base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    return _uuencoded(data) if encoding in _UUENCODE else data


def content_size(raw: bytes, part: Part) -> int:
    """The decoded size of a leaf in bytes, without decoding Base64 that is sound, or copying what is not encoded."""
    if part.encoding != "base64":
        return len(content(raw, part)) if part.encoding in _DECODED else max(part.end - part.start, 0)
    padding = raw.find(b"=", part.start, part.end)
    if padding >= 0 and raw[padding : part.end].strip(b"= \t\r\n"):
        return len(content(raw, part))
    # Piece by piece: a copy of a large attachment would double what its mail takes.
    starts = range(part.start, part.end, _PIECE)
    return sum(len(raw[at : min(at + _PIECE, part.end)].translate(None, _NOT_BASE64)) for at in starts) * 3 // 4


def text_of(raw: bytes, part: Part, limit: int) -> str:
    """A text leaf decoded, of at most `limit` characters, line ends as \\n."""
    # Quoted-printable needs up to nine bytes for a character of three; an escaped charset a few more.
    data = content(raw, part, limit * 10)
    text = charsets.decode(data, part.parameters.get("charset", ""))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return charsets.clean(text, limit)


def file_name(part: Part, hint: str = "") -> str:
    """The name of an attachment as a person should see it: no folder, no control or direction character; made up if
    there is none.
    """
    _, disposition = mail_headers.parse_parameters(part.head.first("content-disposition"), hint)
    name = disposition.get("filename") or part.parameters.get("name") or ""
    name = _UNSAFE_NAME.sub("", mail_headers.decode_words(name)).replace("\\", "/").rpartition("/")[2].strip()
    if name.strip(". "):
        return charsets.clean(name, 255)
    return f"part-{part.path}.{_EXTENSIONS.get(part.content_type, 'bin')}"


def _part(path: str, head: Head, start: int, end: int) -> Part:
    part = Part(path, head, start, end)
    value = head.first("content-type")
    if value:
        kind, part.parameters = mail_headers.parse_parameters(value)
        part.content_type = charsets.clean_line(kind.partition(" ")[0], 127) if kind.count("/") == 1 else "text/plain"
    return part


def _opened(raw: bytes, part: Part, structure: Structure, waiting: int) -> list[Part]:
    """The children of a multipart; the part itself as text when it cannot be taken apart."""
    room = MAX_PARTS - len(structure.leaves) - waiting
    if part.depth >= MAX_DEPTH:
        structure.defects.append(f"parts nested deeper than {MAX_DEPTH} levels were not read")
        return []
    pieces = list(_pieces(raw, part, room + 1))
    if not pieces:
        structure.defects.append("a multipart has no boundary line; it was read as text")
        part.content_type, part.path = "text/plain", part.path or "1"
        return [part]
    if len(pieces) > room:
        structure.defects.append(f"the mail has more than {MAX_PARTS:,} parts; the rest was not read")
    return [_child(raw, part, number, *piece) for number, piece in enumerate(pieces[:room], 1)]


def _child(raw: bytes, parent: Part, number: int, start: int, end: int) -> Part:
    head = mail_headers.read_head(raw, start, end, limit=_PART_HEAD)
    child = _part(f"{parent.path}.{number}" if parent.path else str(number), head, min(head.body_start, end), end)
    if parent.content_type == "multipart/digest" and not head.first("content-type"):
        child.content_type = "message/rfc822"
    child.parent, child.depth = parent.content_type, parent.depth + 1
    is_alternative = parent.content_type == "multipart/alternative"
    child.alternative = (parent.path or "0") if is_alternative else parent.alternative
    return child


def _pieces(raw: bytes, part: Part, limit: int) -> Iterator[tuple[int, int]]:
    """(start, end) of the bodies between the boundary lines of a multipart; one that is never closed ends with its
    parent.
    """
    boundary = _boundary(raw, part)
    begin = -1
    for line_start, line_end, closes in _boundary_lines(raw, part, boundary):
        if begin >= 0:
            yield begin, _before_line_end(raw, begin, line_start)
            limit -= 1
        if closes or limit <= 0:
            return
        begin = line_end
    if begin >= 0:
        yield begin, part.end


def _boundary(raw: bytes, part: Part) -> bytes:
    declared = part.parameters.get("boundary", "").encode("latin-1", "replace")
    if declared and raw.find(b"--" + declared, part.start, part.end) >= 0:
        return declared
    found = _BOUNDARY_LINE.match(raw, part.start, min(part.end, part.start + 300))
    return found[1] if found else declared


def _boundary_lines(raw: bytes, part: Part, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    mark = b"--" + boundary
    position = part.start
    while boundary and (found := raw.find(mark, position, part.end)) >= 0:
        position = found + len(mark)
        tail = _TAIL.match(raw, position, part.end)
        if tail and (found == part.start or raw[found - 1] == 10):
            yield found, tail.end(), tail[1] is not None
            position = tail.end()


def _before_line_end(raw: bytes, begin: int, position: int) -> int:
    """The line end before a boundary belongs to the boundary (RFC 2046 §5.1.1)."""
    if position > begin and raw[position - 1] == 10:
        position -= 1
    return position - 1 if position > begin and raw[position - 1] == 13 else position


def _base64(data: bytes) -> bytes:
    try:
        if b"=" not in data[:-8]:
            return binascii.a2b_base64(data)
    except binascii.Error:
        pass
    # Padding in the middle: several encoded pieces were pasted together.
    return b"".join(
        mail_headers.base64_bytes(piece.decode("latin-1")) for piece in re.split(rb"=+", data, maxsplit=1_000)
    )


def _uuencoded(data: bytes) -> bytes:
    out = []
    for line in data.partition(b"begin ")[2].splitlines()[1:]:
        if line == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(out)
