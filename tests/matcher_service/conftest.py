"""The matcher and the contacts service behind it, both real, on real databases; events are carried by hand."""

from collections.abc import Iterator
from typing import Any

import pytest

from chassis import testing
from chassis.ids import new_id
from contacts_service import models as contacts_models
from contacts_service.service import ContactsService
from contracts import Event, MailMessageReceived
from contracts.errors import ServiceUnavailable
from matcher_service import models
from matcher_service.service import MatcherService
from tests.contacts_service.databases import KINDS, Databases, of_session

ADDRESS_EVENTS = ("address.assigned.v1", "address.released.v1")
GONE_EVENTS = ("contact.merged.v1", "organization.merged.v1", "contact.deleted.v1", "organization.deleted.v1")
BACK_EVENTS = ("contact.unmerged.v1", "organization.unmerged.v1")


def mailbox(*addresses: str, name: str = "") -> list[dict[str, str]]:
    """Entries of an address header."""
    return [{"name": name, "address": address} for address in addresses]


def mail_event(sender: Any = "tanaka@abc.co.jp", **changes: Any) -> Event:
    """A mail that was received from an address or header entries; ``changes`` override facts and personal data."""
    mail: dict[str, Any] = {
        "mail_message_id": new_id(),
        "mailbox": {"id": new_id(), "name": "Support", "purpose": "support", "policy": "automatic"},
        "folder": {"name": "INBOX", "role": "inbox"},
        "direction": "incoming",
        "nature": "personal",
        "sender_ambiguous": False,
        "authentic": None,
        "message_id": None,
        "in_reply_to": None,
        "references": [],
        "received_at": "2026-11-22T10:00:00.000000Z",
        "size": 2_000,
        "attachment_count": 0,
    }
    personal = {
        "subject": "見積のお願い",
        "excerpt": "いつもお世話になっております。",
        "sender": mailbox(sender) if isinstance(sender, str) else sender,
        "reply_to": [],
        "to": mailbox("support@musubi.example"),
        "cc": [],
        "failed_recipients": [],
    }
    for name, value in changes.items():
        (mail if name in mail else personal)[name] = value
    return testing.make_event(MailMessageReceived, subject=mail["mail_message_id"], mail=mail, personal=personal)


def id_of(event: Event) -> str:
    """The mail's id."""
    return str(event.data["mail"]["mail_message_id"])


class Away:
    """An address book that does not answer."""

    def resolve_addresses(self, *, addresses):
        raise ServiceUnavailable("No contacts service is running.")


class Road:
    """The piece of the main road from a received mail to the decision about it."""

    def __init__(self, contacts_url: str, url: str) -> None:
        self.url = url
        self.contacts = testing.instance(ContactsService, contacts_url)
        self.matcher = testing.instance(MatcherService, url, contacts=self.contacts, leads=None)
        self._carried = 0
        self._seen = 0

    def receive(self, *events: Event) -> None:
        """Mails come in, in one batch."""
        self.matcher.on_mail_message_received(list(events))

    def carry(self) -> list[Event]:
        """What contacts has published since the last call reaches the matcher; the address events of it."""
        events = testing.published(self.contacts.db)
        new, self._carried = events[self._carried :], len(events)
        changes = [event for event in new if event.type in ADDRESS_EVENTS]
        if changes:
            self.matcher.on_address_changed(changes)
        if gone := [event for event in new if event.type in GONE_EVENTS]:
            self.matcher.on_record_gone(gone)
        for event in new:
            if event.type in BACK_EVENTS:
                self.matcher.on_record_back(event)
        return changes

    def said(self) -> list[Event]:
        """What the matcher has published since the last call."""
        events = testing.published(self.matcher.db)
        new, self._seen = events[self._seen :], len(events)
        return new

    def decision(self, event: Event) -> Any:
        """The decision about a mail."""
        return self.matcher.decision(mail_message_id=id_of(event))

    def add_contact(self, last_name: str, *addresses: str) -> Any:
        """A contact comes into the address book; the matcher hears it with ``carry``."""
        return self.contacts.create_contact(data={"last_name": last_name, "addresses": list(addresses)})

    def close(self) -> None:
        """Give the connections back."""
        self.contacts.db.engine.dispose()
        self.matcher.db.engine.dispose()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """One migrated database per service and kind; they go with the session's server and folder."""
    return of_session(request, tmp_path_factory)


@pytest.fixture(params=KINDS)
def road(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Road]:
    """An empty address book and a matcher without decisions, on each kind of database."""
    road = Road(databases.empty(request.param, contacts_models), databases.empty(request.param, models))
    yield road
    road.close()
