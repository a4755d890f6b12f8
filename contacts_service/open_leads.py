"""The addresses of open leads in the address book, as far as the events of leads have come."""

from itertools import chain
from typing import Any

from contacts_service import domain, store
from contacts_service.changes import announce, by_record
from contracts import Event

Values = dict[str, Any]


def follow(tx: Any) -> None:
    """Bring the book in line with what happened to leads (``tx.fresh``), whatever order the news come in."""
    news = _latest_news(tx)
    before = by_record(store.entries_of_records(tx.session, list(news)))
    after = {lead_id: _lead_entries(event) for lead_id, event in news.items()}
    store.replace_entries(tx.session, list(chain(*before.values())), list(chain(*after.values())))
    for lead_id, event in news.items():
        announce(tx, before.get(lead_id, []), after[lead_id], cause=event)


def _latest_news(tx: Any) -> dict[str, Event]:
    """The last event of each lead that says something new; the marks move on."""
    marks = store.lead_marks(tx.session, {event.data["lead_id"] for event in tx.fresh})
    known, moved, news = set(marks), {}, {}
    for event in tx.fresh:
        lead_id = event.data["lead_id"]
        if domain.is_newer(marks.get(lead_id), time=event.time):
            marks[lead_id] = moved[lead_id] = (event.time, "personal" not in event.data)
            news[lead_id] = event
    store.set_lead_marks(tx.session, moved, known=known)
    return news


def _lead_entries(event: Event) -> list[Values]:
    """Only a lead that is still there carries personal data; converted and deleted ones stand for nothing."""
    personal = event.data.get("personal")
    return domain.lead_entries(event.data["lead_id"], personal) if personal else []
