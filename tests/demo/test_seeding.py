"""What the demo creates, on real services of a data folder whose first start is cut off and repeated on a later day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine

from chassis import testing
from contacts_service.service import ContactsService
from demo import seeding
from demo.deals import DEALS
from demo.plans import PLANS
from services.activities.service import ActivitiesService
from services.sales.service import SalesService
from services.staff.service import StaffService

FIRST = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)


@pytest.fixture
def services(tmp_path) -> Iterator[SimpleNamespace]:
    made = SimpleNamespace()
    for one in (ContactsService, SalesService, ActivitiesService, StaffService):
        further = {"contacts": made.contacts} if one is SalesService else {}
        setattr(made, one.name, testing.instance(one, testing.migrated_sqlite(tmp_path, one), **further))
    made.staff.create_staff_user(data={"login": "admin", "name": "Admin", "role": "admin", "password": "long enough 1"})
    yield made
    for service in vars(made).values():
        service.db.engine.dispose()


def test_a_first_start_that_is_cut_off_and_repeated_on_later_days_ends_with_each_record_once(services):
    with time_machine.travel(FIRST, tick=True):
        seeding.create_people(services)
    for days in (1, 45, 46):
        with time_machine.travel(FIRST + timedelta(days), tick=True):
            contacts = seeding.create_people(services)
            seeding.create_deals(services, contacts)
            seeding.create_plans(services, contacts)
    deals = services.sales.opportunities(limit=100)["items"]
    assert len(deals) == len(DEALS)
    assert len(services.sales.quotes(limit=100)["items"]) == sum(bool(deal.lines) for deal in DEALS)
    assert len(services.activities.activities(limit=100)["items"]) == len(PLANS)
    # The day in the office, where it was after midnight already.
    day = date(2026, 11, 24)
    assert deals[-1]["expected_close"] == (day + timedelta(DEALS[0].closes_in_days)).isoformat()
    assert {invoice["due_date"] for invoice in services.sales.invoices()["items"]} == {"2026-12-24"}
