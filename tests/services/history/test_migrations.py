from typing import Any

import pytest
from sqlalchemy import column, insert, table

from chassis import clock, migrations, testing
from chassis.columns import Id, Json, UtcDateTime
from chassis.engine import make_engine
from chassis.ids import new_id
from services.history import models
from services.history.models import Entry
from services.history.service import HistoryService
from tests.services.databases import KINDS, fresh_url


def test_the_migrations_make_what_the_models_say(history):
    assert migrations.differences(models, history.db.engine.url.render_as_string(hide_password=False)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_united_before_is_still_read_as_one(request, kind):
    url = fresh_url(request, kind, "history")
    migrations.upgrade(models, url, to="0001")
    lead, merged, survivor = new_id(), new_id(), new_id()
    engine = make_engine(url)
    with engine.begin() as connection:
        alias = table("record_aliases", column("old_id", Id), column("kind"), column("id", Id))
        connection.execute(
            insert(alias), [{"old_id": old, "kind": "contact", "id": survivor} for old in (lead, merged)]
        )
        words = {"record_kind": "contact", "kind": "lead", "origin": "decision", "title": "", "summary": {}}
        ids = {"id": new_id(), "record_id": survivor, "about_id": lead, "happened_at": clock.now()}
        connection.execute(insert(Entry.__table__), {**words, **ids})
    engine.dispose()
    migrations.upgrade(models, url)
    service = testing.instance(HistoryService, url)
    for kind_of, id in (("lead", lead), ("contact", merged), ("contact", survivor)):
        assert len(service.entries(kind=kind_of, id=id)["items"]) == 1
    service.add_comment(record={"kind": "lead", "id": lead}, text="まだ読める")
    assert len(service.comments(kind="contact", id=survivor)["items"]) == 1
    service.db.engine.dispose()


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_heard_of_tickets_before_stands_with_their_customers_but_for_what_may_be_forged(request, kind):
    url = fresh_url(request, kind, "history")
    migrations.upgrade(models, url, to="0005")
    ticket, customer, now = new_id(), new_id(), clock.now()
    question, answer = sorted(new_id() for _ in range(2))
    heard = {question: "ticket.opened.v1", answer: "ticket.reply_received.v1"}
    engine = make_engine(url)
    ids, words = ("mail_message_id",), ("revision", "said_at", "by_person", "told", "automatic", "title")
    mails = table(
        "mails",
        *(column(name, Id) for name in ids),
        *map(column, words),
        column("summary", Json),
        column("happened_at", UtcDateTime),
    )
    said = {"revision": 1, "said_at": "", "by_person": False, "told": True, "automatic": True, "title": "件名"}
    homes = table(
        "ticket_homes",
        *(column(name, Id) for name in ("ticket_id", "customer_id")),
        column("customer_kind"),
        column("said_at"),
    )
    with engine.begin() as connection:
        facts = {**said, "summary": {}, "happened_at": now}
        connection.execute(insert(mails), [{"mail_message_id": mail, **facts} for mail in heard])
        home = {"ticket_id": ticket, "customer_id": customer, "customer_kind": "contact", "said_at": ""}
        connection.execute(insert(homes), [home])
        own: Any = {"record_kind": "ticket", "record_id": ticket, "kind": "ticket", "about_id": ticket}
        own |= {"origin": "decision", "title": "件名", "happened_at": now}
        summaries = [{"event": event, "mail_message_id": mail} for mail, event in heard.items()]
        entries = [{"id": new_id(), "source_event_id": new_id(), "summary": each, **own} for each in summaries]
        connection.execute(insert(Entry.__table__), entries)
    engine.dispose()
    migrations.upgrade(models, url)
    service = testing.instance(HistoryService, url)
    items = service.entries(kind="contact", id=customer)["items"]
    assert [(entry["mail_message_id"], entry["ticket_id"]) for entry in items] == [(answer, ticket)]
    service.db.engine.dispose()
