"""The secret address of a person's calendar."""

import pytest
from sqlalchemy import select

from contracts.errors import NotAuthenticated, NotFound
from services.staff.models import AccessToken


def actor(user):
    return {"staff_user_id": user["id"]}


def test_an_address_stands_for_its_owner_until_it_is_renewed_or_withdrawn(staff, hanako):
    assert staff.calendar_address(actor=actor(hanako)) == {"active": False, "created_at": None}
    first = staff.renew_calendar_address(actor=actor(hanako))
    assert staff.calendar_owner(token=first["token"])["staff_user_id"] == hanako["id"]
    assert staff.calendar_address(actor=actor(hanako)) == {"active": True, "created_at": first["created_at"]}

    second = staff.renew_calendar_address(actor=actor(hanako))
    with pytest.raises(NotFound):
        staff.calendar_owner(token=first["token"])
    assert staff.calendar_owner(token=second["token"])["name"] == hanako["name"]

    staff.withdraw_calendar_address(actor=actor(hanako))
    with pytest.raises(NotFound):
        staff.calendar_owner(token=second["token"])
    assert not staff.calendar_address(actor=actor(hanako))["active"]


def test_an_address_opens_nothing_else_and_no_other_token_opens_a_calendar(staff, hanako):
    address = staff.renew_calendar_address(actor=actor(hanako))["token"]
    with pytest.raises(NotAuthenticated):
        staff.authenticate(token=address)
    assert staff.api_tokens(staff_user_id=hanako["id"])["items"] == []
    session = staff.log_in(login="hanako", password="correct horse 馬")["token"]
    with pytest.raises(NotFound):
        staff.calendar_owner(token=session)


def test_a_repeated_request_makes_one_address_and_shows_it_once(staff, hanako):
    first, second = (staff.renew_calendar_address(actor=actor(hanako), idempotency_key="k") for _ in range(2))
    assert (second["token"], second["created_at"]) == (None, first["created_at"])
    assert staff.calendar_owner(token=first["token"])["staff_user_id"] == hanako["id"]


def test_the_address_is_stored_hashed_and_ends_with_its_owner(staff, hanako):
    address = staff.renew_calendar_address(actor=actor(hanako))["token"]
    with staff.db.session() as session:
        [row] = session.scalars(select(AccessToken)).all()
        assert address not in {str(getattr(row, column.name)) for column in AccessToken.__table__.columns}
    staff.update_staff_user(id=hanako["id"], data={"active": False}, version=1)
    with pytest.raises(NotFound):
        staff.calendar_owner(token=address)


def test_an_address_tells_the_groups_of_its_owner(staff, hanako):
    group = staff.create_staff_group(data={"name": "営業", "member_ids": [hanako["id"]]})
    address = staff.renew_calendar_address(actor=actor(hanako))["token"]
    assert staff.calendar_owner(token=address)["group_ids"] == [group["id"]]
