"""What a mail's rows and event say, as a function of what the parser found."""

from typing import Any

import pytest

from chassis import clock
from chassis.ids import new_id
from chassis.validation import check
from contracts.errors import Invalid
from mail_ingest_service.filing import Place, authentic, filed, received_data
from mail_ingest_service.providers import NOBODY_VOUCHES, PROVIDERS, server_for, warnings_about

TRUSTED = frozenset({"mx.example.jp"})


def place(**more) -> Place:
    values: dict[str, Any] = {
        "mailbox_id": new_id(), "mailbox_name": "営業", "purpose": "sales", "policy": "automatic",
        "address": "sales@example.jp", "folder_id": new_id(), "folder": "INBOX", "role": "inbox", "uidvalidity": 1,
        "size_limit": 1, "authserv_ids": TRUSTED,
    }  # fmt: skip
    return Place(**values | more)


def said(server: str, result: str, method: str = "dmarc") -> dict:
    return {"authserv_id": server, "hop": 0, "results": [{"method": method, "result": result, "properties": {}}]}


@pytest.mark.parametrize(
    ("results", "word"),
    [
        ([], None),
        ([said("mx.example.jp", "pass")], True),
        ([said("mx.example.jp", "fail")], False),
        ([said("mx.example.jp", "none")], None),
        ([said("mx.example.jp", "pass", method="spf")], None),
        ([said("mx.attacker.example", "pass")], None),
        ([said("mx.attacker.example", "pass"), said("mx.example.jp", "fail")], False),
        ([said("mx.example.jp", "fail"), said("mx.example.jp", "pass")], False),
    ],
)
def test_only_the_topmost_word_of_a_trusted_server_counts(results, word):
    assert authentic(results, TRUSTED) is word


@pytest.mark.parametrize(
    ("server", "word"),
    [
        ("atlas206.free.mail.ne1.yahoo.com", False),
        ("atlas-production.v2-mail-prod1-bf1.omega.yahoo.com", False),
        ("mail.myyahoo.com", None),
        ("yahoo.com.attacker.example", None),
        ("dmarc=fail", None),
    ],
)
def test_a_provider_with_many_servers_is_known_by_the_end_of_their_names(server, word):
    assert authentic([said(server, "fail")], frozenset(PROVIDERS["yahoo"].authserv_ids)) is word


@pytest.mark.parametrize(
    ("role", "sender", "vouched", "way", "doubtful"),
    [
        ("sent", "whoever@example.com", None, "outgoing", False),
        ("inbox", "Sales@EXAMPLE.jp", True, "outgoing", False),
        ("inbox", "Sales@EXAMPLE.jp", None, "incoming", True),
        ("inbox", "sales@example.jp", False, "incoming", True),
        ("inbox", "sales@example.com", None, "incoming", False),
        ("inbox", "sales@example.com", True, "incoming", False),
    ],
)
def test_outgoing_is_what_lies_in_sent_and_own_mail_that_our_server_vouches_for(role, sender, vouched, way, doubtful):
    dmarc = {True: [said("mx.example.jp", "pass")], False: [said("mx.example.jp", "fail")], None: []}[vouched]
    row = row_of({"from_": named(sender), "authentication": dmarc}, role=role)
    assert (row["direction"], row["sender_ambiguous"]) == (way, doubtful)


@pytest.mark.parametrize(
    ("to", "reply_to", "doubtful"),
    [
        ("sales@example.jp", "visitor@example.com", False),
        ("sales@example.jp", "Sales@example.jp", True),
        ("tanaka@example.com", "visitor@example.com", True),
    ],
)
def test_a_web_form_of_our_own_that_writes_to_us_for_its_visitor_is_not_in_doubt(to, reply_to, doubtful):
    row = row_of({"from_": named("sales@example.jp"), "to": named(to), "reply_to": named(reply_to)})
    assert (row["direction"], row["sender_ambiguous"]) == ("incoming", doubtful)


@pytest.mark.parametrize(
    ("role", "nature", "judged"),
    [("junk", "personal", "bulk"), ("junk", "bounce", "bounce"), ("inbox", "personal", "personal")],
)
def test_what_the_server_put_into_its_folder_for_junk_is_bulk_mail(role, nature, judged):
    mail = filed_as({"from_": named("suzuki@example.com"), "nature": nature}, role=role)
    data = received_data(place(role=role), mail)
    check("mail_message.received.v1", data)
    assert data["mail"]["nature"] == mail.row["nature"] == judged
    assert ("junk" in mail.row["details"]["nature_reason"]) is (judged != nature)


def named(address):
    return [{"name": "", "address": address}]


def row_of(parsed, *, role="inbox"):
    return filed_as(parsed, role=role).row


def filed_as(parsed, *, role):
    facts: dict[str, Any] = {"mail_message_id": new_id(), "sha256": b"", "size": 1, "received_at": clock.now()}
    return filed(place(role=role), **facts, parsed={"sender_ambiguous": False} | parsed)


def test_the_largest_findings_still_obey_the_contract():
    address = {"name": "長" * 5_000, "address": "a" * 5_000 + "@example.jp"}
    parsed = {
        "subject": "件" * 5_000, "message_id": "i" * 5_000, "in_reply_to": "r" * 5_000,
        "references": ["x" * 5_000] * 500,
        "from_": [address] * 300, "reply_to": [address] * 300, "to": [address] * 300, "cc": [address] * 300,
        "failed_recipients": ["f" * 500] * 300, "excerpt": "文" * 9_000, "nature": "bounce",
    }  # fmt: skip
    mail = filed(
        place(), mail_message_id=new_id(), sha256=b"x" * 32, size=10**9, received_at=clock.now(), parsed=parsed
    )
    check("mail_message.received.v1", received_data(place(), mail))
    assert len(mail.row["subject"]) == 998


def test_a_mail_of_which_nothing_could_be_read_has_an_ambiguous_sender():
    error = {"error": "The mail is empty."}
    mail = filed(place(), mail_message_id=new_id(), sha256=b"x" * 32, size=0, received_at=clock.now(), parsed=error)
    assert (mail.row["state"], mail.row["sender_ambiguous"], mail.quarantined) == ("quarantined", True, error["error"])


@pytest.mark.parametrize("key", ["gmail", "yahoo", "office365"])
def test_the_presets_are_encrypted_and_always_check_the_certificate(key):
    settings = {"provider": key, "host": "evil.example", "security": "none", "verify_certificate": False}
    server = server_for(settings)
    assert (server.host, server.port, server.security) == (PROVIDERS[key].host, 993, "ssl")
    assert server.verify_certificate
    vouched_for = PROVIDERS[key].authserv_ids
    assert warnings_about(server, vouched_for) == ([] if vouched_for else [NOBODY_VOUCHES])
    assert bool(vouched_for) is (key != "office365")


def test_without_a_certificate_check_a_warning_is_given():
    server = server_for({"provider": "other", "host": "mail.example.jp", "verify_certificate": False})
    [warning] = warnings_about(server, TRUSTED)
    assert "not checked" in warning


def test_an_unknown_provider_names_the_known_ones():
    with pytest.raises(Invalid, match="gmail, yahoo, office365, other"):
        server_for({"provider": "pigeon"})
