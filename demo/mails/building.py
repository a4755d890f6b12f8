"""Builds mails byte by byte, as Japanese and other mailers write them: no library tidies up what a demo is to show."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

JST = timezone(timedelta(hours=9))
# All mails lie around this Monday; the demo moves with no clock, so that every start shows the same.
MONDAY = datetime(2026, 11, 2, tzinfo=JST)
JIS, UTF8 = "ISO-2022-JP", "UTF-8"
WORD_CHARACTERS = 12

SALES = "sales@yotsuba.example"
SUPPORT = "support@yotsuba.example"


@dataclass(frozen=True, slots=True)
class DemoMail:
    """A mail, the mailbox (sales, support) and folder it lies in, and what Musubi makes of it.

    ``becomes``: lead, joined, history, ticket, reply, nothing or quarantined; "ticket High" with its priority.
    """

    key: str
    mailbox: str
    folder: str
    raw: bytes
    received_at: datetime
    becomes: str


@dataclass(frozen=True, slots=True)
class File:
    """An attachment."""

    name: str
    content_type: str
    content: bytes


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in Japan, ``day`` days after the Monday of the demo."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def message_id(key: str, host: str = "mail.example") -> str:
    """The Message-ID of the mail with this key, without brackets."""
    return f"{key}.20261102@{host}"


def letter(
    *,
    key: str,
    sender: str,
    to: str,
    subject: str,
    text: str,
    when: datetime,
    charset: str = UTF8,
    html: str = "",
    files: Sequence[File] = (),
    replies_to: Sequence[str] = (),
    headers: Sequence[str] = (),
) -> bytes:
    """A mail. ``sender`` and ``to``: ``name <address>``; ``replies_to``: Message-IDs, the nearest last."""
    parts = [part for part in (_text("plain", text, charset), _text("html", html, charset)) if part]
    body = parts[0] if len(parts) == 1 else multipart("alternative", parts, f"alt-{key}")
    if files:
        body = multipart("mixed", [body, *(_file(file, charset) for file in files)], f"mix-{key}")
    lines = [
        *headers,
        f"From: {_mailbox(sender, charset)}",
        f"To: {_mailbox(to, charset)}",
        f"Subject: {encoded(subject, charset)}",
        f"Date: {format_datetime(when)}",
        f"Message-ID: <{message_id(key)}>",
        *_thread(replies_to),
        "MIME-Version: 1.0",
    ]
    return crlf("\n".join(lines).encode() + b"\n" + body)


def posted(key: str, *, mailbox: str, folder: str, when: datetime, becomes: str, **letter_fields: Any) -> DemoMail:
    """A letter and where it lies; ``letter_fields`` as for ``letter``."""
    return DemoMail(key, mailbox, folder, letter(key=key, when=when, **letter_fields), when, becomes)


def multipart(kind: str, parts: Sequence[bytes], boundary: str, *, parameters: str = "") -> bytes:
    """A multipart body with its own Content-Type line first."""
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{parameters}\n\n'.encode()
    inner = b"".join(b"--" + boundary.encode() + b"\n" + part + b"\n" for part in parts)
    return head + inner + b"--" + boundary.encode() + b"--\n"


def crlf(raw: bytes) -> bytes:
    """Line ends as they travel (RFC 5322)."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def encoded(text: str, charset: str) -> str:
    """A header's text as encoded words (RFC 2047), cut so that no word splits a character."""
    if text.isascii():
        return text
    chunks = [text[start : start + WORD_CHARACTERS] for start in range(0, len(text), WORD_CHARACTERS)]
    words = [f"=?{charset}?B?{b64encode(as_bytes(chunk, charset)).decode()}?=" for chunk in chunks]
    return "\n ".join(words)


def as_bytes(text: str, charset: str) -> bytes:
    """The text in a charset, ISO-2022-JP with the rows that Windows mailers use though the standard has none."""
    return _iso_2022_jp_ms(text) if charset == JIS else text.encode(charset)


def _mailbox(text: str, charset: str) -> str:
    """``name <address>`` with the name encoded; more than one, parted by commas, is left as it is."""
    name, bracket, address = text.partition(" <")
    return f"{encoded(name, charset)}{bracket}{address}" if bracket else text


def _thread(replies_to: Sequence[str]) -> list[str]:
    if not replies_to:
        return []
    references = "\n ".join(f"<{each}>" for each in replies_to)
    return [f"In-Reply-To: <{replies_to[-1]}>", f"References: {references}"]


def _text(kind: str, text: str, charset: str) -> bytes:
    if not text:
        return b""
    head = f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: "
    if charset == JIS:
        return f"{head}7bit\n\n".encode() + as_bytes(text, charset) + b"\n"
    return f"{head}base64\n\n".encode() + _lines(text.encode(charset))


def _file(file: File, charset: str) -> bytes:
    name = encoded(file.name, charset).replace("\n ", " ")
    head = (
        f'Content-Type: {file.content_type}; name="{name}"\n'
        f'Content-Disposition: attachment; filename="{name}"\nContent-Transfer-Encoding: base64\n\n'
    )
    return head.encode() + _lines(file.content)


def _lines(content: bytes) -> bytes:
    text = b64encode(content)
    return b"".join(text[start : start + 76] + b"\n" for start in range(0, len(text), 76))


def _iso_2022_jp_ms(text: str) -> bytes:
    """Runs of ASCII and of JIS cells, each behind its escape sequence."""
    pieces, wide = [], False
    for character in text:
        if character.isascii() == wide:
            wide = not wide
            pieces.append(b"\x1b$B" if wide else b"\x1b(B")
        pieces.append(_jis_cell(character) if wide else character.encode())
    return b"".join(pieces) + (b"\x1b(B" if wide else b"")


def _jis_cell(character: str) -> bytes:
    lead, trail = _without_ibm_rows(character)
    row = (lead - (0x81 if lead <= 0x9F else 0xC1)) * 2 + 0x21
    if trail >= 0x9F:
        return bytes([row + 1, trail - 0x7E])
    return bytes([row, trail - 0x1F - (trail > 0x7F)])


def _without_ibm_rows(character: str) -> bytes:
    """Shift_JIS, with the IBM extension (髙) from the rows 92 and 93 that NEC gave it: others have no JIS cell."""
    found = character.encode("cp932")
    if found[0] < 0xFA:
        return found
    cells = (bytes([lead, trail]) for lead in (0xED, 0xEE) for trail in range(0x40, 0xFD) if trail != 0x7F)
    return next(cell for cell in cells if cell.decode("cp932", "ignore") == character)
