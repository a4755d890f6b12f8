"""Where people stand in the drawing of an organization."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.web.organizations.tree import HEIGHT, WIDTH, drawing, fitting, nested


def people(*above):
    """People by number; each entry is the number of the one above, or None."""
    return [{"id": str(id), "reports_to_id": None if one is None else str(one)} for id, one in enumerate(above)]


def places(*above):
    return {box.node["id"]: (box.x, box.y) for box in drawing(people(*above)).boxes}


@given(st.lists(st.integers(0, 60), max_size=60))
def test_nobody_covers_anybody_and_all_stand_within_the_drawing(numbers):
    drawn = drawing(people(*(None if number >= id else number for id, number in enumerate(numbers))))
    for one, other in combinations(drawn.boxes, 2):
        assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT
    for box in drawn.boxes:
        assert 0 <= box.x <= drawn.width - WIDTH
        assert 0 <= box.y <= drawn.height - HEIGHT


@given(st.lists(st.integers(0, 60), max_size=60))
def test_everybody_is_joined_to_the_one_above_who_stands_higher(numbers):
    nodes = people(*(None if number >= id else number for id, number in enumerate(numbers)))
    drawn = drawing(nodes)
    at = {box.node["id"]: box for box in drawn.boxes}
    below = [node for node in nodes if node["reports_to_id"]]
    assert len(drawn.lines) == len(below)
    assert all(at[node["id"]].y >= at[node["reports_to_id"]].y + HEIGHT for node in below)
    assert [node["id"] for _, node in nested(nodes)] != [] or nodes == []
    assert {node["id"] for _, node in nested(nodes)} == {node["id"] for node in nodes}


def test_the_one_above_stands_over_the_middle_of_departments_and_over_a_column_of_people():
    at = places(None, 0, 0, 1, 2, 2)
    assert at["0"][0] == pytest.approx((at["1"][0] + at["2"][0]) / 2)
    assert at["4"][0] == at["5"][0] > at["2"][0]
    assert at["3"][0] == at["1"][0]


def test_many_below_one_make_several_columns():
    at = places(None, *[0] * 20)
    assert len({x for x, _ in list(at.values())[1:]}) == 3


def test_a_chain_of_five_hundred_is_drawn():
    drawn = drawing(people(None, *range(499)))
    assert len({box.x for box in drawn.boxes}) == 1
    assert len(drawn.boxes) == 500


def test_people_without_anybody_above_or_below_stand_in_a_grid_under_the_trees():
    at = places(None, 0, *[None] * 8)
    alone = [at[str(id)] for id in range(2, 10)]
    assert min(y for _, y in alone) > at["1"][1]
    assert len({y for _, y in alone}) == 2


def test_an_empty_organization_has_an_empty_drawing():
    assert drawing([]).boxes == ()


def test_the_list_goes_into_the_depth_first():
    assert [(depth, node["id"]) for depth, node in nested(people(None, 0, 0, 1))] == [
        (0, "0"),
        (1, "1"),
        (2, "3"),
        (1, "2"),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("部長", "部長"),
        ("営業本部長代理", "営業本部…"),
        ("Head of Operations", "Head of O…"),
        ("", ""),
        ("𠮷野家𠮷野家", "𠮷野家𠮷…"),
    ],
)
def test_a_text_is_cut_where_the_box_ends_whatever_it_is_written_in(text, shown):
    assert fitting(text, 10) == shown
