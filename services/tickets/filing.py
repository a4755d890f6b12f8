"""Files a batch of mails: load → decide → store → publish, within the transaction of the handler."""

from collections.abc import Sequence

from chassis import clock
from chassis.database import Transaction
from chassis.ids import new_id
from contracts import TicketOpened, TicketReplyReceived, TicketUpdated
from contracts.base import Event
from services.tickets import customers, domain, records, store
from services.tickets.domain import Arrival, Desk, Filed
from services.tickets.models import Ticket
from services.tickets.words import Word, word_of


def file_mails(tx: Transaction, arrivals: Sequence[Arrival], *, keys: Sequence[bytes]) -> None:
    """Open tickets and put replies on theirs, those that waited for one of these mails too."""
    waited = store.waiting_replies(tx.session, keys={one.own_key for one in arrivals} - {""})
    everything = [*arrivals, *(one for event in waited if (one := domain.arrival(event, keys=keys)))]
    desk = store.desk(tx.session, arrivals=everything)
    filed = domain.file_batch(everything, desk, new_id=new_id)
    _store(tx, filed, desk)
    placed = [mail for event in waited if (mail := domain.mail_id(event)) in desk.placed]
    store.end_waiting(tx.session, mails=placed)
    store.let_wait(tx.session, arrivals=domain.waiting(everything, desk), now=clock.now())
    _publish(tx, filed, desk)


def _store(tx: Transaction, filed: Sequence[Filed], desk: Desk) -> None:
    opened = [one for one in filed if one.opens]
    if opened:
        _open(tx, opened, desk)
    store.add_mails(
        tx.session,
        mails=[records.mail_row(one) for one in filed],
        references=records.reference_rows(filed),
        participants=records.participant_rows(filed),
    )


def _open(tx: Transaction, opened: Sequence[Filed], desk: Desk) -> None:
    """Insert the tickets; what was said of a sender since the mail was first decided counts at once."""
    now, words = clock.now(), _words(tx, opened)
    present = customers.present_ids(tx.session, ids=[id for word in words.values() for id in _ids(word)])
    serials = store.reserve_numbers(tx.session, count=len(opened))
    rows = []
    for one, serial in zip(opened, serials, strict=True):
        ticket, word = desk.tickets[one.ticket_id], words[one.arrival.mail["mail_message_id"]]
        ticket.serial, ticket.customer = serial, records.present_ref(word.customer, present)
        rows.append(records.ticket_row(one, ticket, word, present=present, now=now))
    store.add_tickets(tx.session, rows=rows)


def _words(tx: Transaction, opened: Sequence[Filed]) -> dict[str, Word]:
    """The last word about the sender of each mail."""
    events = {one.arrival.mail["mail_message_id"]: one.arrival.event for one in opened}
    return {mail: word_of(event) for mail, event in events.items()} | store.words_of(tx.session, mails=events)


def _ids(word: Word) -> list[str | None]:
    return [word.customer["id"] if word.customer else None, word.organization_id]


def _publish(tx: Transaction, filed: Sequence[Filed], desk: Desk) -> None:
    """Tell each opening and each reply, then once of each ticket that was there before what replies changed in it."""
    new = {one.ticket_id for one in filed if one.opens}
    causes: dict[str, Event] = {}
    for one in filed:
        event, facts = one.arrival.event, records.standing_facts(desk.tickets[one.ticket_id])
        mail_id = one.arrival.mail["mail_message_id"]
        if one.opens:
            tx.publish(TicketOpened, subject=one.ticket_id, cause=event, mail_message_id=mail_id, **facts)
        else:
            causes.setdefault(one.ticket_id, event)
            _publish_reply(tx, event, {**facts, "mail_message_id": mail_id})
    changed = [desk.tickets[id] for id in causes if id not in new and desk.tickets[id].changed]
    store.save_standings(tx.session, tickets=changed, now=clock.now())
    for ticket in changed:
        tx.publish(TicketUpdated, subject=ticket.id, cause=causes[ticket.id], **records.standing_facts(ticket))


def _publish_reply(tx: Transaction, event: Event, facts: dict[str, object]) -> None:
    told = ("ticket_id", "number", "status", "customer", "mail_message_id")
    data = {name: facts[name] for name in told}
    tx.publish(TicketReplyReceived, subject=str(facts["ticket_id"]), cause=event, **data)


def settle(tx: Transaction, words: Sequence[Word], causes: dict[str, Event]) -> None:
    """Name the customer of each ticket by what was last said of the mail that opened it."""
    tickets = store.tickets_opened_by(tx.session, mails=[word.mail_message_id for word in words])
    named = {}
    for word in words:
        if ticket := tickets.get(word.mail_message_id):
            customers.say(ticket, word)
            named[ticket.id] = causes[word.mail_message_id]
    for ticket in customers.follow(tx.session, list(tickets.values())):
        tell_update(tx, ticket, cause=named[ticket.id])


def follow_customers(tx: Transaction, events: Sequence[Event]) -> None:
    """Bring the tickets that hang on records in line with what became of these. Whoever calls holds the lock."""
    for event in customers.note_who_has_none(tx.session, events):
        for ticket in customers.follow(tx.session, customers.note(tx.session, event)):
            tell_update(tx, ticket, cause=event)


def tell_update(tx: Transaction, ticket: Ticket, *, cause: Event | None = None) -> None:
    """Count the version up and publish ``ticket.updated``."""
    ticket.version, ticket.updated_at = ticket.version + 1, clock.now()
    tx.publish(TicketUpdated, subject=ticket.id, cause=cause, **records.facts(ticket))
