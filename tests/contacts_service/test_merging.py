"""Two or three records become one, value by value, and can be taken apart again."""

import pytest

from chassis.ids import new_id
from contacts_service import merging
from contracts.errors import Conflict, Invalid, NotFound

HANAKO = {"staff_user_id": "01a20e37-0000-7000-8000-000000000001", "name": "花子"}
PASSING = {"version", "updated_at", "modified_by"}


def merge(contacts, survivor, *others, **given):
    ids = [other["id"] for other in others]
    return contacts.service.merge_contacts(survivor_id=survivor["id"], other_ids=ids, **given)


def unmerge(contacts, other, **given):
    return contacts.service.unmerge_contact(id=other["id"], **given)


def read(contacts, record):
    return contacts.service.contact(id=record["id"])


def change(contacts, record, **data):
    now = read(contacts, record)
    return contacts.service.update_contact(id=now["id"], data=data, version=now["version"])


def organization(contacts, name, *addresses, **data):
    return contacts.service.create_organization(data={"name": name, "addresses": list(addresses), **data})


def lasting(record):
    return {name: record[name] for name in record.keys() - PASSING}


def test_each_field_has_the_value_that_was_chosen(contacts):
    tanaka = contacts.add("田中", "t@abc.example", title="部長", department="営業", phones=["03-1111-1111"])
    tanaka_old = contacts.add("田仲", "t@old.example", title="課長", department="", phones=["03-2222-2222"])
    third = contacts.add("タナカ", title="社長", lead_source="Web Site", email_opt_out=True)
    values = {
        "last_name": third["id"],
        "title": tanaka["id"],
        "addresses": tanaka_old["id"],
        "department": tanaka_old["id"],
    }
    merged = merge(contacts, tanaka, tanaka_old, third, values=values)
    assert (merged["last_name"], merged["title"], merged["department"]) == ("タナカ", "部長", "")
    assert (merged["lead_source"], merged["email_opt_out"]) == ("Web Site", True)
    assert merged["addresses"] == ["t@old.example", "t@abc.example"]
    assert [phone["shown"] for phone in merged["phones"]] == ["03-1111-1111", "03-2222-2222"]


def test_a_postal_address_is_taken_whole(contacts):
    one = contacts.add("田中", mailing_city="千代田区", other_state="大阪府")
    two = contacts.add("田中", mailing_city="横浜市", mailing_street="みなとみらい 1-1", support_end="2026-12-31")
    merged = merge(contacts, one, two)
    assert (merged["mailing_city"], merged["mailing_street"], merged["other_state"]) == ("千代田区", "", "大阪府")
    assert merged["support_end"] == "2026-12-31"


@pytest.mark.parametrize(
    ("others", "values", "field"),
    [
        (lambda one, two: [], {}, "other_ids"),
        (lambda one, two: [two, two], {}, "other_ids"),
        (lambda one, two: [one], {}, "other_ids"),
        (lambda one, two: [two, new_id(), new_id()], {}, "other_ids"),
        (lambda one, two: [two], {"nonsense": None}, "nonsense"),
        (lambda one, two: [two], {"title": new_id()}, "title"),
    ],
    ids=["nobody", "one twice", "itself", "three", "no field", "a stranger's value"],
)
def test_a_merge_that_cannot_be_is_refused_by_its_field(contacts, others, values, field):
    one, two = contacts.add("一"), contacts.add("二")
    with pytest.raises(Invalid) as refusal:
        contacts.service.merge_contacts(survivor_id=one["id"], other_ids=others(one["id"], two["id"]), values=values)
    assert list(refusal.value.fields) == [field]
    assert read(contacts, two) == two


def test_values_that_do_not_go_together_are_refused_and_nothing_is_merged(contacts):
    one = contacts.add("一", support_start="2026-06-01", support_end="2026-12-31")
    two = contacts.add("二", support_start="2027-01-01")
    with pytest.raises(Invalid) as refusal:
        merge(contacts, one, two, values={"support_start": two["id"]})
    assert list(refusal.value.fields) == ["support_end"]
    assert [read(contacts, one), read(contacts, two)] == [one, two]


