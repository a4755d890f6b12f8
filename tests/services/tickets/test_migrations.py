import pytest
from sqlalchemy import column, insert, table

from chassis import clock, migrations, testing
from chassis.columns import Id
from chassis.engine import make_engine
from chassis.ids import new_id
from services.tickets import models
from services.tickets.models import Ticket
from services.tickets.service import TicketsService
from tests.services.databases import KINDS, fresh_url
from tests.services.decisions import contact
from tests.services.merges import merged


def test_the_migrations_make_what_the_models_say(tickets):
    assert migrations.differences(models, tickets.db.engine.url.render_as_string(hide_password=False)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_customer_that_stood_there_before_counts_as_said(request, kind):
    url = fresh_url(request, kind, "tickets")
    migrations.upgrade(models, url, to="0002")
    old, survivor = contact(), contact()
    words = {"title": "電話", "status": "Open", "priority": "Normal"}
    moments = dict.fromkeys(("created_at", "updated_at"), clock.now())
    ids = {"id": new_id(), "customer_kind": "contact", "customer_id": survivor["id"], "number": 7, "version": 1}
    flags = {"customer_by_person": False, "needs_review": False}
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(insert(Ticket.__table__), {**ids, **flags, **moments, **words})
        alias = table("customer_aliases", *(column(name, Id) for name in ("old_id", "survivor_id")))
        connection.execute(insert(alias), {"old_id": old["id"], "survivor_id": survivor["id"]})
    engine.dispose()
    migrations.upgrade(models, url)
    service = testing.instance(TicketsService, url)
    last = contact()
    service.on_record_event(merged(survivor, last))
    service.open_ticket(data={"title": "あと", "customer": old})
    assert [ticket["customer"] for ticket in service.tickets()["items"]] == [last, last]
    service.db.engine.dispose()
