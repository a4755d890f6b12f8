"""How PostgreSQL finds the records of a list. (How fast: `python -m bench lists`.)"""

from sqlalchemy import select

from bench import customers
from chassis.engine import make_engine
from contacts_service import fields, filters, listing, models
from contacts_service.conditions import Viewer
from contacts_service.models import Contact
from tests.contacts_service.asking import condition, every


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
