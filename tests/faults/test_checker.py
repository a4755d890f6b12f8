"""The judge is judged: a perfect outcome passes, and each way to be wrong has a word of its own."""

from collections import Counter

import pytest

from tests.faults.checker import compare
from tests.faults.ledger import Ledger


@pytest.fixture
def ledger():
    ledger = Ledger(7, ["kunde0@customer.example", "kunde1@customer.example"])
    ledger.more(42)
    ledger.poison(2)
    return ledger


def of(ledger, effect, start=""):
    """The first entry of an effect whose value begins so."""
    return next(
        entry
        for entry in ledger.expected()
        if entry[1] == effect and entry[2].startswith(start) and ":" not in entry[0]
    )


def words(ledger, change):
    found = Counter(ledger.expected())
    change(found)
    return [word for word, _ in compare(ledger.expected(), found).faults]


def test_a_perfect_outcome_is_ok_for_every_mail(ledger):
    verdict = compare(ledger.expected(), Counter(ledger.expected()))
    assert verdict.counts == {"attempt": 44, "ok": 44, "quarantined": 2}


def test_the_same_seed_makes_the_same_mails_and_another_seed_others(ledger):
    again = Ledger(7, ledger.contacts)
    assert again.more(42) == ledger.mails[:42]
    assert Ledger(8, ledger.contacts).more(42) != ledger.mails[:42]


def test_a_lost_mail_is_one_fault_although_everything_of_it_is_missing(ledger):
    key = ledger.mails[0].key

    def lose(found):
        for entry in [entry for entry in found if entry[0] == key]:
            del found[entry]

    assert words(ledger, lose) == ["LOST"]


def replaced(entry, value):
    """A change that puts another value in the place of this one."""

    def change(found):
        found[entry] = 0
        found[entry[0], entry[1], value] = 1

    return change


@pytest.mark.parametrize(
    ("effect", "start", "word"),
    [
        ("message", "received", "DUPLICATED_MESSAGE"),
        ("delivery", "sales", "DUPLICATED_DELIVERY"),
        ("history", "contact:", "DUPLICATED_EFFECT"),
        ("lead", "lead:", "DUPLICATED_EFFECT"),
        ("ticket", "", "DUPLICATED_EFFECT"),
    ],
)
def test_what_stands_twice_is_doubled(ledger, effect, start, word):
    entry = of(ledger, effect, start)
    assert words(ledger, lambda found: found.update([entry])) == [word]


@pytest.mark.parametrize(
    ("effect", "word"),
    [
        ("decision", "MISSING_DECISION"),
        ("history", "MISSING_EFFECT"),
        ("lead", "MISSING_EFFECT"),
        ("ticket", "MISSING_EFFECT"),
    ],
)
def test_what_does_not_stand_is_missing(ledger, effect, word):
    entry = of(ledger, effect)
    assert words(ledger, lambda found: found.pop(entry)) == [word]


@pytest.mark.parametrize(
    ("effect", "word"),
    [
        ("decision", "WRONG_DECISION"),
        ("bytes", "CHANGED_BYTES"),
        ("history", "WRONG_EFFECT"),
        ("ticket", "WRONG_EFFECT"),
    ],
)
def test_what_stands_otherwise_is_wrong(ledger, effect, word):
    assert words(ledger, replaced(of(ledger, effect), "something else")) == [word]


def test_a_second_lead_or_ticket_of_one_sender_is_doubled(ledger):
    lead = next(entry for entry in ledger.expected() if entry[1:] == ("opened", "lead"))
    ticket = next(entry for entry in ledger.expected() if entry[0].startswith("ticket:") and entry[1] == "opened")
    assert words(ledger, lambda found: found.update([lead, ticket])) == ["DUPLICATED_EFFECT"] * 2


def test_an_effect_that_nobody_expects_is_wrong(ledger):
    stray = ("a stranger's mail", "decision", "unknown")
    assert words(ledger, lambda found: found.update([stray])) == ["WRONG_DECISION"]
