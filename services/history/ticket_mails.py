"""The mails of a ticket on the timeline of its customer, whoever wrote them.

Such a mail stands there for the ticket's sake (``domain.TICKET``) unless a decision or a person put it there too: their
word counts as long as it lasts. It goes where the ticket goes; what may be forged waits until a person says whose.
Whoever changes where mails stand holds their rows in ``mails``, so that tickets and decisions never act on what is old.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import and_, delete, not_, or_, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.bulk import among, insert_missing, update_many
from contracts.base import Event
from services.history import domain
from services.history.domain import Home, Word
from services.history.models import Entry, Mail, TicketHome
from services.history.store import add_entries, locked_mails
from services.history.unions import present_homes

Values = dict[str, Any]


def note(session: Session, *, events: Sequence[Event], moved: Collection[str]) -> set[str]:
    """Remember on which ticket the mails of these events are; these mails, and those of tickets that moved, held."""
    on = {event.data["mail_message_id"]: event.data["ticket_id"] for event in events if domain.mail_of(event)}
    on |= _mails_of(session, moved)
    rows = {mail: _unheard(mail, on[mail]) for mail in sorted(on)}
    look_up = partial(locked_mails, session)
    _, present = insert_missing(session, Mail, rows, key=Mail.mail_message_id, look_up=look_up)
    new = [{"mail_message_id": mail, "ticket_id": on[mail]} for mail, row in present.items() if row.ticket_id is None]
    update_many(session, Mail, new, key="mail_message_id")
    return set(on)


def link(session: Session, *, mail: str, ticket: str) -> list[Values]:
    """A person put a mail on a ticket; the added entries to tell of. It stays on the ticket that it is on already."""
    row = locked_mails(session, [mail])[mail]
    row.ticket_id = row.ticket_id or ticket
    session.flush()
    return settle(session, mails=[mail])


def unlink(session: Session, *, mail: str, ticket: str) -> None:
    """A person took a mail off a ticket; one that came in on it stays with the customer."""
    row = locked_mails(session, [mail])[mail]
    if row.ticket_id == ticket and mail not in _mails_of(session, [ticket]):
        row.ticket_id = None
        session.flush()
        settle(session, mails=[mail])


def _mails_of(session: Session, tickets: Collection[str]) -> dict[str, str]:
    """The mails on tickets, each with its ticket."""
    own = select(Entry.about_id, Entry.summary).where(Entry.kind == "ticket", Entry.record_kind == "ticket")
    rows = session.execute(own.where(among(session, Entry.about_id, tickets))) if tickets else ()
    return {row.summary["mail_message_id"]: row.about_id for row in rows if row.summary.get("mail_message_id")}


def _unheard(mail: str, ticket: str) -> Values:
    """A mail of which nothing was said yet but that it is on a ticket: whatever is said of it counts."""
    said = {"revision": 0, "said_at": "", "by_person": False, "record_kind": None, "record_id": None}
    facts = {"told": False, "automatic": False, "happened_at": clock.now(), "title": "", "summary": {}}
    return {"mail_message_id": mail, **said, **facts, "doubtful": False, "ticket_id": ticket}


def wanted(session: Session, *, mails: Collection[str]) -> dict[str, Values]:
    """By mail, the entry that its ticket's customer is to have of it; for those that are told and not in doubt."""
    proven = or_(not_(Mail.doubtful), and_(Mail.by_person, Mail.record_id.is_not(None)))
    columns = (Mail.mail_message_id, Mail.happened_at, TicketHome.customer_kind, TicketHome.customer_id)
    query = select(*columns).join(TicketHome, TicketHome.ticket_id == Mail.ticket_id)
    query = query.where(among(session, Mail.mail_message_id, mails), Mail.told, TicketHome.customer_id.is_not(None))
    return {
        row.mail_message_id: {
            "home": Home(row.customer_kind, row.customer_id),
            "kind": "mail",
            "origin": domain.TICKET,
            "happened_at": clock.wire(row.happened_at),
            "mail_message_id": row.mail_message_id,
        }
        for row in (session.execute(query.where(proven)) if mails else ())
    }


