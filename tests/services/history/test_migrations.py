import pytest
from sqlalchemy import column, insert, table

from chassis import clock, migrations, testing
from chassis.columns import Id
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