def test_an_unmerge_makes_both_as_they_were_and_says_so(contacts):
    boss, clerk = contacts.add("部長"), contacts.add("係")
    one = contacts.add("田中", "one@abc.example", "both@abc.example", tags=["展示会"], phones=["03-1111-1111"])
    two = contacts.add(
        "田仲", "two@abc.example", "both@abc.example", title="課長", reports_to_id=boss["id"], portal=True
    )
    change(contacts, clerk, reports_to_id=two["id"])
    merge(contacts, one, two)
    contacts.published()

    answer = unmerge(contacts, two, actor=HANAKO)
    assert lasting(answer["record"]) == lasting(two) == lasting(read(contacts, two))
    assert lasting(answer["survivor"]) == lasting(one) == lasting(read(contacts, one))
    assert (answer["kept"], answer["stayed"], answer["not_restored"]) == ([], [], [])
    assert read(contacts, clerk)["reports_to_id"] == two["id"]
    assert contacts.who("two@abc.example") == [("contact", "田仲")]
    assert sorted(contacts.who("both@abc.example")) == [("contact", "田中"), ("contact", "田仲")]
    events = contacts.published()
    [unmerged] = [event for event in events if event.type == "contact.unmerged.v1"]
    assert (unmerged.data["contact_id"], unmerged.data["survivor_id"]) == (two["id"], one["id"])
    assert unmerged.data["addresses"] == ["two@abc.example"]
    moved = [(event.type, event.data["canonical"], event.subject) for event in events if "canonical" in event.data]
    assert moved == [
        ("address.released.v1", "two@abc.example", one["id"]),
        ("address.assigned.v1", "two@abc.example", two["id"]),
        ("address.assigned.v1", "both@abc.example", two["id"]),
    ]


def test_both_histories_tell_of_the_unmerge(contacts):
    one, two = contacts.add("田中"), contacts.add("田仲")
    merge(contacts, one, two)
    unmerge(contacts, two, actor=HANAKO)
    done = {each["id"]: contacts.service.contact_changes(id=each["id"])["items"] for each in (one, two)}
    assert [item["what"] for item in done[one["id"]]] == ["unmerged", "merged", "created"]
    assert [item["what"] for item in done[two["id"]]] == ["came_back", "merged_away", "created"]
    assert (done[two["id"]][0]["other_id"], done[two["id"]][0]["staff_name"]) == (one["id"], "花子")


def test_what_was_changed_since_stays_with_the_survivor_and_is_told(contacts):
    clerk, other_boss = contacts.add("係"), contacts.add("次長")
    one, two = contacts.add("田中"), contacts.add("田仲", "two@abc.example", title="課長", department="営業")
    change(contacts, clerk, reports_to_id=two["id"])
    merge(contacts, one, two)
    change(contacts, one, title="部長", addresses=["new@abc.example", "two@abc.example"])
    change(contacts, clerk, reports_to_id=other_boss["id"])
    answer = unmerge(contacts, two)
    survivor = read(contacts, one)
    assert (survivor["title"], survivor["department"], survivor["addresses"]) == ("部長", "", ["new@abc.example"])
    assert answer["kept"] == [{"field": "title", "value": "部長"}]
    assert answer["stayed"] == [{"kind": "contact", "field": "reports_to_id", "id": clerk["id"], "label": "係"}]
    assert lasting(read(contacts, two)) == lasting(two)