def settle(session: Session, *, mails: Collection[str]) -> list[Values]:
    """Put mails, which the caller holds, where their tickets want them now; the added entries to tell of."""
    stand = wanted(session, mails=mails)
    left = leave(session, mails=mails, stand=stand)
    # Most stand there already as mails of the customer: what goes in anew is worth a look before.
    columns = (Entry.mail_message_id, Entry.record_kind, Entry.record_id)
    rows = session.execute(select(*columns).where(among(session, Entry.mail_message_id, stand))) if stand else ()
    there = {(row.mail_message_id, Home(row.record_kind, row.record_id)) for row in rows}
    new = [entry for mail, entry in stand.items() if (mail, entry["home"]) not in there]
    return untold(session, added=add_entries(session, entries=new), taken=left)


def stay(session: Session, *, mails: Collection[str]) -> list[Values]:
    """Mails that were taken elsewhere stay with the customers of their tickets too; the added entries to tell of."""
    return settle(session, mails=locked_mails(session, mails))


def leave(session: Session, *, mails: Collection[str], stand: Mapping[str, Values]) -> list[tuple[str, Home]]:
    """Take mails from where they stood for the sake of a ticket that went elsewhere; of which mail, on which."""
    gone = {
        id: (mail, home)
        for id, (mail, home) in _standing(session, mails).items()
        if mail not in stand or stand[mail]["home"] != home
    }
    if gone:
        away = delete(Entry).where(among(session, Entry.id, gone), Entry.origin == domain.TICKET)
        session.execute(away, execution_options={"synchronize_session": False})
    return list(gone.values())


def hand_over(session: Session, *, words: Mapping[str, Word]) -> None:
    """Where a word puts a mail that stands there for a ticket's sake, the word counts from now on."""
    theirs = {id: words[mail] for id, (mail, home) in _standing(session, words).items() if words[mail].home == home}
    for by_person in {word.by_person for word in theirs.values()}:
        ids = [id for id, word in theirs.items() if word.by_person is by_person]
        change = update(Entry).where(among(session, Entry.id, ids)).values(origin=domain.origin_of(by_person))
        session.execute(change, execution_options={"synchronize_session": False})


def _standing(session: Session, mails: Collection[str]) -> dict[str, tuple[str, Home]]:
    columns = (Entry.id, Entry.mail_message_id, Entry.record_kind, Entry.record_id)
    query = select(*columns).where(among(session, Entry.mail_message_id, mails), Entry.origin == domain.TICKET)
    rows = session.execute(query) if mails else ()
    return {row.id: (row.mail_message_id, Home(row.record_kind, row.record_id)) for row in rows}


def untold(session: Session, *, added: Sequence[Values], taken: Sequence[tuple[str, Home]]) -> list[Values]:
    """Of added entries those whose mail did not stand before on that timeline or on one that is one with it."""
    if not (taken or any(row["origin"] == domain.TICKET for row in added)):
        return list(added)
    homes = {row["id"]: Home(row["record_kind"], row["record_id"]) for row in added}
    columns = (Entry.id, Entry.mail_message_id, Entry.record_kind, Entry.record_id)
    mails = {row["mail_message_id"] for row in added}
    shown = select(*columns).where(among(session, Entry.mail_message_id, mails), Entry.origin != domain.UNLINKED)
    there = [(row[1], Home(row[2], row[3])) for row in session.execute(shown) if row.id not in homes] + [*taken]
    now = present_homes(session, homes=[*homes.values(), *(home for _, home in there)])
    stood = {(mail, now.get(home, home)) for mail, home in there}
    told = []
    for row in added:
        here = (row["mail_message_id"], now.get(homes[row["id"]], homes[row["id"]]))
        if here not in stood:
            told.append(row)
        stood.add(here)
    return told
