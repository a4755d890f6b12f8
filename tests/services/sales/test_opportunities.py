"""Opportunities: their stages, what follows from one, and the quotes that are written for them."""

import pytest

from chassis.testing import published
from contracts.errors import Invalid
from tests.services.sales.papers import line


@pytest.fixture
def opportunity(sales, hanako):
    data = {"name": "温湿度計の入れ替え", "amount": "250000", "contact_id": hanako["id"]}
    return sales.open_opportunity(data=data)


def changed(sales, record, **data):
    return sales.update_opportunity(id=record["id"], data=data, version=record["version"])


def test_an_opportunity_has_a_number_a_probability_and_its_contacts_organization(opportunity, hanako, abc):
    assert (opportunity["number"], opportunity["stage"], opportunity["probability"]) == ("OPP1", "Prospecting", 10)
    assert (opportunity["amount"], opportunity["currency"]) == ("250000", "JPY")
    assert (opportunity["contact_id"], opportunity["organization_id"]) == (hanako["id"], abc["id"])


def test_a_stage_brings_its_probability_unless_one_is_named(sales, opportunity):
    moved = changed(sales, opportunity, stage="Negotiation or Review")
    assert moved["probability"] == 90
    assert changed(sales, moved, stage="Value Proposition", probability=55)["probability"] == 55


def test_what_is_lost_has_its_reason_and_its_day_until_it_is_opened_again(sales, opportunity):
    lost = changed(sales, opportunity, stage="Closed Lost", closing_reason="予算が付かず")
    assert (lost["probability"], lost["closing_reason"]) == (0, "予算が付かず")
    assert lost["closed_on"]
    again = changed(sales, lost, stage="Qualification")
    assert (again["closing_reason"], again["closed_on"], again["probability"]) == ("", None, 10)
    events = published(sales.db)
    assert [event.type for event in events] == [
        "opportunity.opened.v1",
        "opportunity.lost.v1",
        "opportunity.updated.v1",
    ]
    assert events[1].data["reason"] == "予算が付かず"


def test_an_open_one_has_no_reason_to_be_closed_for(sales, opportunity):
    with pytest.raises(Invalid) as refused:
        changed(sales, opportunity, closing_reason="納期")
    assert "closing_reason" in refused.value.fields


def test_another_currency_keeps_the_figure_and_refuses_parts_that_it_has_not(sales, opportunity):
    in_dollars = changed(sales, opportunity, currency="USD", amount="1250.50")
    assert in_dollars["amount"] == "1250.50"
    with pytest.raises(Invalid) as refused:
        changed(sales, in_dollars, currency="JPY")
    assert "amount" in refused.value.fields


def test_a_quote_of_an_opportunity_takes_over_for_whom_and_what_it_is(sales, opportunity, hanako, abc):
    quote = sales.create_quote(data={"opportunity_id": opportunity["id"], "lines": [line()]})
    assert (quote["subject"], quote["contact_id"]) == ("温湿度計の入れ替え", hanako["id"])
    assert quote["organization_id"] == abc["id"]
    assert [each["id"] for each in sales.quotes(opportunity_id=opportunity["id"])["items"]] == [quote["id"]]


def test_a_deleted_one_is_in_the_bin_and_comes_back(sales, opportunity):
    sales.delete_opportunity(id=opportunity["id"])
    assert [each["number"] for each in sales.opportunities(deleted=True)["items"]] == ["OPP1"]
    with pytest.raises(Invalid):
        sales.create_quote(data={"opportunity_id": opportunity["id"], "subject": "x", "lines": [line()]})
    sales.restore_opportunity(id=opportunity["id"])
    assert [each["number"] for each in sales.opportunities(query="入れ替え")["items"]] == ["OPP1"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "name"),
        ({"name": "x", "amount": "-1"}, "amount"),
        ({"name": "x", "amount": "0.5"}, "amount"),
        ({"name": "x", "stage": "Won"}, "stage"),
        ({"name": "x", "probability": 101}, "probability"),
        ({"name": "x", "expected_close": "2026-02-30"}, "expected_close"),
        ({"name": "x", "lead_source": "夢"}, "lead_source"),
        ({"name": "x", "colour": "red"}, "colour"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_by_its_field(sales, data, field):
    with pytest.raises(Invalid) as refused:
        sales.open_opportunity(data=data)
    assert list(refused.value.fields) == [field]


def test_what_is_sold_to_somebody_is_counted(sales, opportunity, hanako):
    for _ in range(2):
        sales.open_opportunity(data={"name": "消耗品", "contact_id": hanako["id"]})
    found = sales.opportunities(contact_id=hanako["id"], limit=1, counted=True)
    assert (len(found["items"]), found["count"], found["exact"]) == (1, 3, True)
    assert "count" not in sales.opportunities(contact_id=hanako["id"])