def test_a_merge_of_a_merge_is_undone_in_reverse_order_only(contacts):
    first, second, third = contacts.add("一", "1@abc.example"), contacts.add("二", "2@abc.example"), contacts.add("三")
    merge(contacts, second, first)
    merge(contacts, third, second)
    with pytest.raises(Conflict, match=r"二 .*un-merge that one first") as refusal:
        unmerge(contacts, first)
    assert refusal.value.extra == {"unmerge_first": {"id": second["id"], "label": "二"}}
    unmerge(contacts, second)
    assert read(contacts, second)["addresses"] == ["2@abc.example", "1@abc.example"]
    unmerge(contacts, first)
    assert [lasting(read(contacts, each)) for each in (first, second, third)] == list(
        map(lasting, (first, second, third))
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["the first one first", "the last one first"])
def test_of_two_that_went_into_one_either_can_be_taken_out_first(contacts, order):
    survivor = contacts.add("田中", "s@abc.example")
    others = [
        contacts.add("一", "1@abc.example", "both@abc.example", title="課長"),
        contacts.add("二", "2@abc.example", "both@abc.example", title="係長", department="営業"),
    ]
    merge(contacts, survivor, *others, values={"title": others[1]["id"]})
    merges = contacts.service.contact_merges(id=survivor["id"])["items"]
    assert [(each["other_id"], each["label"]) for each in merges] == [
        (each["id"], each["label"]) for each in others[::-1]
    ]
    unmerge(contacts, others[order[0]])
    left = others[order[1]]
    assert sorted(read(contacts, survivor)["addresses"]) == sorted(["s@abc.example", *left["addresses"]])
    unmerge(contacts, left)
    assert [lasting(read(contacts, each)) for each in (survivor, *others)] == list(map(lasting, (survivor, *others)))


def test_what_is_not_merged_cannot_be_unmerged(contacts):
    one, two = contacts.add("一"), contacts.add("二")
    with pytest.raises(Conflict, match="not merged"):
        unmerge(contacts, one)
    with pytest.raises(NotFound):
        unmerge(contacts, {"id": new_id()})
    merge(contacts, one, two)
    unmerge(contacts, two)
    with pytest.raises(Conflict, match="not merged"):
        unmerge(contacts, two)


def test_an_unmerge_has_its_effect_once_for_a_key(contacts):
    one, two = contacts.add("一"), contacts.add("二")
    merge(contacts, one, two)
    answers = [unmerge(contacts, two, idempotency_key="k") for _ in range(2)]
    assert answers[0] == answers[1]


def test_out_of_a_survivor_in_the_recycle_bin_the_other_comes_back_and_the_survivor_stays_there(contacts):
    one, two = contacts.add("田中", "one@abc.example"), contacts.add("田仲", "two@abc.example")
    merge(contacts, one, two)
    contacts.service.delete_contact(id=one["id"])
    unmerge(contacts, two)
    assert contacts.who("two@abc.example") == [("contact", "田仲")]
    assert contacts.who("one@abc.example") == []
    assert contacts.service.restore_contact(id=one["id"])["addresses"] == ["one@abc.example"]
    assert contacts.who("two@abc.example") == [("contact", "田仲")]


def test_who_lies_in_the_recycle_bin_comes_back_to_whom_he_reports_to_now(contacts):
    clerk, one, two = contacts.add("係"), contacts.add("一"), contacts.add("二")
    change(contacts, clerk, reports_to_id=two["id"])
    contacts.service.delete_contact(id=clerk["id"])
    merge(contacts, one, two)
    assert contacts.service.restore_contact(id=clerk["id"])["reports_to_id"] == one["id"]
    unmerge(contacts, two)
    assert read(contacts, clerk)["reports_to_id"] == two["id"]


def test_who_came_to_stand_below_the_one_that_comes_back_is_not_above_it(contacts):
    boss, clerk, one = contacts.add("部長"), contacts.add("係"), contacts.add("一")
    two = contacts.add("二", reports_to_id=boss["id"])
    change(contacts, clerk, reports_to_id=two["id"])
    merge(contacts, one, two, values={"reports_to_id": one["id"]})
    change(contacts, boss, reports_to_id=clerk["id"])
    answer = unmerge(contacts, two)
    assert (answer["record"]["reports_to_id"], answer["not_restored"]) == (None, ["reports_to_id"])
    above = contacts.service.superiors(id=boss["id"])["items"]
    assert [each["label"] for each in above] == ["係", "二"]


