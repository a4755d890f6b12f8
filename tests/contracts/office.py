"""The services themselves, each on a SQLite database of its own; events are carried to their readers by hand."""

import inspect
import shutil
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from chassis import testing
from chassis.events import OnEvent
from chassis.ids import new_id
from contacts_service.service import ContactsService
from contracts import Event, EventContract, MailMessageReceived
from matcher_service.service import MatcherService
from services.activities.service import ActivitiesService
from services.history.service import HistoryService
from services.leads.service import LeadsService
from services.sales.service import SalesService
from services.staff.service import StaffService
from services.tickets.service import TicketsService
from tests.contracts.examples import example_of
from tests.contracts.mailroom import MailRoom

PERSON = {"staff_user_id": "01939f2e-0000-7000-8000-000000000007", "name": "佐藤 花子", "source": "screen"}


class Office:
    """Each service is made when it is first asked for: ``office.contacts``, ``office.matcher`` …"""

    def __init__(self, folder: Path, templates: Path, dovecot: Any) -> None:
        """``templates``: migrated databases that are copied, since migrating takes a while."""
        self._folder = folder
        self._templates = templates
        self._dovecot = dovecot

    @cached_property
    def contacts(self) -> ContactsService:
        return self._started(ContactsService)

    @cached_property
    def matcher(self) -> MatcherService:
        return self._started(MatcherService, contacts=self.contacts, leads=self.leads)

    @cached_property
    def leads(self) -> LeadsService:
        return self._started(LeadsService, contacts=self.contacts, sales=self.sales)

    @cached_property
    def tickets(self) -> TicketsService:
        return self._started(TicketsService)

    @cached_property
    def history(self) -> HistoryService:
        return self._started(HistoryService)

    @cached_property
    def sales(self) -> SalesService:
        return self._started(SalesService, contacts=self.contacts)

    @cached_property
    def activities(self) -> ActivitiesService:
        return self._started(ActivitiesService)

    @cached_property
    def staff(self) -> StaffService:
        return self._started(StaffService)

    @cached_property
    def mail_ingest(self) -> MailRoom:
        return MailRoom(self._database, self._dovecot())

    def said(self, contract: type[EventContract]) -> list[Event]:
        """What the emitter of a type has published of it."""
        return [event for event in testing.published(getattr(self, contract.source).db) if event.type == contract.type]

    def tell(self, reader: str, *events: Event) -> None:
        """Give events to the method by which a service reads them."""
        service = getattr(self, reader)
        method, takes_many = handler_of(type(service), events[0].type)
        for argument in [list(events)] if takes_many else events:
            getattr(service, method)(argument)

    def mail_from(self, address: str, *, purpose: str = "sales", **changes: Any) -> Event:
        """Another mail like that of mail_ingest's example, from an address to a mailbox of a purpose."""
        data = example_of(MailMessageReceived)["data"]
        mail, personal = data["mail"], data["personal"]
        mail |= {"mail_message_id": new_id(), "mailbox": mail["mailbox"] | {"purpose": purpose}, **changes}
        personal["sender"] = [{"name": "田中 花子", "address": address}]
        return testing.make_event(MailMessageReceived, subject=mail["mail_message_id"], **data)

    def close(self) -> None:
        """Give connections and children back."""
        for service in vars(self).values():
            if hasattr(service, "db"):
                service.db.engine.dispose()
        if "mail_ingest" in vars(self):
            self.mail_ingest.close()

    def _started(self, service_cls: Any, **dependencies: Any) -> Any:
        return testing.instance(service_cls, self._database(service_cls), **dependencies)

    def _database(self, service_cls: Any) -> str:
        template = self._templates / f"{service_cls.name}.db"
        if not template.exists():
            testing.handle_for(service_cls, testing.migrated_sqlite(self._templates, service_cls)).engine.dispose()
        return f"sqlite:///{shutil.copy(template, self._folder)}"


def handler_of(service_cls: type, event_type: str) -> tuple[str, bool]:
    """The name of the method that reads a type, and whether it takes a list."""
    [found] = [
        (name, bool(entrypoint.batch))
        for name, entrypoint in entrypoints_of(service_cls)
        if event_type in {contract.type for contract in entrypoint.contracts}
    ]
    return found


def entrypoints_of(service_cls: type) -> Iterator[tuple[str, OnEvent]]:
    """Method names and what ``@on_event`` put on them."""
    for name, method in inspect.getmembers(service_cls, inspect.isfunction):
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            if isinstance(entrypoint, OnEvent):
                yield name, entrypoint
