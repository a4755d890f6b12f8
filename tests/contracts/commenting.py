"""What to do that history publishes each event of a comment or a document."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import contracts
from contracts.base import EventContract
from tests.contracts.office import PERSON, Office


def comment(office: Office) -> dict[str, Any]:
    record = {"kind": "contact", "id": office.contacts.create_contact(data={"last_name": "田中"})["id"]}
    return dict(office.history.add_comment(record=record, text="午前中に電話すること", actor=PERSON))


def change_comment(office: Office) -> None:
    office.history.update_comment(id=comment(office)["id"], text="午後に電話すること", version=1, actor=PERSON)


def delete_comment(office: Office) -> str:
    comment_id = str(comment(office)["id"])
    office.history.delete_comment(id=comment_id, version=1, actor=PERSON)
    return comment_id


def restore_comment(office: Office) -> None:
    office.history.restore_comment(id=delete_comment(office), actor=PERSON)


def document(office: Office) -> dict[str, Any]:
    record = {"kind": "contact", "id": office.contacts.create_contact(data={"last_name": "田中"})["id"]}
    content = "納品書 2026-11-30".encode()
    made = office.history.begin_document(record=record, name="納品書.txt", actor=PERSON)["id"]
    office.history.take_document_piece(id=made, position=0, content=b64encode(content).decode())
    digest = hashlib.sha256(content).hexdigest()
    return dict(office.history.complete_document(id=made, pieces=1, digest=digest))


def remove_document(office: Office) -> str:
    document_id = str(document(office)["id"])
    office.history.delete_document(id=document_id, version=1, actor=PERSON)
    return document_id


def restore_document(office: Office) -> None:
    office.history.restore_document(id=remove_document(office), actor=PERSON)


COMMENTING: dict[type[EventContract], Callable[[Office], Any]] = {
    contracts.CommentAdded: comment,
    contracts.CommentDeleted: delete_comment,
    contracts.CommentRestored: restore_comment,
    contracts.CommentUpdated: change_comment,
    contracts.DocumentAdded: document,
    contracts.DocumentRemoved: remove_document,
    contracts.DocumentRestored: restore_document,
}
