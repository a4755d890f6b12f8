"""The tables of imports; those of what is imported are in ``contacts_service.models``."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text, quoted_name
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import Bytes, Id, Json, UtcDateTime
from contacts_service.base import Base
from contacts_service.jobs.leases import JobColumns
from contacts_service.jobs.marks import CREATED, UPDATED


class Import(JobColumns, Base):
    """A file that somebody imports, how it is to be read, and how far it has come.

    ``columns``: the names of its columns; ``mapping``: what each of them is, None: nothing. ``match_by``: by what a row
    finds the record that it is about; ``on_match``: what becomes of such a record. ``position``: the batch that comes
    next; ``rows``: of all batches, once they are known. ``links``: rows that name somebody above their record;
    ``links_done``: those that were dealt with; ``unlinked``: those of them whose record could not be put below.
    """

    source = "import"
    __tablename__ = "imports"
    __table_args__ = (Index(None, "state"),)

    file_name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    format: Mapped[dict[str, Any]] = mapped_column(quoted_name("format", quote=True), Json)
    columns: Mapped[list[str]] = mapped_column(Json)
    mapping: Mapped[list[str | None]] = mapped_column(Json)
    match_by: Mapped[list[str]] = mapped_column(Json)
    on_match: Mapped[str] = mapped_column(String(12))
    create_organizations: Mapped[bool]
    position: Mapped[int] = mapped_column(Integer)
    rows: Mapped[int | None] = mapped_column(Integer)
    created: Mapped[int] = mapped_column(Integer)
    updated: Mapped[int] = mapped_column(Integer)
    skipped: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    organizations_created: Mapped[int] = mapped_column(Integer)
    links: Mapped[int] = mapped_column(Integer)
    links_done: Mapped[int] = mapped_column(Integer)
    unlinked: Mapped[int] = mapped_column(Integer)


class ImportPiece(Base):
    """A piece of an uploaded file, until it has been read."""

    __tablename__ = "import_pieces"

    import_id: Mapped[str] = mapped_column(Id, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(Bytes)


class ImportBatch(Base):
    """Rows of a file that was read, compressed (``batches.pack``), until they have been imported."""

    __tablename__ = "import_batches"

    import_id: Mapped[str] = mapped_column(Id, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(Bytes)


class ImportLink(Base):
    """Whom a row names above its record (``above``, as the cell says it), until all rows are in.

    ``skipped``: the row changed nothing else.
    """

    __tablename__ = "import_links"

    import_id: Mapped[str] = mapped_column(Id, primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    record_id: Mapped[str] = mapped_column(Id)
    above: Mapped[str] = mapped_column(Text)
    skipped: Mapped[bool]
    cells: Mapped[list[str]] = mapped_column(Json)


class ImportFault(Base):
    """A row that was not imported as it stands, and why: for the report. ``line``: on which it begins in the file."""

    __tablename__ = "import_faults"

    import_id: Mapped[str] = mapped_column(Id, primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    problems: Mapped[list[str]] = mapped_column(Json)
    cells: Mapped[list[str]] = mapped_column(Json)


class ImportMark(Base):
    """What an import did to a record, for its undoing.

    ``before``: the values that it changed, as they were before its first change; None: the record is its own.
    ``version``: the record's after its last change; 0: somebody else changed it in between. ``line``: of the first row.
    """

    __tablename__ = "import_marks"

    import_id: Mapped[str] = mapped_column(Id, primary_key=True)
    record_id: Mapped[str] = mapped_column(Id, primary_key=True)
    record_kind: Mapped[str] = mapped_column(String(12))
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    version: Mapped[int] = mapped_column(Integer)
    line: Mapped[int] = mapped_column(Integer)

    @property
    def did(self) -> str:
        """What was done to the record (jobs/marks.py)."""
        return CREATED if self.before is None else UPDATED


class SavedMapping(Base):
    """How files with such columns are imported, for the next time. ``targets``: column → field.

    ``deleted_at``: since when it is not offered any more.
    """

    __tablename__ = "import_mappings"
    __table_args__ = (Index(None, "record_kind", "name", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    record_kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(100))
    targets: Mapped[dict[str, str | None]] = mapped_column(Json)
    match_by: Mapped[list[str]] = mapped_column(Json)
    on_match: Mapped[str] = mapped_column(String(12))
    create_organizations: Mapped[bool]
    staff_user_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
