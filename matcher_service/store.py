"""Every query of the matcher. Functions take the session first."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, defer

from chassis.bulk import among, insert_ignore, insert_many, update_many
from matcher_service import unions
from matcher_service.domain import Choice
from matcher_service.models import AddressChange, Decision, RememberedChoice

Values = dict[str, Any]

# Marks are compared within seconds of being read; so many changes do not arrive in that time.
KEPT_CHANGES = 100_000


# Decisions


def decided_mails(session: Session, mail_message_ids: Collection[str]) -> set[str]:
    """Those of the mails that have a decision already."""
    ids = Decision.mail_message_id
    return set(session.scalars(select(ids).where(among(session, ids, mail_message_ids)))) if mail_message_ids else set()


def add_decisions(session: Session, rows: Sequence[Values]) -> None:
    """Insert decisions in one statement."""
    if rows:
        insert_many(session, Decision, list(rows))


def decision_of_mail(session: Session, mail_message_id: str, *, lock: bool = False) -> Decision | None:
    """The decision about one mail; with ``lock`` no other transaction changes it before this one ends."""
    statement = select(Decision).where(Decision.mail_message_id == mail_message_id)
    return session.scalar(statement.with_for_update() if lock else statement)


def decisions(session: Session, *, state: str | None, limit: int, after: str | None) -> list[Decision]:
    """Up to ``limit`` decisions, newest first; ``after`` is the last id seen."""
    statement = select(Decision).options(defer(Decision.personal))
    if state:
        statement = statement.where(Decision.state == state)
    if after:
        statement = statement.where(Decision.id < after)
    return list(session.scalars(statement.order_by(Decision.id.desc()).limit(limit)))


def decided_addresses(session: Session, canonicals: Collection[str], *, gone: Values | None) -> set[str]:
    """Those of the addresses by which a decision was made that may be re-made."""
    return set(session.scalars(select(Decision.canonical).where(_open(session, canonicals, gone)).distinct()))


def open_to_rematch(
    session: Session, canonicals: Collection[str], *, gone: Values | None, after: str | None, limit: int
) -> list[Decision]:
    """Up to ``limit`` decisions by these addresses that may be re-made, oldest first, locked; without personal data."""
    unread = (Decision.personal, Decision.candidates, Decision.tried, Decision.decided_at, Decision.updated_at)
    statement = select(Decision).where(_open(session, canonicals, gone)).options(*map(defer, unread))
    if after:
        statement = statement.where(Decision.id > after)
    return list(session.scalars(statement.order_by(Decision.id).limit(limit).with_for_update()))


def _open(session: Session, canonicals: Collection[str], gone: Values | None) -> Any:
    """What a person decided stays, but for a record that is ``gone``: then just those are open."""
    return among(session, Decision.canonical, canonicals) & (
        _corrected_to(gone) if gone else Decision.corrected.is_(False)
    )


def _corrected_to(record: Values) -> Any:
    """``record`` may name a time, ``since``: then what was corrected from then on."""
    theirs = Decision.corrected & (Decision.match_id == record["id"]) & (Decision.match_kind == record["kind"])
    return theirs & (Decision.updated_at >= record["since"]) if "since" in record else theirs


def addresses_corrected_to(session: Session, record: Values) -> list[str]:
    """The addresses by whose mails a person put a record."""
    return list(session.scalars(select(Decision.canonical).where(_corrected_to(record)).distinct()))


def personal_blocks(session: Session, decision_ids: Collection[str]) -> dict[str, Values]:
    """The personal block of each of these decisions."""
    wanted = select(Decision.id, Decision.personal).where(among(session, Decision.id, decision_ids))
    return {row.id: row.personal for row in session.execute(wanted)} if decision_ids else {}


def save_outcomes(session: Session, rows: Sequence[Values]) -> None:
    """Write new outcomes (``id`` and the columns that change)."""
    update_many(session, Decision, rows, key="id")


# Choices that people made


def choices(session: Session, canonicals: Collection[str]) -> dict[str, Choice]:
    """Whom people chose for these addresses before, or who stands for that record now."""
    if not canonicals:
        return {}
    wanted = select(RememberedChoice).where(among(session, RememberedChoice.canonical, canonicals))
    rows = session.scalars(wanted.where(~RememberedChoice.forgotten)).all()
    instead = unions.present(session, {row.record_id for row in rows if row.record_id})
    return {row.canonical: _choice(row, instead.get(row.record_id or "")) for row in rows}


def _choice(row: RememberedChoice, instead: Values | None) -> Choice:
    if instead:
        return Choice(instead, row.label, None)
    said = {"kind": row.record_kind, "id": row.record_id} if row.record_id else None
    return Choice(said, row.label, row.organization_id)


def remember(session: Session, canonical: str, *, choice: Choice, moment: datetime) -> None:
    """The choice holds for this address from now on."""
    record = choice.record or {"kind": None, "id": None}
    facts = {"label": choice.label, "organization_id": choice.organization_id, "chosen_at": moment, "forgotten": False}
    values = {"record_kind": record["kind"], "record_id": record["id"], **facts}
    insert_ignore(session, RememberedChoice.__table__, [{"canonical": canonical, **values}])
    session.execute(update(RememberedChoice).where(RememberedChoice.canonical == canonical).values(**values))


# Changes of the address book


def last_change(session: Session) -> int:
    """The number of the last address change that has arrived; 0 if none has."""
    return session.scalar(select(func.max(AddressChange.id))) or 0


def changed_since(session: Session, mark: int, canonicals: Collection[str]) -> set[str]:
    """Those of the addresses for which a change has arrived after ``mark`` (``last_change``)."""
    if not canonicals:
        return set()
    later = (AddressChange.id > mark) & among(session, AddressChange.canonical, canonicals)
    return set(session.scalars(select(AddressChange.canonical).where(later)))


def add_changes(session: Session, canonicals: Collection[str]) -> None:
    """Note that changes of these addresses have arrived; very old notes go."""
    if not canonicals:
        return
    session.execute(insert(AddressChange), [{"canonical": canonical} for canonical in canonicals])
    session.execute(delete(AddressChange).where(AddressChange.id < last_change(session) - KEPT_CHANGES))
