"""Mails as a server has them and as the system files them; contacts made by the API."""

import itertools
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

from tests.infra import eventually

NUMBERS = itertools.count(1)


def mail(subject: str, *, sender: str, text: str, html: str = "", file: Any = None) -> bytes:
    """A mail to the sales mailbox; ``file``: (name, content type, bytes)."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "sales@office.example", subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="example.com")
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    if file:
        name, content_type, content = file
        message.add_attachment(content, *content_type.split("/"), filename=name)
    return message.as_bytes()


def received(system, office, *, sender, **parts):
    """A mail that has come in and is decided; the API's record of it."""
    number = next(NUMBERS)
    subject = f"見積もりのお願い {number}"
    parts = {"text": "はじめまして。\n見積もりをお願いします。", **parts}
    office.append(mail(subject, sender=sender.format(number), **parts))
    message = system.message(subject)
    eventually(lambda: system.admin.get(f"/messages/{message['id']}/decision").status_code == 200)
    return message


def new_contact(api, **data):
    """The answer to the creation of a contact."""
    answer = api.post("/contacts", json={"last_name": "田中", **data})
    assert answer.status_code == 201, answer.text
    return answer
