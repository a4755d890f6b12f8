"""What to do that history publishes each event of a comment."""

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


COMMENTING: dict[type[EventContract], Callable[[Office], Any]] = {
    contracts.CommentAdded: comment,
    contracts.CommentDeleted: delete_comment,
    contracts.CommentRestored: restore_comment,
    contracts.CommentUpdated: change_comment,
}