def test_a_portal_user_who_loses_the_address_by_an_unmerge_has_no_portal(contacts):
    one, two = contacts.add("一"), contacts.add("二", "two@abc.example")
    merge(contacts, one, two)
    change(contacts, one, portal=True)
    contacts.published()
    answer = unmerge(contacts, two)
    assert (answer["survivor"]["portal"], answer["record"]["portal"]) == (False, False)
    assert ("contact.portal_disabled", one["id"]) in contacts.said()


def test_contacts_and_members_of_a_merged_organization_go_along_and_come_back(contacts):
    abc, double = (
        organization(contacts, "ABC", "info@abc.example"),
        organization(contacts, "㈱ABC", "sales@abc.example"),
    )
    member = organization(contacts, "ABC 大阪", member_of_id=double["id"])
    tanaka = contacts.add("田中", "tanaka@abc.example", organization_id=double["id"])
    suzuki = contacts.add("鈴木", organization_id=double["id"])
    contacts.service.delete_contact(id=suzuki["id"])
    contacts.published()
    service = contacts.service
    merged = service.merge_organizations(survivor_id=abc["id"], other_ids=[double["id"]], actor=HANAKO)
    assert merged["addresses"] == ["info@abc.example", "sales@abc.example"]
    assert read(contacts, tanaka)["organization_id"] == abc["id"]
    assert service.restore_contact(id=suzuki["id"])["organization_id"] == abc["id"]
    assert service.organization(id=member["id"])["member_of_id"] == abc["id"]
    [candidate] = service.resolve_addresses(addresses=["tanaka@abc.example"])["tanaka@abc.example"]
    assert candidate["organization_id"] == abc["id"]
    with pytest.raises(NotFound) as refusal:
        service.organization(id=double["id"])
    assert refusal.value.extra == {"survivor_id": abc["id"]}
    assert service.organizations(deleted=True)["items"] == []
    assert ("organization.merged", double["id"]) in contacts.said()

    answer = service.unmerge_organization(id=double["id"])
    assert lasting(answer["record"]) == lasting(double)
    assert lasting(service.organization(id=abc["id"])) == lasting(abc)
    assert [read(contacts, each)["organization_id"] for each in (tanaka, suzuki)] == [double["id"]] * 2
    assert service.organization(id=member["id"])["member_of_id"] == double["id"]
    [candidate] = service.resolve_addresses(addresses=["tanaka@abc.example"])["tanaka@abc.example"]
    assert candidate["organization_id"] == double["id"]
    assert ("organization.unmerged", double["id"]) in contacts.said()


def test_a_contact_whose_organization_is_in_the_recycle_bin_waits_for_it(contacts):
    abc = organization(contacts, "ABC")
    one, two = contacts.add("一"), contacts.add("二", organization_id=abc["id"])
    merge(contacts, one, two, values={"organization_id": one["id"]})
    contacts.service.delete_organization(id=abc["id"])
    with pytest.raises(Conflict, match="restore that first"):
        unmerge(contacts, two)
    contacts.service.restore_organization(id=abc["id"])
    assert unmerge(contacts, two)["record"]["organization_id"] == abc["id"]


def test_a_lineage_that_is_too_long_still_begins_with_the_record_itself(contacts, monkeypatch):
    monkeypatch.setattr(merging, "MAX_LINEAGE", 2)
    others = [contacts.add("旧", f"{number}@old.example") for number in range(2)]
    survivor = contacts.add("新")
    merge(contacts, survivor, *others)
    found = contacts.service.lineage(kind="contact", id=survivor["id"], people=1)
    assert (found[0], len(found)) == (survivor["id"], 2)
