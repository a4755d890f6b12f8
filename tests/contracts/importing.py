"""What to do that contacts publishes the events of imports."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import contracts
from contacts_service import background
from contracts.base import EventContract
from tests.contracts.office import Office

LIST = "姓,名,メール\n田中,花子,hanako@abc.example\n"


def start(office: Office, text: str = LIST) -> str:
    content = text.encode()
    made = str(office.contacts.begin_import(record_kind="contact", file_name="名簿.csv")["id"])
    office.contacts.take_import_piece(id=made, position=0, content=b64encode(content).decode())
    office.contacts.complete_import(id=made, pieces=1, digest=hashlib.sha256(content).hexdigest())
    office.contacts.start_import(id=made)
    return made


def work(office: Office) -> None:
    worker = background.worker(office.contacts.db, staff=None)
    while worker.step():
        pass


def finish(office: Office) -> str:
    made = start(office)
    work(office)
    return made


def stop(office: Office) -> None:
    office.contacts.stop_import(id=start(office))


def fail(office: Office) -> None:
    start(office, f'{LIST}"鈴木\n')
    work(office)


def undo(office: Office) -> None:
    office.contacts.undo_import(id=finish(office))
    work(office)


IMPORTING: dict[type[EventContract], Callable[[Office], Any]] = {
    contracts.ImportAdvanced: finish,
    contracts.ImportFailed: fail,
    contracts.ImportFinished: finish,
    contracts.ImportStarted: start,
    contracts.ImportStopped: stop,
    contracts.ImportUndone: undo,
}
