"""Every query of contacts. Functions take the session first; rows go in and come out as dicts or model objects."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import delete, func, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from chassis.bulk import among, insert_many, update_many
from chassis.ids import new_id
from contacts_service import likeness, match_keys
from contacts_service.models import BookEntry, Change, Contact, Counter, LeadMark, ListView, Merge, Organization

Row = TypeVar("Row", Contact, Organization)
Values = dict[str, Any]

PREFIXES = {"contact": "CON", "organization": "ACC"}
LONGEST_CHAIN = 100
ENTRY_COLUMNS = tuple(column.name for column in BookEntry.__table__.columns)
GROUPED = (
    *(Organization.id, Organization.number, Organization.name, Organization.industry, Organization.member_of_id),
    *(Organization.sort_name, Organization.deleted_at),
)
CHARTED = (
    *(Contact.id, Contact.number, Contact.last_name, Contact.first_name, Contact.title, Contact.department),
    *(Contact.decision_maker, Contact.organization_id, Contact.reports_to_id, Contact.sort_name, Contact.deleted_at),
)


# Address book


def entries_of_addresses(session: Session, canonicals: Collection[str]) -> list[Values]:
    """The book entries of up to 1,000 canonical addresses, by one index look-up each, in one query."""
    return _entries(session, among(session, BookEntry.canonical, canonicals)) if canonicals else []


def entries_of_weak_keys(session: Session, weak_keys: Collection[str]) -> list[Values]:
    """The book entries that reach the same mailbox by their provider's rules."""
    return _entries(session, among(session, BookEntry.weak_key, weak_keys)) if weak_keys else []


def entries_of_record(session: Session, record_id: str) -> list[Values]:
    """The book entries of one record, primary first."""
    return entries_of_records(session, [record_id])


def entries_of_records(session: Session, record_ids: Collection[str]) -> list[Values]:
    """The book entries of some records, the primary ones first."""
    found = _entries(session, among(session, BookEntry.record_id, record_ids)) if record_ids else []
    return sorted(found, key=lambda entry: entry["position"])


def _entries(session: Session, condition: Any) -> list[Values]:
    rows = session.execute(select(BookEntry.__table__).where(condition))
    return [dict(zip(ENTRY_COLUMNS, row, strict=True)) for row in rows]


def replace_entries(session: Session, before: Sequence[Values], after: Sequence[Values]) -> None:
    """Make the book say ``after`` of some records where it said ``before``."""
    old, new = ({_key(entry): entry for entry in entries} for entries in (before, after))
    if outdated := [key for key, entry in old.items() if new.get(key) != entry]:
        columns = tuple_(BookEntry.canonical, BookEntry.record_kind, BookEntry.record_id)
        session.execute(delete(BookEntry).where(columns.in_(outdated)))
    if rows := [entry for key, entry in new.items() if old.get(key) != entry]:
        insert_many(session, BookEntry, rows)


def _key(entry: Values) -> tuple[str, str, str]:
    return entry["canonical"], entry["record_kind"], entry["record_id"]


# Contacts and organizations


def take_numbers(session: Session, kind: str, *, count: int = 1) -> list[str]:
    """The next ``count`` numbers of a kind; another transaction that wants some waits until this one ends."""
    take = update(Counter).where(Counter.name == kind).values(value=Counter.value + count).returning(Counter.value)
    last = session.scalars(take).one()
    return [f"{PREFIXES[kind]}{number}" for number in range(last - count + 1, last + 1)]


def add_contacts(session: Session, rows: Sequence[Values], *, entries: Sequence[Values]) -> None:
    """Insert contacts, every column filled (``domain.new_row``), with their book entries and match keys, in bulk."""
    add_records(session, Contact, rows, entries=entries)


def add_records(session: Session, model: type[Row], rows: Sequence[Values], *, entries: Sequence[Values]) -> None:
    """As ``add_contacts``, for either kind."""
    if rows:
        insert_many(session, model, list(rows))
        match_keys.add(session, "contact" if model is Contact else "organization", rows)
    if entries:
        insert_many(session, BookEntry, list(entries))


def values(row: Any) -> Values:
    """The columns of a row by name."""
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def record(session: Session, model: type[Row], record_id: str, *, lock: bool = False) -> Row | None:
    """A contact or organization, deleted or not; with ``lock`` no other transaction changes it before this one ends."""
    return session.get(model, record_id, with_for_update=True if lock else None)


def add_change(session: Session, change: Values) -> None:
    """Remember what was done to a record."""
    session.add(Change(**_change(change)))


def add_changes(session: Session, changes: Iterable[Values]) -> None:
    """Remember what was done to some records."""
    insert_many(session, Change, [_change(change) for change in changes])


