"""Who guesses passwords is slowed down, and learns nothing of who exists."""

from datetime import timedelta

import pytest
import time_machine
from argon2 import extract_parameters
from sqlalchemy import select

from chassis import clock
from contracts.errors import NotAuthenticated, TooManyRequests
from services.staff import domain, models, passwords
from tests.services.staff.people import PASSWORD, wrong


@pytest.fixture
def clock_at_rest():
    """A wait of two seconds is not over because the machine was busy for three."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def test_wrong_password_and_unknown_name_get_the_same_answer(staff, hanako):
    answers = set()
    for login in ("hanako", "nobody"):
        with pytest.raises(NotAuthenticated) as refusal:
            staff.log_in(login=login, password="wrong password")
        answers.add(str(refusal.value.to_wire()))
    assert len(answers) == 1


def test_a_wrong_password_and_an_unknown_name_cost_the_same_work(staff, hanako, monkeypatch):
    # Counted, not timed: the hash is nearly all of the time that a log-in takes, and a busy machine tells no such time.
    checked = []
    matches = passwords._matches

    def counted(hash, password):
        checked.append(hash)
        return matches(hash, password)

    monkeypatch.setattr(passwords, "_matches", counted)
    for login in ("hanako", "nobody"):
        with pytest.raises(NotAuthenticated):
            staff.log_in(login=login, password="wrong password")
    of_hanako, of_nobody = map(extract_parameters, checked)
    assert of_hanako == of_nobody


@pytest.mark.usefixtures("clock_at_rest")
def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(staff, hanako):
    wrong(staff, times=5)
    with pytest.raises(TooManyRequests) as refusal:
        staff.log_in(login="hanako", password=PASSWORD)
    assert 0 < refusal.value.extra["retry_after"] <= 3


@pytest.mark.usefixtures("clock_at_rest")
def test_a_name_that_nobody_has_is_slowed_down_just_the_same(staff):
    wrong(staff, times=5, login="nobody")
    with pytest.raises(TooManyRequests):
        staff.log_in(login="nobody", password=PASSWORD)


def test_the_wait_grows_with_each_failure_and_never_beyond_a_quarter_of_an_hour(staff, hanako, clock_at_rest):
    waits = []
    wrong(staff, times=5)
    for _ in range(11):
        with pytest.raises(TooManyRequests) as refusal:
            staff.log_in(login="hanako", password=PASSWORD)
        waits.append(refusal.value.extra["retry_after"])
        clock_at_rest.shift(timedelta(seconds=waits[-1]))
        wrong(staff, times=1)
    assert waits == sorted(waits)
    assert waits[-1] == 15 * 60 + 1


def test_the_right_password_after_the_wait_makes_the_account_start_anew(staff, hanako, clock_at_rest):
    wrong(staff, times=5)
    clock_at_rest.shift(timedelta(minutes=1))
    staff.log_in(login="hanako", password=PASSWORD)
    wrong(staff, times=4)
    assert staff.log_in(login="hanako", password=PASSWORD)["token"]


@pytest.mark.usefixtures("clock_at_rest")
def test_one_address_that_tries_many_names_is_slowed_down(staff):
    for index in range(50):
        wrong(staff, times=1, login=f"name{index}", ip="203.0.113.7")
    with pytest.raises(TooManyRequests):
        staff.log_in(login="name50", password=PASSWORD, ip="203.0.113.7")
    wrong(staff, times=1, login="name50", ip="203.0.113.8")


@pytest.mark.usefixtures("clock_at_rest")
def test_wrong_guesses_from_elsewhere_keep_nobody_out(staff, hanako):
    wrong(staff, times=5, ip="203.0.113.7")
    with pytest.raises(TooManyRequests):
        staff.log_in(login="hanako", password=PASSWORD, ip="203.0.113.7")
    assert staff.log_in(login="hanako", password=PASSWORD, ip="203.0.113.8")["token"]


@pytest.mark.usefixtures("clock_at_rest")
def test_who_logs_in_elsewhere_gives_a_guesser_no_new_tries(staff, hanako):
    wrong(staff, times=5, ip="203.0.113.7")
    staff.log_in(login="hanako", password=PASSWORD, ip="203.0.113.8")
    with pytest.raises(TooManyRequests):
        staff.log_in(login="hanako", password=PASSWORD, ip="203.0.113.7")


@pytest.mark.usefixtures("clock_at_rest")
def test_all_addresses_of_an_ipv6_network_guess_as_one(staff, hanako):
    for host in range(5):
        wrong(staff, times=1, ip=f"2001:db8:1:2::{host}")
    with pytest.raises(TooManyRequests):
        staff.log_in(login="hanako", password=PASSWORD, ip="2001:db8:1:2:ffff::5")
    assert staff.log_in(login="hanako", password=PASSWORD, ip="2001:db8:1:3::5")["token"]


@pytest.mark.usefixtures("clock_at_rest")
def test_many_addresses_that_guess_at_one_account_are_slowed_down_together(staff, hanako, monkeypatch):
    monkeypatch.setitem(domain.FREE_TRIES, "account", 20)
    for host in range(20):
        wrong(staff, times=1, ip=f"203.0.113.{host}")
    with pytest.raises(TooManyRequests):
        staff.log_in(login="hanako", password=PASSWORD, ip="203.0.113.99")


def test_throttles_name_neither_account_nor_address(staff):
    wrong(staff, times=1, login="hanako", ip="203.0.113.7")
    with staff.db.session() as session:
        keys = " ".join(session.scalars(select(models.LoginThrottle.bucket)))
    assert "hanako" not in keys
    assert "203.0.113" not in keys
