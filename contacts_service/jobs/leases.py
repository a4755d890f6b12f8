"""Jobs that outlive the call that began them, and who works on which: a lease, checked by the commit of each piece."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Integer, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.columns import Id, UtcDateTime

# For how long whoever works on a job may say nothing before another one goes on with it.
LEASE_TIME = timedelta(seconds=30)


class LeaseLost(Exception):
    """Another process works on the job now, or nobody is to work on it any more."""


class JobColumns:
    """What every job has. ``worker``: who works on it, until ``leased_until``; ``problem``: why it ended early.

    ``done``: records or rows that were dealt with; ``undone`` and ``kept``: what became of them when it was taken back.
    """

    # By what way its changes come in.
    source: ClassVar[str]

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    record_kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    done: Mapped[int] = mapped_column(Integer)
    undone: Mapped[int] = mapped_column(Integer)
    kept: Mapped[int] = mapped_column(Integer)
    problem: Mapped[str | None] = mapped_column(Text)
    staff_user_id: Mapped[str | None] = mapped_column(String(64))
    staff_name: Mapped[str | None] = mapped_column(String(255))
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(String(64))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def actor(self) -> dict[str, Any]:
        """In whose name its changes are made."""
        return {"staff_user_id": self.staff_user_id, "name": self.staff_name, "source": self.source}


def workers(session: Session, model: Any, states: Collection[str]) -> list[str]:
    """Who works on jobs that are in one of these states, or did until it was killed."""
    at_work = select(model.worker).where(model.state.in_(states), model.worker.is_not(None))
    return [worker for worker in session.scalars(at_work.distinct()) if worker]


def take(
    session: Session, model: Any, states: Collection[str], *, owner: str, now: datetime, gone: Collection[str] = ()
) -> Any:
    """The oldest job in one of these states that nobody works on: it is this owner's from now on. None without one.

    ``gone``: owners that are known to be no more, whose leases need not run out.
    """
    free = or_(model.worker.is_(None), model.worker.in_([owner, *gone]), model.leased_until < now)
    waiting = select(model.id).where(model.state.in_(states), free).order_by(model.started_at, model.id).limit(1)
    found = session.scalar(waiting)
    if found is None:
        return None
    mine = update(model).where(model.id == found, model.state.in_(states), free)
    taken = mine.values(worker=owner, leased_until=now + LEASE_TIME).returning(model.id)
    return session.get(model, found) if session.scalar(taken) else None


def hold(session: Session, model: Any, job_id: str, *, owner: str, state: str, now: datetime) -> Any:
    """The job, locked, its lease renewed in the transaction that writes (a fence). LeaseLost."""
    row = session.get(model, job_id, with_for_update=True, populate_existing=True)
    if row is None or row.worker != owner or row.state != state:
        raise LeaseLost
    row.leased_until = now + LEASE_TIME
    row.version += 1
    return row


def release(session: Session, model: Any, *, owner: str) -> None:
    """Another process need not wait until the leases run out."""
    session.execute(update(model).where(model.worker == owner).values(worker=None, leased_until=None))
