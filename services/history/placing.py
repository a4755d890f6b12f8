"""The queries that put mails and tickets on timelines, in batches, by what was last said of them."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.bulk import among, insert_missing, update_many
from contracts.base import Event
from services.history import domain, ticket_mails
from services.history.domain import Home, Word
from services.history.models import Entry, Mail, TicketHome
from services.history.store import add_entries, locked_mails
from services.history.unions import present_homes

Values = dict[str, Any]


def remember_words(session: Session, *, words: dict[str, Word]) -> list[Word]:
    """Keep what is said of mails; the words that count now, each with the facts of its mail.

    A word older than the one we have does not count. A correction whose mail was not told of yet counts when it is.
    """
    rows = {mail: _mail_row(word) for mail, word in words.items()}
    look_up = partial(locked_mails, session)
    new, present = insert_missing(session, Mail, rows, key=Mail.mail_message_id, look_up=look_up)
    merged = [_merged(words[mail], row) for mail, row in present.items()]
    changed = [word for word in merged if word is not None]
    update_many(session, Mail, [_mail_row(word) for word in changed], key="mail_message_id")
    return [word for mail, word in words.items() if mail in new and word.facts] + [w for w in changed if w.facts]


def _merged(word: Word, row: Mail) -> Word | None:
    """The word that counts from now on; None if nothing changes by the new one."""
    old = _word_of_row(row)
    if domain.supersedes(word, old):
        revision = max(word.revision, old.revision)
        automatic = old.automatic if word.facts is None else word.automatic
        return _replaced(word, revision=revision, automatic=automatic, facts=word.facts or old.facts)
    if old.facts is None and word.facts:
        return _replaced(old, revision=old.revision, automatic=word.automatic, facts=word.facts, event=word.event)
    return None


def _replaced(word: Word, *, revision: int, automatic: bool, facts: Values | None, event: Event | None = None) -> Word:
    mail, said_at, home = word.mail_message_id, word.said_at, word.home
    return Word(mail, revision, said_at, word.by_person, home, automatic, facts, event or word.event)


def _word_of_row(row: Mail) -> Word:
    home = Home(row.record_kind, row.record_id) if row.record_kind and row.record_id else None
    shown = {"happened_at": clock.wire(row.happened_at), "title": row.title, "summary": row.summary}
    told = {**shown, "doubtful": row.doubtful}
    facts = told if row.told else None
    return Word(row.mail_message_id, row.revision, row.said_at, row.by_person, home, row.automatic, facts, None)


def _mail_row(word: Word) -> Values:
    facts = word.facts or {"happened_at": word.said_at, "title": "", "summary": {}}
    return {
        "mail_message_id": word.mail_message_id,
        "revision": word.revision,
        "said_at": word.said_at,
        "by_person": word.by_person,
        "record_kind": word.home.kind if word.home else None,
        "record_id": word.home.id if word.home else None,
        "told": word.facts is not None,
        "automatic": word.automatic,
        "doubtful": facts.get("doubtful", False),
        "happened_at": clock.unwire(facts["happened_at"]),
        "title": facts["title"],
        "summary": facts["summary"],
    }


def place_mails(session: Session, *, words: Sequence[Word]) -> list[Values]:
    """Put mails where their last words and their tickets say, and take them from elsewhere; the added entries.

    What stood on a timeline that is one with the new one is not told of again.
    """
    stand = ticket_mails.wanted(session, mails=[word.mail_message_id for word in words])
    taken = _take_away(session, [word for word in words if word.revision > 1 or word.by_person])
    taken += ticket_mails.leave(session, mails=[word.mail_message_id for word in words if word.by_person], stand=stand)
    placed = [word for word in words if domain.places(word)]
    ticket_mails.hand_over(
        session, words={word.mail_message_id: word for word in placed if word.mail_message_id in stand}
    )
    theirs = {(word.mail_message_id, word.home) for word in placed}
    others = [entry for mail, entry in stand.items() if (mail, entry["home"]) not in theirs]
    added = add_entries(session, entries=[*map(_mail_entry, placed), *others])
    return ticket_mails.untold(session, added=added, taken=taken)


def _mail_entry(word: Word) -> Values:
    return {
        "home": word.home,
        "kind": "mail",
        "origin": domain.origin_of(word.by_person),
        "happened_at": (word.facts or {})["happened_at"],
        "mail_message_id": word.mail_message_id,
        "source_event_id": word.event.id if word.event else None,
    }


def _take_away(session: Session, words: Sequence[Word]) -> list[tuple[str, Home]]:
    """Delete the entries that earlier words made elsewhere, as far as these words may; of which mail, on which."""
    by_mail = {word.mail_message_id: word for word in words}
    columns = (Entry.id, Entry.mail_message_id, Entry.origin, Entry.record_kind, Entry.record_id)
    query = select(*columns).where(among(session, Entry.mail_message_id, by_mail))
    gone = {
        row.id: (row.mail_message_id, home)
        for row in (session.execute(query) if by_mail else [])
        if row.origin in domain.removed_origins(by_mail[row.mail_message_id])
        and (home := Home(row.record_kind, row.record_id)) != by_mail[row.mail_message_id].home
    }
    if gone:
        session.execute(delete(Entry.__table__).where(among(session, Entry.__table__.c.id, gone)))
    return list(gone.values())


def place_tickets(session: Session, *, events: Sequence[Event]) -> list[Values]:
    """Put the events of tickets on the tickets' own timelines and on those of their customers; the added entries."""
    own = [{**domain.ticket_entry(event), "home": Home("ticket", event.data["ticket_id"])} for event in events]
    added = add_entries(session, entries=own)
    homes, moved = _ticket_homes(session, events)
    shown = [event for event in events if domain.shown_to_customer(event.type)]
    mirrored = [
        {**domain.ticket_entry(event), "home": homes[event.data["ticket_id"]]}
        for event in shown
        if homes[event.data["ticket_id"]] and event.data["ticket_id"] not in moved
    ]
    added += add_entries(session, entries=mirrored) + _move_tickets(session, moved, homes)
    return added + ticket_mails.settle(session, mails=ticket_mails.note(session, events=events, moved=moved))


