"""What mail_ingest tells of the attachments of several mails, for whoever shows those mails together."""

from email.message import EmailMessage
from typing import Any

import pytest

from mail_ingest_service.service import MailIngestService

NOBODY = "01939f2e-0000-7000-8000-000000000000"


@pytest.fixture
def service(db):
    instance: Any = MailIngestService()
    instance.db = db
    return instance


def mail_with(*names: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.jp", "写真をお送りします"
    message.set_content("添付のとおりです。")
    for name in names:
        message.add_attachment(b"\x89PNG no picture", "image", "png", filename=name)
    return message.as_bytes()


def test_the_attachments_of_several_mails_are_told_at_once_in_the_order_of_their_parts(service, make_box):
    box = make_box()
    for names in (("表.png", "裏.png"), ("側面.png",), ()):
        box.account.append(mail_with(*names))
    box.read()
    ids = [one["id"] for one in service.messages()["items"]]
    told = service.attachments(mail_message_ids=[*ids, NOBODY])
    assert sorted([one["name"] for one in files] for files in told.values()) == [["側面.png"], ["表.png", "裏.png"]]
    assert service.attachments(mail_message_ids=[]) == {}
