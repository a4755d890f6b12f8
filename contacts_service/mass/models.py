"""The tables of mass changes; those of the records are in ``contacts_service.models``."""

from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import Id, Json
from contacts_service.base import Base
from contacts_service.jobs.leases import JobColumns
from contacts_service.jobs.marks import DID

# What became of a record, besides what can be taken back (jobs/marks.py).
UNCHANGED, REFUSED, UNDONE, KEPT = "unchanged", "refused", "undone", "kept"


class MassChange(JobColumns, Base):
    """The same done to many records. ``action``: update, delete or restore; ``data``: as typed.

    ``records``: how many there are; ``position``: the one that was dealt with last, by changing or by undoing.
    ``undone_by``: who takes it back, as an actor.
    """

    source = "mass_change"
    __tablename__ = "mass_changes"
    __table_args__ = (Index(None, "state"),)

    action: Mapped[str] = mapped_column(String(12))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    records: Mapped[int] = mapped_column(Integer)
    position: Mapped[str | None] = mapped_column(Id)
    changed: Mapped[int] = mapped_column(Integer)
    unchanged: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    undone_by: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class MassRecord(Base):
    """A record of the set, which is fixed when the mass change begins, and what became of it; nothing yet: None.

    ``before``: the values that were changed, as they were; ``version``: the record's since then; ``problem``: why
    nothing was done to it, or why it was not undone.
    """

    __tablename__ = "mass_records"

    job_id: Mapped[str] = mapped_column(Id, primary_key=True)
    record_id: Mapped[str] = mapped_column(Id, primary_key=True)
    outcome: Mapped[str | None] = mapped_column(String(12))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int | None] = mapped_column(Integer)
    problem: Mapped[str | None] = mapped_column(Text)

    @property
    def did(self) -> str | None:
        """What was done to the record and may be put back."""
        return self.outcome if self.outcome in DID else None