def _move_tickets(session: Session, moved: dict[str, Home | None], homes: dict[str, Home | None]) -> list[Values]:
    """Put tickets on the timelines of other customers; the added entries but those that stood on one with the new."""
    instead = present_homes(session, homes=[*moved.values(), *(homes[ticket_id] for ticket_id in moved)])
    told = []
    for ticket_id, before in moved.items():
        now = homes[ticket_id]
        added = add_entries(session, entries=_move_ticket(session, ticket_id, now))
        if before is None or now is None or instead.get(before, before) != instead.get(now, now):
            told += added
    return told


def _ticket_homes(session: Session, events: Sequence[Event]) -> tuple[dict[str, Home | None], dict[str, Home | None]]:
    """Where each ticket is shown now, and of those that were shown elsewhere before: where."""
    last: dict[str, Event] = {}
    for event in events:
        ticket_id = event.data["ticket_id"]
        if ticket_id not in last or event.time > last[ticket_id].time:
            last[ticket_id] = event
    rows = {ticket_id: _home_row(last[ticket_id]) for ticket_id in sorted(last)}
    look_up = partial(_present_ticket_homes, session)
    _, present = insert_missing(session, TicketHome, rows, key=TicketHome.ticket_id, look_up=look_up)
    homes = {ticket_id: domain.home_of(event.data["customer"]) for ticket_id, event in last.items()}
    before = {ticket_id: _shown_at(row) for ticket_id, row in present.items()}
    newer = [ticket_id for ticket_id, row in present.items() if last[ticket_id].time > row.said_at]
    update_many(session, TicketHome, [rows[ticket_id] for ticket_id in newer], key="ticket_id")
    homes |= {ticket_id: home for ticket_id, home in before.items() if ticket_id not in newer}
    moved = {ticket_id: before[ticket_id] for ticket_id in newer if homes[ticket_id] != before[ticket_id]}
    return homes, moved


def _shown_at(row: TicketHome) -> Home | None:
    return Home(row.customer_kind, row.customer_id) if row.customer_kind and row.customer_id else None


def _home_row(event: Event) -> Values:
    customer = event.data["customer"] or {"kind": None, "id": None}
    ids = {"customer_kind": customer["kind"], "customer_id": customer["id"]}
    return {"ticket_id": event.data["ticket_id"], "said_at": event.time, **ids}


def _present_ticket_homes(session: Session, tickets: Collection[str]) -> dict[str, TicketHome]:
    if not tickets:
        return {}
    query = select(TicketHome).where(among(session, TicketHome.ticket_id, tickets)).order_by(TicketHome.ticket_id)
    rows = session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {row.ticket_id: row for row in rows}


def _move_ticket(session: Session, ticket_id: str, home: Home | None) -> list[Values]:
    """Take a ticket from its old customer's timeline; what the new one's is to get."""
    tells = (Entry.about_id == ticket_id, Entry.kind == "ticket")
    away = delete(Entry).where(*tells, Entry.record_kind != "ticket")
    session.execute(away, execution_options={"synchronize_session": False})
    if home is None:
        return []
    own = session.scalars(select(Entry).where(*tells, Entry.record_kind == "ticket"))
    return [_mirrored(entry, home) for entry in own if domain.shown_to_customer(entry.summary["event"])]


def _mirrored(entry: Entry, home: Home) -> Values:
    same = {
        name: getattr(entry, name) for name in ("kind", "origin", "source_event_id", "about_id", "title", "summary")
    }
    return {**same, "home": home, "happened_at": clock.wire(entry.happened_at)}
