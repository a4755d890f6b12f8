"""A file on its way in, as the gateway brings it: piece after piece; and somebody who works on it."""

import hashlib
from base64 import b64encode
from typing import Any

from contacts_service import background

HANAKO = {"staff_user_id": "01a20e37-0000-7000-8000-000000000001", "name": "花子"}


class Exchange:
    """Imports into a contacts service, one step at a time."""

    def __init__(self, contacts: Any, staff: Any = None) -> None:
        self.service = contacts.service
        self.worker = background.worker(contacts.service.db, staff)

    def upload(self, content: str | bytes, kind: str = "contact", piece: int = 500_000) -> Any:
        """A file that came in and was looked at."""
        data = content.encode() if isinstance(content, str) else content
        made = self.service.begin_import(record_kind=kind, file_name="list.csv", actor=HANAKO)
        pieces = [data[start : start + piece] for start in range(0, len(data), piece)]
        for position, each in enumerate(pieces):
            self.service.take_import_piece(id=made["id"], position=position, content=b64encode(each).decode())
        digest = hashlib.sha256(data).hexdigest()
        return self.service.complete_import(id=made["id"], pieces=len(pieces), digest=digest)

    def change(self, made: Any, **data: Any) -> Any:
        """The import with other settings."""
        return self.service.update_import(id=made["id"], data=data, version=made["version"])

    def work(self) -> None:
        """Do all there is to do."""
        while self.worker.step():
            pass

    def run(self, content: str | bytes, kind: str = "contact", **settings: Any) -> Any:
        """A file from upload to the end."""
        made = self.upload(content, kind)
        if settings:
            self.change(made, **settings)
        self.service.start_import(id=made["id"], actor=HANAKO)
        self.work()
        return self.service.import_(id=made["id"])

    def undo(self, made: Any) -> Any:
        """Take an import back."""
        self.service.undo_import(id=made["id"], actor=HANAKO)
        self.work()
        return self.service.import_(id=made["id"])

    def report(self, made: Any) -> str:
        """What the report says."""
        return str(self.service.import_report(id=made["id"])["text"])

    def people(self, **asked: Any) -> Any:
        """All contacts, in the order they came in."""
        return self.service.contacts(sort="created_at", limit=200, **asked)["items"]

    def export(self, kind: str = "contact", format: str = "csv", language: str = "en", **asked: Any) -> str:
        """A list as a file, all its parts together."""
        text, cursor = "", None
        while True:
            part = self.service.export(
                record_kind=kind, asked={**asked, "cursor": cursor}, format=format, language=language
            )
            text, cursor = text + part["text"], part["next"]
            if cursor is None:
                return text


def counts(made: Any) -> tuple[int, ...]:
    """What became of the rows: created, updated, skipped, refused."""
    return made["created"], made["updated"], made["skipped"], made["refused"]
