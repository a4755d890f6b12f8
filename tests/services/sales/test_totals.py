"""What lines come to before anybody writes them down, and which stages a document can go to."""

import pytest

from chassis.testing import published
from contracts.errors import Invalid
from services.sales.domain import FOLLOWING
from tests.services.sales.papers import line, quote_of

LINES = [line(), line("お茶", quantity="3", unit_price="149.5", discount="10", tax_rate=8)]


def test_what_lines_come_to_is_what_a_quote_with_them_says_and_nothing_is_kept(sales, hanako):
    for more in ({}, {"tax_included": True}, {"currency": "USD"}):
        told = sales.totals(data={"lines": LINES, **more})
        made = sales.create_quote(data=quote_of(hanako, lines=LINES, **more))
        assert told == {name: made[name] for name in told}
    assert len(published(sales.db)) == 3


def test_without_lines_it_is_nothing_and_a_rounding_may_be_that_of_a_document_that_is_there(sales):
    assert sales.totals(data={})["total"] == "0"
    up, down = (sales.totals(data={"lines": LINES, "rounding": mode})["tax"] for mode in ("up", "down"))
    assert int(up) == int(down) + 1


@pytest.mark.parametrize(
    ("faulty", "field"),
    [
        ({"unit_price": "many"}, "lines.0.unit_price"),
        ({"discount": "0.5"}, "lines.0.discount"),
        ({"unit_price": "-1"}, "lines"),
    ],
)
def test_what_cannot_be_added_up_is_named_by_its_field(sales, faulty, field):
    with pytest.raises(Invalid) as refused:
        sales.totals(data={"lines": [line(**faulty)]})
    assert list(refused.value.fields) == [field]


def test_one_document_names_the_stages_that_it_can_go_to(sales, hanako):
    made = sales.create_quote(data=quote_of(hanako))
    assert made["following"] == list(FOLLOWING["quote"]["Created"])
    assert "following" not in sales.quotes()["items"][0]
