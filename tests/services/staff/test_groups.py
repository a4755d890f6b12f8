"""Groups of staff users, and who can be put in charge of a record."""

import pytest

from contracts.errors import Conflict, Invalid, NotFound, PreconditionFailed
from tests.services.staff.people import PASSWORD, new_user

NOBODY = "01a20e37-0000-7000-8000-00000000ffff"


@pytest.fixture
def sales(staff, hanako):
    return staff.create_staff_group(data={"name": "営業部", "member_ids": [hanako["id"]]})


def test_a_group_has_members_who_come_and_go(staff, hanako, sales):
    jiro = new_user(staff, login="jiro")
    both = sorted([hanako["id"], jiro["id"]])
    changed = staff.update_staff_group(id=sales["id"], data={"member_ids": both}, version=1)
    assert (changed["member_ids"], changed["version"]) == (both, 2)
    assert staff.staff_group(id=sales["id"]) == changed
    alone = staff.update_staff_group(id=sales["id"], data={"member_ids": [jiro["id"]], "name": "営業"}, version=2)
    assert (alone["member_ids"], alone["name"], alone["description"]) == ([jiro["id"]], "営業", "")


def test_a_token_stands_for_the_groups_of_its_owner_too(staff, hanako, sales):
    token = staff.log_in(login="hanako", password=PASSWORD)["token"]
    assert staff.authenticate(token=token)["group_ids"] == [sales["id"]]
    staff.update_staff_group(id=sales["id"], data={"member_ids": []}, version=1)
    assert staff.authenticate(token=token)["group_ids"] == []


def test_a_name_is_taken_whatever_its_width_and_case(staff, sales):
    staff.create_staff_group(data={"name": "Support"})
    for name in ("ｓｕｐｐｏｒｔ", "SUPPORT"):
        with pytest.raises(Conflict):
            staff.create_staff_group(data={"name": name})
    with pytest.raises(Conflict):
        staff.update_staff_group(id=sales["id"], data={"name": "support"}, version=1)
    assert [group["name"] for group in staff.staff_groups()["items"]] == ["営業部", "Support"]


@pytest.mark.parametrize("member", [NOBODY, "hanako"])
def test_an_unknown_member_is_refused_and_nothing_is_made(staff, member):
    with pytest.raises(Invalid) as refusal:
        staff.create_staff_group(data={"name": "営業部", "member_ids": [member]})
    assert list(refusal.value.fields) == ["member_ids"]
    assert staff.staff_groups()["items"] == []


def test_a_change_of_an_old_version_or_of_no_group_is_refused(staff, sales):
    with pytest.raises(PreconditionFailed):
        staff.update_staff_group(id=sales["id"], data={"name": "総務部"}, version=7)
    with pytest.raises(NotFound):
        staff.update_staff_group(id=NOBODY, data={"name": "総務部"}, version=1)


def test_whoever_is_closed_or_was_never_there_is_in_charge_of_nothing(staff, hanako, sales):
    jiro = new_user(staff, login="jiro")
    closed = staff.create_staff_group(data={"name": "旧営業部"})
    staff.update_staff_group(id=closed["id"], data={"active": False}, version=1)
    staff.update_staff_user(id=jiro["id"], data={"active": False}, version=1)
    asked = [hanako["id"], sales["id"], jiro["id"], closed["id"], NOBODY, "hanako"]
    assert staff.owners_among(ids=asked) == [hanako["id"], sales["id"]]
    assert staff.owners_among(ids=[]) == []
    with pytest.raises(Invalid):
        staff.owners_among(ids=[NOBODY] * 1_001)


def test_a_request_repeated_with_its_key_makes_one_group(staff):
    first, second = (staff.create_staff_group(data={"name": "営業部"}, idempotency_key="k") for _ in range(2))
    assert first == second
    assert len(staff.staff_groups()["items"]) == 1


def test_who_is_closed_is_not_offered_as_an_owner(staff, hanako, sales):
    jiro = new_user(staff, login="jiro")
    assert [(owner["kind"], owner["id"]) for owner in staff.owners()["items"]] == [
        ("staff_user", hanako["id"]),
        ("staff_user", jiro["id"]),
        ("staff_group", sales["id"]),
    ]
    staff.update_staff_user(id=jiro["id"], data={"active": False}, version=1)
    staff.update_staff_group(id=sales["id"], data={"active": False}, version=1)
    assert [owner["id"] for owner in staff.owners()["items"]] == [hanako["id"]]
