"""A process may end at every point where it hurts most; each service that passes the point does, once."""

from functools import partial

import pytest

from chassis.crash import CRASH_EXIT_CODE, POINTS
from tests.faults.march import CALLS, ROAD, March
from tests.infra import eventually

pytestmark = pytest.mark.timeout(600)


def passed_all(points):
    return {service: [(point, CRASH_EXIT_CODE) for point in names] for service, names in points.items()}


def test_every_named_point_is_passed_by_some_service():
    assert {point for names in ROAD.values() for point in names} == set(POINTS)


def test_every_service_of_the_road_may_end_at_every_point_it_passes(site):
    with March(site, ROAD) as march:
        for _ in range(12):
            site.append(site.ledger.more(14))
            eventually(lambda: march.go_on() or site.settled(), timeout=180)
            if march.go_on():
                break
    assert march.passed == passed_all(ROAD)
    site.check()


def test_a_call_that_ends_its_service_is_repeated_and_done_once(site):
    with March(site, CALLS) as march:
        for number, _ in enumerate(CALLS["staff"], start=1):
            eventually(partial(created, site, march, f"sato{number}"), timeout=180)
            eventually(partial(ended, march, number))
    assert march.passed == passed_all(CALLS)
    logins = "SELECT login FROM staff_users WHERE login LIKE 'sato%%' ORDER BY 1"
    assert site.rows.query("staff", logins) == [("sato1",), ("sato2",), ("sato3",)]
    site.check()


def created(site, march, login):
    """Whether the staff user is there by this call or one before; what ended meanwhile is started again."""
    march.go_on()
    user = {"login": login, "name": "佐藤", "role": "staff", "password": "a long pass phrase"}
    return site.post("/staff-users", user, key=login).status_code == 201


def ended(march, lives):
    """Whether so many lives of the staff service are over."""
    march.go_on()
    return len(march.passed["staff"]) >= lives