def _change(change: Values) -> Values:
    return {"id": new_id(), "fields": [], "other_id": None} | change


def changes_of(session: Session, record_id: str, *, limit: int, after: str | None) -> list[Change]:
    """Up to ``limit`` changes of a record, newest first; ``after`` is the last id seen."""
    theirs = select(Change).where(Change.record_id == record_id, *([Change.id < after] if after else []))
    return list(session.scalars(theirs.order_by(Change.id.desc()).limit(limit)))


def hold_tree(session: Session, kind: str) -> None:
    """Let nobody else change who is above whom among records of this kind: two changes may be a circle together."""
    session.execute(select(Counter.value).where(Counter.name == kind).with_for_update())


def chain(session: Session, model: type[Row], superior: str, start: str) -> list[Row]:
    """The record, the one above it, the one above that …; at most LONGEST_CHAIN, so that no circle holds it up."""
    columns: Any = model.__table__.c
    begin = select(columns.id, columns[superior].label("above"), literal(0).label("height")).where(columns.id == start)
    below = begin.cte("chain", recursive=True)
    above = select(columns.id, columns[superior], below.c.height + 1).where(
        columns.id == below.c.above, below.c.height < LONGEST_CHAIN
    )
    whole = below.union_all(above)
    return list(session.scalars(select(model).join(whole, model.id == whole.c.id).order_by(whole.c.height)))


def superiors(session: Session, model: type[Row], superior: str, record_ids: Collection[str]) -> dict[str, str | None]:
    """Who stands right above each of some records."""
    columns: Any = model.__table__.c
    theirs = select(columns.id, columns[superior]).where(among(session, columns.id, record_ids))
    return {row.id: row[1] for row in session.execute(theirs)} if record_ids else {}


def reports_of(contact_id: str) -> Any:
    """The query of the present contacts who report to one.

    Those who report to somebody in the recycle bin report to whoever is above that one, until it is restored.
    """
    begin = select(literal(contact_id, Contact.id.type).label("id")).cte("through", recursive=True)
    in_bin = select(Contact.id).where(Contact.reports_to_id == begin.c.id, Contact.deleted_at.is_not(None))
    through = begin.union_all(in_bin)
    return select(Contact).where(Contact.reports_to_id.in_(select(through.c.id)), Contact.deleted_at.is_(None))


def in_order(session: Session, wanted: Any, *, limit: int, after: str | None) -> list[Contact]:
    """Up to ``limit`` of the contacts of a query in the order they came in; ``after`` is the last id seen."""
    following = wanted.where(Contact.id > after) if after else wanted
    return list(session.scalars(following.order_by(Contact.id).limit(limit)))


def people_of(session: Session, organization_id: str, *, limit: int) -> list[Values]:
    """What a chart tells of up to ``limit`` present contacts of an organization, those who came in first."""
    theirs = (Contact.organization_id == organization_id) & Contact.deleted_at.is_(None)
    return _charted(session, select(*CHARTED).where(theirs).order_by(Contact.id).limit(limit))


def people_ids(session: Session, organization_id: str, *, limit: int) -> list[str]:
    """The ids of up to ``limit`` present contacts of an organization, those who came in last."""
    theirs = (Contact.organization_id == organization_id) & Contact.deleted_at.is_(None)
    return list(session.scalars(select(Contact.id).where(theirs).order_by(Contact.id.desc()).limit(limit)))


def people_by_id(session: Session, contact_ids: Collection[str]) -> list[Values]:
    """As ``people_of``, of these contacts, deleted or not."""
    return _charted(session, select(*CHARTED).where(among(session, Contact.id, contact_ids)))


def members_of(session: Session, organization_ids: Collection[str], *, limit: int) -> list[Values]:
    """Up to ``limit`` organizations that are members of these, present ones first, by name; deleted ones too."""
    theirs = select(*GROUPED).where(among(session, Organization.member_of_id, organization_ids))
    order = (Organization.deleted_at.is_not(None), Organization.sort_name, Organization.id)
    return _charted(session, theirs.order_by(*order).limit(limit))


def _charted(session: Session, query: Any) -> list[Values]:
    return [dict(row) for row in session.execute(query).mappings()]


def pointing_at(session: Session, model: type[Row], field: str, record_id: str, *, limit: int) -> list[Row]:
    """Up to ``limit`` records, deleted or not, whose ``field`` names a record; locked, in one order everywhere."""
    column = getattr(model, field)
    return list(
        session.scalars(select(model).where(column == record_id).order_by(model.id).limit(limit).with_for_update())
    )


