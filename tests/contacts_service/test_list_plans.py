"""How PostgreSQL finds the records of a list. (How fast: `python -m bench lists`.)"""

from sqlalchemy import func, select

from bench import customers
from chassis import testing
from chassis.engine import make_engine
from contacts_service import domain, fields, filters, listing, models, store
from contacts_service.conditions import Viewer
from contacts_service.models import Contact, MatchKey
from contacts_service.service import ContactsService
from tests.contacts_service.asking import condition, every


def test_what_the_benchmarks_fill_in_is_what_the_service_would_have_written(databases):
    url = databases.empty("postgresql", models)
    customers.database(url, 100)
    service = testing.instance(ContactsService, url)
    with service.db.session() as session:
        filled = session.scalars(select(Contact).order_by(Contact.id).limit(1)).one()
        typed = {name: getattr(filled, name) for name in fields.CONTACT_FIELDS}
        twin = service.create_contact(data=domain.wire_values(typed) | {"phones": [filled.phones[0]["number"]]})
        assert (filled.number, twin["number"]) == ("CON1", "CON101")
        same = session.get_one(Contact, twin["id"])
        one, two = (
            {name: str(value).lower().replace(row.number.lower(), "") for name, value in store.values(row).items()}
            for row in (filled, same)
        )
        assert {name for name, value in one.items() if two[name] != value} <= {"id", "created_at", "updated_at"}
        entered = [_entered(session, id) for id in (filled.id, twin["id"])]
        assert entered[0] == entered[1]
        shared = dict(
            session.execute(select(MatchKey.key, func.bool_and(MatchKey.shared)).group_by(MatchKey.key)).all()
        )
        held = dict(session.execute(select(MatchKey.key, func.count()).group_by(MatchKey.key)).all())
        assert shared == {key: count > 1 for key, count in held.items()}
    service.db.engine.dispose()


def _entered(session, record_id):
    """What stands elsewhere about a record: its addresses, match keys and changes."""
    entries = store.entries_of_record(session, record_id)
    keys = session.scalars(select(MatchKey.key).where(MatchKey.record_id == record_id)).all()
    changed = [(each.what, each.fields) for each in store.changes_of(session, record_id, limit=5, after=None)]
    return [{**entry, "record_id": None} for entry in entries], set(keys), changed


def test_words_and_places_are_looked_up_together_in_one_index(databases):
    wanted = every(condition("mailing_state", "equals", "鳥取県"), condition("title", "contains", "部長"))
    group = filters.parsed(wanted, filters.types_of(fields.CONTACT_FIELDS))
    condition_of_list = listing.Selection(Contact, group, Viewer()).where()
    url = databases.empty("postgresql", models)
    customers.database(url, 2_000)
    engine = make_engine(url)
    statement = select(Contact.id).where(condition_of_list).compile(engine, compile_kwargs={"literal_binds": True})
    with engine.begin() as connection:
        plan = [line for (line,) in connection.exec_driver_sql(f"EXPLAIN {statement}")]
    engine.dispose()
    looked_up = next(line for line in plan if "Index Cond:" in line)
    assert any("Bitmap Index Scan on ix_contacts_words" in line for line in plan)
    assert "search ~~" in looked_up
    assert "places ~~" in looked_up
