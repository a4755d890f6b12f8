"""Every query of leads."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from chassis import clock, paging
from chassis.bulk import among, insert_ignore, insert_many
from contracts.base import Event
from services.leads import domain
from services.leads.domain import Desk, Joining, Opening
from services.leads.models import LaterDecision, Lead, LeadMail, Number

Values = dict[str, Any]
_SERIES = "leads"


def lock(session: Session) -> None:
    """Let one transaction at a time open leads or give them addresses; the others wait here."""
    session.execute(select(Number.last).where(Number.name == _SERIES).with_for_update())


def reserve_numbers(session: Session, *, count: int) -> range:
    """Take the next ``count`` numbers with one statement."""
    statement = update(Number).where(Number.name == _SERIES).values(last=Number.last + count).returning(Number.last)
    last = session.execute(statement, execution_options={"synchronize_session": False}).scalar_one()
    return range(last - count + 1, last + 1)


def desk(session: Session, *, events: Sequence[Event]) -> Desk:
    """What is known of the mails, leads and addresses that a batch speaks of."""
    mails = {domain.mail_id(event) for event in events}
    matched = {event.data["match"]["id"] for event in events if domain.joins_lead(event)}
    strangers = {event.data["party"]["canonical"] for event in events if domain.opens_lead(event)}
    made = Desk(placed=_placed(session, mails), leads=_existing(session, matched), known=_known(session, mails))
    for lead in _of_addresses(session, strangers):
        if lead.state == domain.OPEN:
            made.open[lead.canonical] = lead.id
        else:
            made.converted[lead.canonical] = (lead.id, clock.wire(lead.converted_at))
    return made


def _placed(session: Session, mails: Iterable[str]) -> set[str]:
    return set(session.scalars(select(LeadMail.mail_message_id).where(among(session, LeadMail.mail_message_id, mails))))


def _existing(session: Session, ids: Iterable[str]) -> set[str]:
    return (
        set(session.scalars(select(Lead.id).where(among(session, Lead.id, ids), Lead.state != domain.DELETED)))
        if ids
        else set()
    )


def _known(session: Session, mails: Iterable[str]) -> dict[str, int]:
    query = select(LaterDecision.mail_message_id, LaterDecision.revision)
    rows = session.execute(query.where(among(session, LaterDecision.mail_message_id, mails), LaterDecision.known))
    return {row.mail_message_id: row.revision for row in rows}


def _of_addresses(session: Session, canonicals: Iterable[str]) -> Sequence[Any]:
    """Open and converted leads of these addresses; of several converted ones the last comes last."""
    query = select(Lead.id, Lead.canonical, Lead.state, Lead.converted_at).order_by(Lead.converted_at)
    states = (domain.OPEN, domain.CONVERTED)
    wanted = query.where(among(session, Lead.canonical, canonicals), Lead.state.in_(states))
    return session.execute(wanted).all() if canonicals else []


def remember_decisions(session: Session, *, rows: Sequence[Values]) -> None:
    """Keep what re-matches say; an older one that comes late changes nothing."""
    new = set(insert_ignore(session, LaterDecision.__table__, rows, returning=LaterDecision.mail_message_id))
    for row in rows:
        if row["mail_message_id"] not in new:
            _replace_decision(session, row)


def _replace_decision(session: Session, row: Values) -> None:
    older = (LaterDecision.mail_message_id == row["mail_message_id"], LaterDecision.revision < row["revision"])
    session.execute(update(LaterDecision).where(*older).values(revision=row["revision"], known=row["known"]))


def add_leads(session: Session, *, openings: Sequence[Opening], now: datetime) -> dict[str, int]:
    """Insert the leads of a batch; the serial number of each, by its id."""
    if not openings:
        return {}
    serials = reserve_numbers(session, count=len(openings))
    rows = [
        new_row(opening.values, id=opening.lead_id, serial=serial, now=now)
        for opening, serial in zip(openings, serials, strict=True)
    ]
    insert_many(session, Lead, rows)
    return {row["id"]: row["number"] for row in rows}


def new_row(values: Mapping[str, Any], *, id: str, serial: int, now: datetime) -> Values:
    """The row of a new lead."""
    return {
        **values,
        "id": id,
        "number": serial,
        "search_text": domain.search_text(values),
        "created_at": now,
        "updated_at": now,
    }


def add_mails(session: Session, *, joinings: Sequence[Joining]) -> None:
    """Put mails on their leads."""
    rows = [
        {
            "mail_message_id": domain.mail_id(joining.event),
            "lead_id": joining.lead_id,
            "received_at": clock.unwire(joining.event.data["mail"]["received_at"]),
        }
        for joining in joinings
    ]
    if rows:
        insert_many(session, LeadMail, rows)


def add_mail(session: Session, *, lead_id: str, mail_message_id: str, received_at: datetime) -> bool:
    """Put one mail on a lead; False if it is on one already."""
    row = {"mail_message_id": mail_message_id, "lead_id": lead_id, "received_at": received_at}
    return bool(insert_ignore(session, LeadMail.__table__, [row], returning=LeadMail.lead_id))


def lead_by_id(session: Session, *, id: str, locked: bool = False) -> Lead | None:
    """A lead that was not deleted."""
    query = select(Lead).where(Lead.id == id, Lead.state != domain.DELETED)
    return session.scalars(query.with_for_update() if locked else query).one_or_none()


def open_lead_by_address(session: Session, *, canonical: str) -> Lead | None:
    """The open lead of a canonical address."""
    query = select(Lead).where(Lead.canonical == canonical, Lead.canonical != "", Lead.state == domain.OPEN)
    return session.scalars(query).one_or_none()


def mails_of(session: Session, *, lead_id: str) -> Sequence[LeadMail]:
    """The mails of a lead, newest first."""
    query = select(LeadMail).where(LeadMail.lead_id == lead_id)
    return session.scalars(query.order_by(LeadMail.received_at.desc(), LeadMail.mail_message_id.desc())).all()


def leads(session: Session, *, status: str | None, query: str | None, became: Iterable[Sequence[str]]) -> Any:
    """The query of open and converted leads; ``became``: those converted into one of each of these sets of records."""
    wanted = select(Lead).where(Lead.state != domain.DELETED)
    for ids in became:
        wanted = wanted.where(or_(among(session, Lead.contact_id, ids), among(session, Lead.organization_id, ids)))
    if status:
        wanted = wanted.where(Lead.status == status)
    if query:
        wanted = wanted.where(Lead.search_text.contains(domain.folded(query), autoescape=True))
    return wanted


def page(session: Session, wanted: Any, *, limit: int | None, cursor: str | None) -> tuple[list[Lead], str | None]:
    """One page of leads, newest first."""
    if cursor:
        wanted = wanted.where(Lead.id < paging.last_id(cursor))
    length = paging.bounded(limit)
    newest = wanted.order_by(Lead.id.desc()).limit(length + 1)
    return paging.page(list(session.scalars(newest)), length, key=lambda lead: [lead.id])
