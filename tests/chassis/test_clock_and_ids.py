"""Moments and ids as they travel: both sort as text in the order of time."""

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import clock
from chassis.ids import new_id

MOMENTS = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1), max_value=datetime(2999, 1, 1))  # noqa: DTZ001 - hypothesis wants naive limits


@given(MOMENTS)
def test_a_moment_comes_back_from_the_wire(moment: datetime) -> None:
    assert clock.unwire(clock.wire(moment)) == moment


@given(MOMENTS, MOMENTS)
def test_texts_sort_like_the_moments_they_mean(one: datetime, other: datetime) -> None:
    assert (clock.wire(one) < clock.wire(other)) == (one < other)


def test_a_moment_is_written_in_utc_with_microseconds_and_z() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert clock.wire(datetime(2026, 11, 22, 10, tzinfo=tokyo)) == "2026-11-22T01:00:00.000000Z"


def test_any_offset_is_read_as_utc() -> None:
    moment = clock.unwire("2026-11-22T10:00:00+09:00")
    assert (moment.isoformat(), moment.tzinfo) == ("2026-11-22T01:00:00+00:00", UTC)


@pytest.mark.parametrize("text", ["2026-11-22T10:00:00", "2026-11-22", "yesterday", "", "0001-01-01T00:00:00+09:00"])
def test_a_text_that_means_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        clock.unwire(text)


def test_now_is_aware() -> None:
    assert clock.now().tzinfo == UTC


def test_ids_sort_in_the_order_in_which_they_were_made_and_never_repeat() -> None:
    ids = [new_id() for _ in range(5_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_an_id_is_a_uuid_of_version_7_that_bears_its_time() -> None:
    made = uuid.UUID(new_id())
    assert made.version == 7
    assert abs((made.int >> 80) / 1000 - clock.now().timestamp()) < 60
