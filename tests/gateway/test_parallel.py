"""Several questions at the same time."""

from functools import partial

import eventlet
import pytest

from contracts.errors import NotFound, ServiceTimeout
from gateway.calls import each_alone
from gateway.parallel import AT_ONCE, few_at_once, together


def refused():
    raise ServiceTimeout("It does not answer.")


def test_each_refusal_stands_alone_in_the_place_of_its_answer():
    answers = each_alone(one=lambda: 1, two=refused)
    assert answers["one"] == 1
    assert isinstance(answers["two"], ServiceTimeout)


def test_questions_are_asked_at_the_same_time():
    arrived, both = [], eventlet.event.Event()

    def ask(name):
        arrived.append(name)
        if len(arrived) == 2:
            both.send()
        both.wait()
        return name

    assert together(one=lambda: ask("one"), two=lambda: ask("two")) == {"one": "one", "two": "two"}


def test_of_very_many_questions_a_few_are_asked_at_the_same_time():
    asked, most = set[int](), []

    def ask(number):
        asked.add(number)
        most.append(len(asked))
        eventlet.sleep(0)
        asked.remove(number)
        return number

    answers = few_at_once({str(number): partial(ask, number) for number in range(12)})
    assert (answers, max(most)) == ({str(number): number for number in range(12)}, AT_ONCE)


def test_what_is_no_refusal_but_a_mistake_of_ours_is_raised():
    with pytest.raises(ZeroDivisionError):
        each_alone(one=lambda: 1 // 0, two=lambda: (_ for _ in ()).throw(NotFound("x")))
