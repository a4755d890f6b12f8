"""Every query of tickets."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, exists, literal, or_, select, union_all, update
from sqlalchemy.orm import Session

from chassis import paging
from chassis.bulk import among, insert_ignore, insert_many, insert_missing, update_many
from contracts.base import Event
from services.tickets import forms
from services.tickets.domain import WAITING, Arrival, Desk, Standing, kept_keys, thread_key
from services.tickets.models import (
    Number,
    Participant,
    SaidOfMail,
    Ticket,
    TicketMail,
    TicketReference,
    WaitingReply,
)
from services.tickets.words import Word, supersedes

Values = dict[str, Any]
_SERIES = "tickets"
CUSTOMERS = ("contact", "lead", "organization")


def lock(session: Session) -> None:
    """Let one transaction at a time file mails and change customers; the others wait here."""
    session.execute(select(Number.last).where(Number.name == _SERIES).with_for_update())


def reserve_numbers(session: Session, *, count: int) -> range:
    """Take the next ``count`` numbers with one statement."""
    statement = update(Number).where(Number.name == _SERIES).values(last=Number.last + count).returning(Number.last)
    last = session.execute(statement, execution_options={"synchronize_session": False}).scalar_one()
    return range(last - count + 1, last + 1)


def desk(session: Session, *, arrivals: Sequence[Arrival]) -> Desk:
    """What is known of the threads, tokens, senders and tickets that a batch speaks of."""
    made = Desk(placed=_placed(session, {str(one.mail["mail_message_id"]) for one in arrivals}))
    _look_up_threads(session, made, arrivals)
    _look_up_tokens(session, made, {claim.serial for one in arrivals for claim in one.claims})
    named = {ticket for tickets in (*made.mails.values(), *made.referring.values()) for ticket in tickets}
    named |= set(made.serials.values())
    made.tickets = {ticket.id: ticket for ticket in _standings(session, named)}
    made.participants = _participants(session, named, {one.sender for one in arrivals})
    return made


def _placed(session: Session, mails: Iterable[str]) -> set[str]:
    return set(
        session.scalars(select(TicketMail.mail_message_id).where(among(session, TicketMail.mail_message_id, mails)))
    )


def _look_up_threads(session: Session, made: Desk, arrivals: Sequence[Arrival]) -> None:
    """All references of a batch in one query: mails on tickets by their ids, and tickets whose mails refer to the same.

    The latter only where a sender of the batch takes part: thousands may have answered one circular.
    """
    wanted = {key for one in arrivals for key in one.keys}
    threads = wanted | {one.own_key for one in arrivals if one.own_key}
    senders = {one.sender for one in arrivals}
    mails = select(TicketMail.message_id_header, TicketMail.ticket_id, literal(True)).where(
        among(session, TicketMail.message_id_header, wanted)
    )
    referring = (
        select(TicketReference.message_id_header, TicketReference.ticket_id, literal(False))
        .join(Participant, Participant.ticket_id == TicketReference.ticket_id)
        .where(
            among(session, TicketReference.message_id_header, threads), among(session, Participant.canonical, senders)
        )
    )
    for key, ticket_id, is_mail in session.execute(union_all(mails, referring)):
        (made.mails if is_mail else made.referring).setdefault(key, []).append(ticket_id)


def _look_up_tokens(session: Session, made: Desk, serials: Iterable[int]) -> None:
    if serials:
        rows = session.execute(select(Ticket.number, Ticket.id).where(among(session, Ticket.number, serials)))
        made.serials = {row.number: row.id for row in rows}


def _standings(session: Session, ids: Iterable[str]) -> list[Standing]:
    columns = (Ticket.id, Ticket.number, Ticket.title, Ticket.status, Ticket.priority, Ticket.needs_review)
    query = select(*columns, Ticket.customer_kind, Ticket.customer_id).where(among(session, Ticket.id, ids))
    rows = session.execute(query).all() if ids else []
    return [
        Standing(*row[:5], customer=customer_ref(row.customer_kind, row.customer_id), needs_review=row.needs_review)
        for row in rows
    ]


def _participants(session: Session, tickets: Iterable[str], senders: Iterable[str]) -> set[tuple[str, str]]:
    if not tickets:
        return set()
    query = select(Participant.ticket_id, Participant.canonical)
    rows = session.execute(
        query.where(among(session, Participant.ticket_id, tickets), among(session, Participant.canonical, senders))
    )
    return {(ticket, canonical) for ticket, canonical in rows}


def customer_ref(kind: str | None, id: str | None) -> Values | None:
    """The customer as the contracts write it."""
    return {"kind": kind, "id": id} if kind and id else None


def add_tickets(session: Session, *, rows: Sequence[Values]) -> None:
    """Insert tickets."""
    if rows:
        insert_many(session, Ticket, list(rows))


def add_mails(
    session: Session, *, mails: Sequence[Values], references: Sequence[Values], participants: Sequence[Values]
) -> None:
    """Put mails on tickets, with the mails they refer to and the senders who take part by them."""
    if mails:
        insert_many(session, TicketMail, list(mails))
    insert_ignore(session, TicketReference.__table__, references)
    insert_ignore(session, Participant.__table__, participants)


def waiting_replies(session: Session, *, keys: Iterable[str]) -> list[Event]:
    """The mails that wait for one of these, and those that wait for them in turn."""
    found: dict[str, Event] = {}
    wanted = set(keys)
    while wanted:
        rows = session.execute(
            select(WaitingReply.mail_message_id, WaitingReply.event).where(
                among(session, WaitingReply.message_id_header, wanted)
            )
        )
        new = {row.mail_message_id: Event.from_wire(row.event) for row in rows if row.mail_message_id not in found}
        found |= new
        wanted = {thread_key(event.data["mail"]["message_id"] or "") for event in new.values()} - {""}
    return list(found.values())


def let_wait(session: Session, *, arrivals: Sequence[Arrival], now: datetime) -> None:
    """Keep mails that may be replies to a mail that is still to come; forget those that waited in vain."""
    rows = [
        {
            "mail_message_id": one.mail["mail_message_id"],
            "message_id_header": key,
            "event": one.event.to_wire(),
            "waiting_since": now,
        }
        for one in arrivals
        for key in kept_keys(one.keys)
    ]
    insert_ignore(session, WaitingReply.__table__, rows)
    session.execute(delete(WaitingReply).where(WaitingReply.waiting_since < now - WAITING))


def end_waiting(session: Session, *, mails: Sequence[str]) -> None:
    """Forget mails that were put on a ticket."""
    if mails:
        session.execute(delete(WaitingReply).where(among(session, WaitingReply.mail_message_id, mails)))


def save_standings(session: Session, *, tickets: Iterable[Standing], now: datetime) -> None:
    """Write what replies changed."""
    for ticket in tickets:
        standing = {"status": ticket.status, "priority": ticket.priority, "needs_review": ticket.needs_review}
        one = update(Ticket).where(Ticket.id == ticket.id)
        session.execute(one.values(version=Ticket.version + 1, updated_at=now, **standing))


def remember_words(session: Session, *, words: Iterable[Word]) -> list[Word]:
    """Keep what was said of mails; those words that are the last ones now. An older one that comes late is left out."""
    last: dict[str, Word] = {}
    for word in words:
        known = last.get(word.mail_message_id)
        if known is None or supersedes(word, known):
            last[word.mail_message_id] = word
    rows = {mail: _word_row(word) for mail, word in last.items()}
    key, look_up = SaidOfMail.mail_message_id, partial(words_of, session)
    new, present = insert_missing(session, SaidOfMail, rows, key=key, look_up=look_up)
    newer = [word for mail, word in last.items() if mail in present and supersedes(word, present[mail])]
    changed = [_word_row(word, present[word.mail_message_id].revision) for word in newer]
    update_many(session, SaidOfMail, changed, key="mail_message_id")
    return [word for mail, word in last.items() if mail in new] + newer


def _word_row(word: Word, revision: int = 0) -> Values:
    """A row; a person's word keeps the highest revision, so that a decision made before it stays behind it."""
    return {
        "mail_message_id": word.mail_message_id,
        "revision": max(word.revision, revision),
        "said_at": word.said_at,
        "by_person": word.by_person,
        "customer_kind": word.customer["kind"] if word.customer else None,
        "customer_id": word.customer["id"] if word.customer else None,
        "organization_id": word.organization_id,
    }


