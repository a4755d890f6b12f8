"""Cursors are opaque, survive their way through a URL, and what is none is refused."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import clock, paging
from chassis.ids import new_id
from contracts.errors import Invalid


@given(
    st.lists(st.text(st.characters(codec="utf-8")) | st.integers(-(2**53), 2**53) | st.none(), min_size=2, max_size=2)
)
def test_a_cursor_gives_its_values_again_and_needs_no_quoting_in_a_url(values: list[Any]) -> None:
    cursor = paging.encode(values)
    assert paging.decode(cursor) == values
    assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)


@given(st.text())
def test_any_text_is_a_cursor_or_refused_as_invalid(text: str) -> None:
    assert len(decoded(text)) == 2 or decoded(text) == ["cursor"]


@pytest.mark.parametrize(
    "broken", ["", "x", "あ", "e30", "WyJhIl0", paging.encode([1, 2, 3]), paging.encode([1, 2])[:-2]]
)
def test_what_no_list_gave_out_is_refused(broken: str) -> None:
    with pytest.raises(Invalid, match="not one that this list gave out"):
        paging.decode(broken)


def test_the_cursor_of_a_list_by_ids_gives_the_last_id() -> None:
    last = new_id()
    assert paging.last_id(paging.encode([last])) == last


@pytest.mark.parametrize("value", [{}, [], None, 7, True, 1.5, "", "x", "\x00", "1" * 31])
def test_a_cursor_that_holds_no_id_is_refused_where_an_id_is_wanted(value: Any) -> None:
    with pytest.raises(Invalid, match="not one that this list gave out"):
        paging.last_id(paging.encode([value]))


def test_the_cursor_of_a_list_by_moments_gives_the_moment_and_the_id() -> None:
    moment, last = clock.now(), new_id()
    assert paging.last_moment(paging.encode([clock.wire(moment), last])) == (moment, last)


@pytest.mark.parametrize(
    "values",
    [[None, new_id()], ["soon", new_id()], ["0001-01-01T00:00:00+09:00", new_id()], [clock.wire(clock.now()), 1]],
)
def test_a_cursor_that_holds_no_moment_and_id_is_refused_where_they_are_wanted(values: list[Any]) -> None:
    with pytest.raises(Invalid, match="not one that this list gave out"):
        paging.last_moment(paging.encode(values))


@pytest.mark.parametrize(
    ("asked", "given"), [(None, 50), (0, 50), (1, 1), (200, 200), (201, 200), (10**9, 200), (-5, 1)]
)
def test_a_page_has_at_least_one_and_at_most_200_rows(asked: int | None, given: int) -> None:
    assert paging.bounded(asked) == given


def test_a_full_page_with_more_behind_it_ends_with_a_cursor_at_its_last_row() -> None:
    rows, following = paging.page([9, 8, 7], 2, key=lambda row: [row, str(row)])
    assert rows == [9, 8]
    assert following is not None
    assert paging.decode(following) == [8, "8"]


@pytest.mark.parametrize("rows", [[], [9], [9, 8]])
def test_the_last_page_has_no_cursor(rows: list[int]) -> None:
    assert paging.page(rows, 2, key=lambda row: [row]) == (rows, None)


def decoded(text: str) -> list[Any]:
    """The values of a cursor, or the names of the fields that are refused."""
    try:
        return paging.decode(text)
    except Invalid as refusal:
        return list(refusal.fields)
