"""Mail as bytes -> `ParsedMail`: every field that Musubi decides by, clean, bounded, and right for what mailers really
send.

Pure: no clock, no network, no state. `parse_headers` gives sender and subject even of what `parse` refuses. Message
ids are without angle brackets. Text is never trusted: no NUL, no lone surrogate, at most the lengths below.
"""

from __future__ import annotations

import re
from typing import Final

from mail_ingest_service import charsets, machine_mail, mail_headers, mime_parts
from mail_ingest_service.addresses import Address, AddressList, other_address_in, parse_addresses
from mail_ingest_service.excerpts import excerpt
from mail_ingest_service.html_text import html_to_text
from mail_ingest_service.mail_dates import parse_date
from mail_ingest_service.mail_headers import Head
from mail_ingest_service.mime_parts import Part, Structure
from mail_ingest_service.parsed_mail import HEADER_FIELDS, Attachment, Headers, ParsedMail

__all__ = [
    "Address",
    "Attachment",
    "Headers",
    "MailUnparseable",
    "ParsedMail",
    "PartMissing",
    "attachment_bytes",
    "excerpt",
    "parse",
    "parse_headers",
]

MAX_HEAD: Final = 262_144
MAX_ADDRESSES: Final = 200
MAX_REFERENCES: Final = 50
MAX_SUBJECT: Final = 998
MAX_TEXT: Final = 1_000_000
MAX_ATTACHMENTS: Final = 500

_SOMETHING: Final = re.compile(rb"[^\r\n\t \0]")
_MESSAGE_ID: Final = re.compile(r"<([^<>\s]{1,996})>")
_HEADERS_OF_INTEREST: Final = (
    "auto-submitted", "precedence", "x-auto-response-suppress", "list-id", "list-unsubscribe", "list-unsubscribe-post",
    "list-post", "return-path", "delivered-to", "x-original-to", "importance", "x-priority", "priority", "x-mailer",
    "user-agent", "x-spam-flag", "x-spam-status", "received-spf", "content-language", "thread-index", "thread-topic",
    "disposition-notification-to", "x-loop",
)  # fmt: skip


class MailUnparseable(Exception):
    """Nothing sensible can be said of these bytes; `str()` is the reason as a sentence."""


class PartMissing(LookupError):
    """The mail has no such part; `str()` says so as a sentence."""


def parse_headers(raw_head: bytes) -> Headers:
    """Sender, recipients, subject and threading of a mail from its first 256 KB. Never raises."""
    head = mail_headers.read_head(raw_head[:MAX_HEAD])
    return _headers(head, _charset_hint(head))


def parse(raw: bytes) -> ParsedMail:
    """The whole mail. Raises `MailUnparseable` when the bytes hold no mail at all."""
    if not _SOMETHING.search(raw):
        raise MailUnparseable("The mail is empty.")
    if b"\n" not in raw[:MAX_HEAD] and b"\r" in raw[:MAX_HEAD]:
        raw = raw.replace(b"\r", b"\n")
    head = mail_headers.read_head(raw)
    structure = mime_parts.walk(raw, head)
    hint = _charset_hint(head)
    headers = _headers(head, hint)
    return _mail(raw, head, structure, headers, hint)


def attachment_bytes(raw: bytes, part: str) -> bytes:
    """The decoded bytes of the attachment at the path `part`. Raises `PartMissing` when there is none."""
    if b"\n" not in raw[:MAX_HEAD] and b"\r" in raw[:MAX_HEAD]:
        raw = raw.replace(b"\r", b"\n")
    for leaf in mime_parts.walk(raw, mail_headers.read_head(raw)).leaves:
        if leaf.path == part:
            return mime_parts.content(raw, leaf)
    raise PartMissing(f"The mail has no part {part[:50]!r}; read its list of attachments again.")


def _mail(raw: bytes, head: Head, structure: Structure, headers: Headers, hint: str) -> ParsedMail:
    bodies, files = _sorted(structure.leaves)
    text, html, cut = _bodies(raw, bodies)
    sender = headers.from_[0]["address"] or headers.from_[0]["name"] if headers.from_ else ""
    verdict = machine_mail.judge(raw, head, structure, subject=headers.subject, sender=sender)
    return ParsedMail(
        **{name: getattr(headers, name) for name in HEADER_FIELDS if name != "defects"},
        defects=headers.defects + structure.defects + cut + _too_many(files),
        text=text,
        excerpt=excerpt(text),
        html=html,
        attachments=[_attachment(raw, part, hint) for part in files[:MAX_ATTACHMENTS]],
        headers=_of_interest(head, hint),
        nature=verdict.nature,
        nature_reason=verdict.reason,
        failed_recipients=list(verdict.failed_recipients),
        reported_address=verdict.reported_address,
        authentication=machine_mail.authentication(head),
    )


def _headers(head: Head, hint: str) -> Headers:
    lists = {name: _address_list(head, name, hint) for name in ("from", "reply-to", "sender", "to", "cc")}
    ambiguity = _ambiguity(head, lists["from"])
    return Headers(
        subject=_line(head.first("subject"), MAX_SUBJECT, hint),
        date=parse_date(head.first("date")),
        message_id=_one_id(head.first("message-id")),
        in_reply_to=_one_id(head.first("in-reply-to")),
        references=_references(head.first("references")),
        from_=lists["from"].items,
        reply_to=_with_address(lists["reply-to"]),
        sender=lists["sender"].items,
        to=_with_address(lists["to"]),
        cc=_with_address(lists["cc"]),
        recipient_count=lists["to"].total + lists["cc"].total,
        sender_ambiguous=bool(ambiguity),
        ambiguity=ambiguity,
        defects=head.defects + ([] if lists["from"].items else ["the mail names no sender"]),
    )