def words_of(session: Session, mails: Collection[str]) -> dict[str, Word]:
    """The last word about each of these mails, where there is one."""
    query = select(SaidOfMail).where(among(session, SaidOfMail.mail_message_id, mails))
    rows = session.scalars(query).all() if mails else []
    return {
        row.mail_message_id: Word(
            row.mail_message_id,
            row.revision,
            row.said_at,
            row.by_person,
            customer_ref(row.customer_kind, row.customer_id),
            row.organization_id,
        )
        for row in rows
    }


def tickets_opened_by(session: Session, *, mails: Iterable[str]) -> dict[str, Ticket]:
    """The tickets that these mails opened and whose customer no person chose, by mail."""
    query = select(TicketMail.mail_message_id, Ticket).join(Ticket, Ticket.id == TicketMail.ticket_id)
    wanted = query.where(
        among(session, TicketMail.mail_message_id, mails), TicketMail.opens, ~Ticket.customer_by_person
    )
    return {row.mail_message_id: row.Ticket for row in session.execute(wanted)}


def ticket_by_id(session: Session, *, id: str, locked: bool = False) -> Ticket | None:
    """One ticket."""
    query = select(Ticket).where(Ticket.id == id)
    return session.scalars(query.with_for_update() if locked else query).one_or_none()


