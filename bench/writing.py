"""Writes a drafted mail as its sender's program would: headers, encodings, parts; the same bytes for the same seed."""

import binascii
import random
import textwrap
from base64 import b64encode, encodebytes
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from bench import texts

if TYPE_CHECKING:
    from bench.mailbox import Draft

FIRST_DAY = datetime(2026, 10, 1, tzinfo=UTC)
# Characters of a body; with headers, markup and transfer encoding the median mail has some 8 KB.
MEDIAN_BODY, SPREAD = 4_600, 0.75
SMALLEST, LARGEST = 200, 120_000
ATTACHMENT_BYTES = (5_000, 60_000)
BOUNDARY = "=_part_{number:08x}"


def written(draft: "Draft", *, seed: int) -> bytes:
    """The mail with LF line ends."""
    chance = random.Random(f"{seed}.{draft.number}")
    japanese = draft.kind in ("iso-2022-jp", "utf-8")
    subject = chance.choice(texts.JAPANESE_SUBJECTS if japanese else texts.ENGLISH_SUBJECTS)
    text = _text(chance, japanese=japanese)
    head, body = _BODIES[draft.kind](text, draft)
    if draft.attached:
        head, body = _with_attachment(head, body, draft, chance)
    lines = [*_envelope(draft), *_thread(draft), *_names(draft, subject, japanese=japanese), *head]
    return "\n".join(lines).encode("ascii") + b"\n\n" + body


def _text(chance: random.Random, *, japanese: bool) -> str:
    sentences = texts.JAPANESE if japanese else texts.ENGLISH
    length = min(max(int(MEDIAN_BODY * chance.lognormvariate(0, SPREAD)), SMALLEST), LARGEST)
    if japanese:
        return "\n".join(chance.choices(sentences, k=length // 60 + 1))
    paragraphs = [" ".join(chance.choices(sentences, k=5)) for _ in range(length // 320 + 1)]
    return "\n\n".join(textwrap.fill(paragraph, 76) for paragraph in paragraphs)


def _envelope(draft: "Draft") -> list[str]:
    sent = format_datetime(FIRST_DAY + timedelta(minutes=draft.number))
    host = draft.sender.address.partition("@")[2]
    return [
        f"Return-Path: <{draft.sender.address}>",
        f"Received: from mail.{host} (mail.{host} [192.0.2.{draft.number % 250}])",
        f"\tby mx.example.jp (Postfix) with ESMTPS id {draft.number:010X}",
        f"\tfor <{draft.purpose}@example.jp>; {sent}",
        f"Received: from [198.51.100.{draft.number % 250}] (unknown [198.51.100.{draft.number % 250}])",
        f"\tby mail.{host} (Postfix) with ESMTPSA id {draft.number:08X}; {sent}",
        f"Message-ID: {draft.message_id}",
        f"Date: {sent}",
        f"To: {draft.purpose}@example.jp",
        "MIME-Version: 1.0",
        "X-Mailer: Benchmark Mail 4.2",
    ]


def _thread(draft: "Draft") -> list[str]:
    if not draft.thread:
        return []
    return [f"In-Reply-To: {draft.thread[-1]}", "References: " + "\n ".join(draft.thread)]


def _names(draft: "Draft", subject: str, *, japanese: bool) -> list[str]:
    subject = f"Re: {subject}" if draft.thread else subject
    sender = draft.sender
    name = _word(f"{sender.last_name} {sender.first_name}", draft.kind) if japanese else sender.latin_name
    return [f"From: {name} <{sender.address}>", f"Subject: {_word(subject, draft.kind) if japanese else subject}"]


def _word(text: str, charset: str) -> str:
    return f"=?{charset}?B?{b64encode(text.encode(charset)).decode()}?="


def _plain(text: str, draft: "Draft") -> tuple[list[str], bytes]:
    return _head("text/plain; charset=us-ascii", "7bit"), text.encode("ascii")


def _iso_2022_jp(text: str, draft: "Draft") -> tuple[list[str], bytes]:
    return _head("text/plain; charset=ISO-2022-JP", "7bit"), text.encode("iso-2022-jp")


def _utf_8(text: str, draft: "Draft") -> tuple[list[str], bytes]:
    return _head("text/plain; charset=UTF-8", "base64"), encodebytes(text.encode())


def _html(text: str, draft: "Draft") -> tuple[list[str], bytes]:
    paragraphs = "".join(
        f'<tr><td style="font-family:sans-serif;font-size:14px">{paragraph}</td></tr>\n'
        for paragraph in text.split("\n\n")
    )
    page = f"<html><head><title>Letter</title></head><body><table>\n{paragraphs}</table></body></html>\n"
    boundary = BOUNDARY.format(number=draft.number)
    parts = [("text/plain; charset=utf-8", text), ("text/html; charset=utf-8", page)]
    body = b"".join(_part(boundary, kind, binascii.b2a_qp(part.encode(), istext=True)) for kind, part in parts)
    return [f'Content-Type: multipart/alternative; boundary="{boundary}"'], body + f"--{boundary}--\n".encode()


def _part(boundary: str, kind: str, body: bytes) -> bytes:
    return (
        f"--{boundary}\nContent-Type: {kind}\nContent-Transfer-Encoding: quoted-printable\n\n".encode() + body + b"\n"
    )


def _head(content_type: str, encoding: str) -> list[str]:
    return [f"Content-Type: {content_type}", f"Content-Transfer-Encoding: {encoding}"]


def _with_attachment(head: list[str], body: bytes, draft: "Draft", chance: random.Random) -> tuple[list[str], bytes]:
    boundary = BOUNDARY.format(number=draft.number + 2**31)
    content = encodebytes(chance.randbytes(chance.randint(*ATTACHMENT_BYTES)))
    first = f"--{boundary}\n".encode() + "\n".join(head).encode() + b"\n\n" + body
    second = (
        f'\n--{boundary}\nContent-Type: application/pdf; name="list-{draft.number}.pdf"\n'
        f'Content-Disposition: attachment; filename="list-{draft.number}.pdf"\n'
        "Content-Transfer-Encoding: base64\n\n"
    ).encode() + content
    return [f'Content-Type: multipart/mixed; boundary="{boundary}"'], first + second + f"--{boundary}--\n".encode()


_BODIES = {"plain": _plain, "html": _html, "iso-2022-jp": _iso_2022_jp, "utf-8": _utf_8}
