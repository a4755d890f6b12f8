"""A conversion opens an opportunity where it is asked for: once, whatever is cut off when."""

import pytest

from chassis.testing import published
from contracts.errors import Invalid, ServiceTimeout

LEAD = {"last_name": "佐藤", "company": "エービーシー", "address": "sato@abc.example", "title": "温湿度計のお見積り"}


@pytest.fixture
def lead(leads):
    return leads.open_lead(data=LEAD)


def opened(sales):
    return sales.service.opportunities()["items"]


def test_the_opportunity_has_what_the_lead_asked_for_and_whom_the_conversion_made(leads, sales, lead):
    asked = {"opportunity": {"amount": "250000", "expected_close": "2027-01-31"}}
    converted = leads.convert_lead(id=lead["id"], data=asked)
    [opportunity] = opened(sales)
    assert (opportunity["name"], opportunity["amount"]) == ("温湿度計のお見積り", "250000")
    assert (opportunity["contact_id"], opportunity["organization_id"]) == (
        converted["contact_id"],
        converted["organization_id"],
    )
    assert (opportunity["lead_id"], opportunity["id"]) == (lead["id"], converted["opportunity_id"])
    event = published(leads.db)[-1]
    assert (event.type, event.data["opportunity_id"]) == ("lead.converted.v1", opportunity["id"])


def test_none_is_opened_unless_it_is_asked_for(leads, sales, lead):
    assert leads.convert_lead(id=lead["id"])["opportunity_id"] is None
    assert opened(sales) == []


def test_an_answer_that_was_lost_leaves_one_opportunity(leads, sales, lead):
    sales.losing = 1
    with pytest.raises(ServiceTimeout):
        leads.convert_lead(id=lead["id"], data={"opportunity": {}})
    converted = leads.convert_lead(id=lead["id"], data={"opportunity": {}})
    assert [each["id"] for each in opened(sales)] == [converted["opportunity_id"]]


def test_of_a_lead_there_is_one_even_when_its_key_is_forgotten_and_its_contact_is_gone(sales, contacts, lead):
    person = contacts.service.create_contact(data={"last_name": "佐藤"})
    data = {"name": "温湿度計", "contact_id": person["id"]}
    first = sales.service.open_opportunity(data=data, lead_id=lead["id"])
    contacts.service.delete_contact(id=person["id"])
    assert sales.service.open_opportunity(data=data, lead_id=lead["id"]) == first
    assert [event.type for event in published(sales.service.db)] == ["opportunity.opened.v1"]


def test_an_opportunity_that_is_refused_is_named_and_tried_again_with_other_values(leads, sales, contacts, lead):
    with pytest.raises(Invalid) as refused:
        leads.convert_lead(id=lead["id"], data={"opportunity": {"amount": "0.5"}})
    assert list(refused.value.fields) == ["opportunity.amount"]
    converted = leads.convert_lead(id=lead["id"], data={"opportunity": {"amount": "5"}})
    assert [(each["id"], each["amount"]) for each in opened(sales)] == [(converted["opportunity_id"], "5")]
    assert len(contacts.service.contacts()["items"]) == 1
