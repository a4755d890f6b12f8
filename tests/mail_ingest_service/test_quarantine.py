"""Mails that wait: what a retry makes of them is what their reading would have made."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from contracts.errors import NotFound
from mail_ingest_service.domain import LARGEST_SIZE_LIMIT
from mail_ingest_service.models import MailMessage
from tests.mail_ingest_service.conftest import mail

MEGABYTE = 1024 * 1024
OUR_SERVER = "mx.example.jp"


def test_a_mail_too_large_leaves_quarantine_by_a_retry_and_is_then_received(service, make_box, events):
    box = make_box(size_limit=MEGABYTE)
    box.account.append(mail("大きい", body="0123456789\n" * 200_000))
    box.read()
    [waiting] = service.quarantined()["items"]
    assert waiting["subject"] == "大きい"
    assert service.retry_quarantined(id=waiting["id"])["state"] == "received"
    [event] = events("mail_message.received")
    assert event.subject == waiting["id"]
    assert service.quarantined()["items"] == []
    assert service.message(id=waiting["id"])["state"] == "received"
    with pytest.raises(NotFound):
        service.retry_quarantined(id=waiting["id"])
    assert len(events("mail_message.received")) == 1


def test_a_mail_that_still_cannot_be_parsed_stays_and_counts_the_attempts(service, make_box, events):
    box = make_box()
    box.account.append(b"\r\n \r\n")
    box.read()
    [waiting] = service.quarantined()["items"]
    assert service.retry_quarantined(id=waiting["id"])["state"] == "quarantined"
    assert service.quarantined()["items"][0]["attempts"] == 2
    assert events("mail_message.received") == []


def test_a_mail_of_which_only_the_beginning_is_here_is_never_taken_for_a_whole_one(service, make_box, db):
    box = make_box(size_limit=MEGABYTE)
    box.account.append(mail("終わりなし", body="0123456789\n" * 200_000))
    box.read()
    [waiting] = service.quarantined()["items"]
    with db.session() as session:
        session.execute(update(MailMessage).values(size=LARGEST_SIZE_LIMIT + 1))
    assert service.retry_quarantined(id=waiting["id"])["state"] == "quarantined"
    assert "Only its beginning is kept" in service.quarantined()["items"][0]["reason"]


@pytest.mark.parametrize(("verdict", "authentic"), [("fail", False), ("pass", True), ("none", None)])
def test_a_retry_heeds_what_our_server_said_of_the_sender(service, make_box, events, verdict, authentic):
    service.reading.connector = replace(service.reading.connector, trusted_authserv_ids=frozenset({OUR_SERVER}))
    box = make_box(size_limit=MEGABYTE)
    said = f"Authentication-Results: {OUR_SERVER}; dmarc={verdict}\r\n".encode()
    for subject, sender in (("他人から", "suzuki@example.jp"), ("自分から", box.account.user)):
        box.account.append(said + mail(subject, sender=sender, body="0123456789\n" * 100_000))
    box.read()
    for waiting in service.quarantined()["items"]:
        service.retry_quarantined(id=waiting["id"])
    mails = {event.data["personal"]["subject"]: event.data["mail"] for event in events("mail_message.received")}
    assert {mail["authentic"] for mail in mails.values()} == {authentic}
    ways = {subject: mail["direction"] for subject, mail in mails.items()}
    assert ways == {"他人から": "incoming", "自分から": "outgoing" if authentic else "incoming"}