def point(session: Session, model: type[Row], rows: Sequence[Row], field: str, target_id: str, **touched: Any) -> None:
    """Let loaded records point at another one with a field; the present ones are ``touched`` and a version further."""
    written = [
        {"id": row.id, field: target_id, "version": row.version, **{name: getattr(row, name) for name in touched}}
        | ({} if row.deleted_at else {"version": row.version + 1, **touched})
        for row in rows
    ]
    update_many(session, model, written, key="id")
    for row, values in zip(rows, written, strict=True):
        for name, value in values.items():
            set_committed_value(row, name, value)


def records_by_id(session: Session, model: type[Row], record_ids: Collection[str], *, lock: bool = False) -> list[Row]:
    """Those of these records that there are, deleted or not; with ``lock`` locked, in one order everywhere."""
    theirs = select(model).where(among(session, model.id, record_ids)).order_by(model.id)
    return list(session.scalars(theirs.with_for_update() if lock else theirs)) if record_ids else []


def compared(session: Session, model: type[Row], record_ids: Collection[str]) -> dict[str, Values]:
    """What likely duplicates are compared by, of these records."""
    table: Any = model.__table__
    columns = [column for column in table.columns if column.name in ("id", *likeness.COMPARED)]
    theirs = select(*columns).where(among(session, table.c.id, record_ids))
    return {row["id"]: dict(row) for row in session.execute(theirs).mappings()} if record_ids else {}


def move_entries(session: Session, contact_ids: Collection[str], *, organization_id: str) -> None:
    """The book says of these contacts that they belong to an organization."""
    if contact_ids:
        theirs = update(BookEntry).where(among(session, BookEntry.record_id, contact_ids))
        session.execute(theirs.values(organization_id=organization_id))


def add_merge(session: Session, merge: Values) -> None:
    """Remember how a record went into another one."""
    session.add(Merge(undone_at=None, **merge))


def merge_of(session: Session, other_id: str) -> Merge | None:
    """The merge by which a record went, if it was journalled; locked."""
    theirs = (Merge.other_id == other_id) & Merge.undone_at.is_(None)
    return session.scalar(select(Merge).where(theirs).order_by(Merge.id.desc()).limit(1).with_for_update())


def merges_into(session: Session, survivor_id: str) -> list[Merge]:
    """The merges into a record that are not undone, in the order they were made."""
    theirs = (Merge.survivor_id == survivor_id) & Merge.undone_at.is_(None)
    return list(session.scalars(select(Merge).where(theirs).order_by(Merge.id)))


def has_organization(session: Session, organization_id: str) -> bool:
    """Whether a present organization has this id. It stays present until the transaction ends."""
    present = (Organization.id == organization_id) & Organization.deleted_at.is_(None)
    return session.scalar(select(Organization.id).where(present).with_for_update(read=True)) is not None


def has_contacts(session: Session, organization_id: str) -> bool:
    """Whether present contacts belong to an organization."""
    theirs = (Contact.organization_id == organization_id) & Contact.deleted_at.is_(None)
    return session.scalar(select(Contact.id).where(theirs).limit(1)) is not None


# Leads, as far as the address book needs them


def lead_marks(session: Session, lead_ids: Iterable[str]) -> dict[str, tuple[str, bool]]:
    """How far the events of these leads have come: time of the last one, and whether the lead is gone."""
    theirs = select(LeadMark).where(among(session, LeadMark.lead_id, set(lead_ids))).with_for_update()
    return {mark.lead_id: (mark.as_of, mark.gone) for mark in session.scalars(theirs)}


def set_lead_marks(session: Session, marks: dict[str, tuple[str, bool]], *, known: Collection[str]) -> None:
    """Note how far the events of these leads have come; ``known`` are those that have a mark already."""
    rows = [{"lead_id": lead_id, "as_of": as_of, "gone": gone} for lead_id, (as_of, gone) in marks.items()]
    update_many(session, LeadMark, [row for row in rows if row["lead_id"] in known], key="lead_id")
    insert_many(session, LeadMark, [row for row in rows if row["lead_id"] not in known])


# Saved lists


def list_views(session: Session, *, record_kind: str, staff_user_id: str) -> list[ListView]:
    """The saved lists that somebody may use, by name: one's own and the shared ones."""
    theirs = or_(ListView.shared, ListView.staff_user_id == staff_user_id)
    found = select(ListView).where(ListView.record_kind == record_kind, theirs)
    return list(session.scalars(found.order_by(ListView.name, ListView.id)))


def count_list_views(session: Session, *, staff_user_id: str) -> int:
    """How many saved lists are somebody's own."""
    theirs = select(func.count()).select_from(ListView).where(ListView.staff_user_id == staff_user_id)
    return session.scalar(theirs) or 0
