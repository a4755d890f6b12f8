"""What lists can be asked for: refusals by the place of the fault, and the description of what there is."""

import pytest

from contracts.errors import Invalid
from tests.contacts_service.asking import condition, every, some


def deep(levels):
    group = every()
    for _ in range(levels):
        group = every(group)
    return group


@pytest.mark.parametrize(
    ("filter", "where"),
    [
        ([], "filter"),
        ({"match": "most", "conditions": []}, "filter"),
        (every("x"), "filter.conditions.0"),
        (every(condition("shoe_size", "equals", 1)), "filter.conditions.0.field"),
        (every(condition("search", "contains", "x")), "filter.conditions.0.field"),
        (every(condition("title", "is_true")), "filter.conditions.0.operator"),
        (every(condition("title", "contains", "")), "filter.conditions.0.value"),
        (every(condition("title", "contains", "x" * 256)), "filter.conditions.0.value"),
        (every(condition("title", "empty", "x")), "filter.conditions.0.value"),
        (every(some(condition("birthday", "on", "1.1.2000"))), "filter.conditions.0.conditions.0.value"),
        (every(condition("birthday", "between", ["2026-01-02", "2026-01-01"])), "filter.conditions.0.value"),
        (every(condition("birthday", "in_last_days", 10**9)), "filter.conditions.0.value"),
        (every(condition("birthday", "in_period", "next_century")), "filter.conditions.0.value"),
        (every(condition("owner_id", "one_of", ["nobody"])), "filter.conditions.0.value"),
        (every(condition("salutation", "one_of", [])), "filter.conditions.0.value"),
        (every(*[condition("title", "empty")] * 51), "filter"),
        (deep(6), "filter.conditions.0.conditions.0.conditions.0.conditions.0.conditions.0"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_the_place_of_its_fault(contacts, filter, where):
    with pytest.raises(Invalid) as refusal:
        contacts.service.contacts(filter=filter)
    assert where in refusal.value.fields


@pytest.mark.parametrize(
    "asked", [{"sort": "addresses"}, {"sort": "search"}, {"sort": "--name"}, {"viewer": {"time_zone": "Mars"}}]
)
def test_an_order_or_a_time_zone_that_does_not_exist_is_refused(contacts, asked):
    with pytest.raises(Invalid):
        contacts.service.contacts(**asked)


def test_a_cursor_of_a_list_in_another_order_is_refused(contacts):
    for name in ("一", "二"):
        contacts.add(name, birthday="1980-01-01")
    cursor = contacts.service.contacts(limit=1, sort="name")["next"]
    for sort in ("birthday", "updated_at", None):
        with pytest.raises(Invalid, match="cursor"):
            contacts.service.contacts(sort=sort, cursor=cursor)


def test_a_list_describes_what_it_can_be_filtered_and_sorted_by(contacts):
    described = {item["name"]: item for item in contacts.service.contact_fields()["items"]}
    assert described["salutation"]["choices"][:2] == ["様", "先生"]
    assert described["birthday"]["type"] == "date"
    assert "anniversary_in" in described["birthday"]["operators"]
    assert (described["title"]["sortable"], described["tags"]["sortable"]) == (True, False)
    for kind in ("contact", "organization"):
        for item in getattr(contacts.service, f"{kind}_fields")()["items"]:
            if item["sortable"]:
                assert getattr(contacts.service, f"{kind}s")(sort=item["name"])["items"] == []