def _address_list(head: Head, name: str, hint: str) -> AddressList:
    values = head.values.get(name, [])
    if len(values) == 1:
        return parse_addresses(values[0], limit=MAX_ADDRESSES, hint=hint)
    whole = AddressList()
    for value in values[:20]:
        found = parse_addresses(value, limit=max(MAX_ADDRESSES - len(whole.items), 1), hint=hint)
        whole = AddressList(whole.items + found.items, whole.total + found.total, whole.oddities + found.oddities)
    return whole


def _ambiguity(head: Head, senders: AddressList) -> str:
    """Why programs differ about who sent the mail, as one sentence; "" when they do not."""
    reasons = [f"{text} after From" for name, text in head.oddities if name == "from"]
    if len(head.values.get("from", ())) > 1:
        reasons.append("the mail has two From fields")
    elif senders.total > 1:
        reasons.append("From names two addresses")
    reasons += senders.oddities
    if senders.items and (other := other_address_in(**senders.items[0])):
        reasons.append(f"the name shows another address ({other})")
    return charsets.clean_line("; ".join(dict.fromkeys(reasons)), 500)


def _sorted(leaves: list[Part]) -> tuple[list[Part], list[Part]]:
    """(the parts that are the text to read, the parts that are files)."""
    bodies = [part for part in leaves if _is_body(part)]
    return bodies, [part for part in leaves if not _is_body(part)]


def _is_body(part: Part) -> bool:
    if part.content_type not in {"text/plain", "text/html"}:
        return False
    disposition = part.head.first("content-disposition").lower()
    return (
        not disposition.startswith("attachment")
        and "name" not in disposition
        and not part.parameters.keys() & {"name", "name*", "name*0"}
    )


def _bodies(raw: bytes, parts: list[Part]) -> tuple[str, str, list[str]]:
    """(text, html, defects). An HTML part is turned into text only where no plain text says the same."""
    plain_groups = {part.alternative for part in parts if part.content_type == "text/plain"} - {""}
    texts, pages, defects = [], [], []
    room = {"text/plain": MAX_TEXT, "text/html": MAX_TEXT}
    for part in parts:
        if room[part.content_type] <= 0:
            break
        text = mime_parts.text_of(raw, part, room[part.content_type])
        room[part.content_type] -= max(len(text), 1)
        if part.content_type == "text/html":
            pages.append(text)
            text = "" if part.alternative in plain_groups else _from_html(text)
        texts.append(text)
    if min(room.values()) <= 0:
        defects.append(f"the text was cut at {MAX_TEXT:,} characters")
    text = "\n".join(text for text in texts if text.strip())[:MAX_TEXT]
    return text or "\n".join(map(_from_html, pages[:1])), "\n".join(pages)[:MAX_TEXT], defects


def _from_html(html: str) -> str:
    return charsets.clean(html_to_text(html), MAX_TEXT)


def _attachment(raw: bytes, part: Part, hint: str) -> Attachment:
    disposition = part.head.first("content-disposition").partition(";")[0].strip().lower()
    content_id = charsets.clean_line(part.head.first("content-id").strip("<> "), 255)
    return {
        "name": mime_parts.file_name(part, hint),
        "content_type": part.content_type,
        "size": mime_parts.content_size(raw, part),
        "content_id": content_id,
        "inline": (disposition != "attachment" and bool(content_id) and part.parent == "multipart/related")
        or disposition == "inline",
        "part": part.path,
    }


def _too_many(files: list[Part]) -> list[str]:
    return [f"only the first {MAX_ATTACHMENTS} attachments were kept"] if len(files) > MAX_ATTACHMENTS else []


def _of_interest(head: Head, hint: str) -> dict[str, list[str]]:
    present = [name for name in _HEADERS_OF_INTEREST if name in head.values]
    return {name: [_line(value, MAX_SUBJECT, hint) for value in head.values[name][:10]] for name in present}


def _charset_hint(head: Head) -> str:
    found = re.search(r"(?i)charset\s*=\s*\"?([^\s;\"]{1,40})", head.first("content-type")[:1_000])
    return found[1] if found else ""


def _line(value: str, limit: int, hint: str) -> str:
    return charsets.clean_line(mail_headers.header_text(value, hint), limit) if value else ""


def _with_address(found: AddressList) -> list[Address]:
    return [item for item in found.items if item["address"]]


def _one_id(value: str) -> str:
    found = _MESSAGE_ID.search(value)
    return charsets.clean_line(found[1] if found else value.strip("<> \t").partition(" ")[0], MAX_SUBJECT)


def _references(value: str) -> list[str]:
    """The first, which began the thread, and the newest."""
    found = _MESSAGE_ID.findall(value[:65_536]) if value else []
    kept = found if len(found) <= MAX_REFERENCES else found[:1] + found[1 - MAX_REFERENCES :]
    return [charsets.clean_line(text, MAX_SUBJECT) for text in kept]