def mail_is_placed(session: Session, *, mail_message_id: str) -> bool:
    """Whether a mail is on a ticket already."""
    return bool(session.scalar(select(exists().where(TicketMail.mail_message_id == mail_message_id))))


def mails_of(session: Session, *, ticket_id: str) -> Sequence[TicketMail]:
    """The mails on a ticket, newest first."""
    query = select(TicketMail).where(TicketMail.ticket_id == ticket_id)
    return session.scalars(query.order_by(TicketMail.received_at.desc(), TicketMail.mail_message_id.desc())).all()


def tickets(
    session: Session,
    *,
    status: str | None,
    customer_id: str | None,
    organization_id: str | None,
    people: Iterable[str],
    needs_review: bool | None,
    words: Sequence[str] = (),
) -> Any:
    """The query of those tickets; ``organization_id``: of an organization itself or of one of its ``people``."""
    wanted = select(Ticket)
    if status:
        wanted = wanted.where(Ticket.status == status)
    if customer_id:
        wanted = wanted.where(_is_customer(session, [forms.checked_id(customer_id)]))
    if organization_id:
        company = forms.checked_id(organization_id)
        wanted = wanted.where(or_(Ticket.organization_id == company, _is_customer(session, [company, *people])))
    if needs_review is not None:
        wanted = wanted.where(Ticket.needs_review if needs_review else ~Ticket.needs_review)
    return wanted.where(*map(_says, words))


def _says(word: str) -> Any:
    """A ticket whose number it is, or whose title or requester has it."""
    says = [place.icontains(word, autoescape=True) for place in (Ticket.title, Ticket.requester_name)]
    serial = forms.serial_of(word)
    return or_(*says, Ticket.number == serial) if serial else or_(*says)


def _is_customer(session: Session, ids: Iterable[str]) -> Any:
    # The kind is what the index begins with.
    return Ticket.customer_kind.in_(CUSTOMERS) & among(session, Ticket.customer_id, ids)


def page(session: Session, wanted: Any, *, limit: int | None, cursor: str | None) -> tuple[list[Ticket], str | None]:
    """One page of tickets, newest first."""
    following = wanted.where(Ticket.id < paging.last_id(cursor)) if cursor else wanted
    length = paging.bounded(limit)
    rows = list(session.scalars(following.order_by(Ticket.id.desc()).limit(length + 1)))
    return paging.page(rows, length, key=lambda ticket: [ticket.id])
