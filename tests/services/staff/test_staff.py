"""Staff: log-in, tokens, users; on a real database made by the migrations."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import select, update

from chassis import clock, migrations, paging, testing
from contracts.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotAuthenticated,
    NotFound,
    PreconditionFailed,
)
from services.staff import models, passwords
from tests.services.staff.people import OTHER, PASSWORD, new_user, token_for


def test_the_migrations_make_what_the_models_say(staff):
    assert migrations.differences(models, staff.db.engine.url.render_as_string(hide_password=False)) == []


def test_a_session_stands_for_its_user_with_the_scopes_of_the_role(staff, hanako):
    token = staff.log_in(login="hanako", password=PASSWORD)["token"]
    principal = staff.authenticate(token=token)
    assert principal["staff_user_id"] == hanako["id"]
    assert (principal["role"], principal["scopes"], principal["kind"]) == ("staff", ["read", "write"], "session")


def test_the_log_in_name_is_found_in_any_width_and_case(staff, hanako):
    assert staff.log_in(login=" ＨＡＮＡＫＯ ", password=PASSWORD)["staff_user"]["id"] == hanako["id"]


def test_creating_a_user_says_so_once_and_never_with_the_name(staff, hanako):
    [event] = testing.published(staff.db)
    assert event.type == "staff_user.created.v1"
    assert event.data == {"staff_user_id": hanako["id"], "role": "staff"}


def test_a_repeated_creation_with_the_same_key_gives_the_same_user(staff):
    data = {"login": "jiro", "name": "次郎", "role": "staff", "password": PASSWORD}
    first, second = (staff.create_staff_user(data=data, idempotency_key="k1") for _ in range(2))
    assert first == second
    assert len(staff.staff_users()["items"]) == 1


def test_a_taken_log_in_name_is_refused(staff, hanako):
    with pytest.raises(Conflict, match="Choose another"):
        new_user(staff, login="Hanako")


@pytest.mark.parametrize("password", ["short", "hanako", "x" * 201])
def test_a_weak_or_endless_password_is_refused(staff, password):
    with pytest.raises(Invalid) as refusal:
        staff.create_staff_user(data={"login": "hanako", "name": "x", "role": "staff", "password": password})
    assert "password" in refusal.value.fields


def test_no_token_and_no_password_is_stored_as_it_is(staff, hanako):
    session = staff.log_in(login="hanako", password=PASSWORD)["token"]
    made = staff.create_api_token(
        data={"name": "report", "scopes": ["read"]}, actor={"staff_user_id": hanako["id"]}, idempotency_key="once"
    )
    with staff.db.session() as rows:
        tables = staff.db.metadata.sorted_tables
        stored = str([rows.execute(table.select()).all() for table in tables])
    assert hanako["id"] in stored
    assert not [secret for secret in (session, made["token"], PASSWORD) if secret in stored]


def test_log_out_ends_the_session(staff, hanako):
    token = staff.log_in(login="hanako", password=PASSWORD)["token"]
    staff.log_out(token=token)
    with pytest.raises(NotAuthenticated):
        staff.authenticate(token=token)


def test_a_session_ends_by_itself_after_twelve_hours(staff, hanako):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        token = staff.log_in(login="hanako", password=PASSWORD)["token"]
        traveller.shift(timedelta(hours=11, minutes=59))
        staff.authenticate(token=token)
        traveller.shift(timedelta(minutes=2))
        with pytest.raises(NotAuthenticated):
            staff.authenticate(token=token)


def test_a_token_can_do_no_more_than_it_was_granted(staff, hanako):
    token = token_for(staff, hanako, "read")["token"]
    assert staff.authenticate(token=token)["scopes"] == ["read"]


def test_a_token_beyond_the_own_role_is_refused(staff, hanako):
    with pytest.raises(Forbidden, match="admin"):
        token_for(staff, hanako, "read", "admin")


def test_a_token_loses_what_its_owners_role_loses(staff, hanako):
    token = token_for(staff, hanako, "read", "write")["token"]
    staff.update_staff_user(id=hanako["id"], data={"role": "read_only"}, version=1)
    assert staff.authenticate(token=token)["scopes"] == ["read"]


def test_closing_a_user_ends_sessions_and_tokens_at_once(staff, hanako):
    tokens = [staff.log_in(login="hanako", password=PASSWORD)["token"], token_for(staff, hanako, "read")["token"]]
    staff.update_staff_user(id=hanako["id"], data={"active": False}, version=1)
    for token in tokens:
        with pytest.raises(NotAuthenticated):
            staff.authenticate(token=token)
    with pytest.raises(NotAuthenticated, match="wrong"):
        staff.log_in(login="hanako", password=PASSWORD)


def test_a_token_request_repeated_with_its_key_makes_one_token_and_shows_it_once(staff, hanako):
    data = {"name": "report", "scopes": ["read"], "days": 30}
    actor = {"staff_user_id": hanako["id"]}
    first, second = (staff.create_api_token(data=data, actor=actor, idempotency_key="k") for _ in range(2))
    assert first["token"]
    assert second["token"] is None
    [listed] = staff.api_tokens(staff_user_id=hanako["id"])["items"]
    assert listed["id"] == first["id"] == second["id"]
    assert "token" not in listed


def test_logging_out_with_an_api_token_does_not_revoke_it(staff, hanako):
    token = token_for(staff, hanako, "read")["token"]
    staff.log_out(token=token)
    assert staff.authenticate(token=token)["scopes"] == ["read"]


def test_one_cannot_revoke_the_token_of_somebody_else(staff, hanako):
    token = token_for(staff, hanako, "read")
    other = new_user(staff, login="jiro")
    with pytest.raises(NotFound):
        staff.revoke_api_token(id=token["id"], actor={"staff_user_id": other["id"]})
    staff.revoke_api_token(id=token["id"], actor={"staff_user_id": hanako["id"]})
    with pytest.raises(NotAuthenticated):
        staff.authenticate(token=token["token"])


def test_sessions_tell_where_they_began_and_when_they_were_last_used(staff, hanako, time_machine):
    time_machine.move_to("2026-11-22T00:00:00Z", tick=False)
    first = staff.log_in(login="hanako", password=PASSWORD, ip="192.0.2.7", agent="Firefox/128.0\n" + "x" * 400)
    staff.log_in(login="hanako", password=PASSWORD)
    token_for(staff, hanako, "read")
    asked = {"staff_user_id": hanako["id"]}
    newest = staff.sessions(**asked, limit=1)
    [there] = staff.sessions(**asked, limit=1, cursor=newest["next"])["items"]
    assert (there["address"], len(there["agent"]), there["agent"][:13]) == ("192.0.2.7", 300, "Firefox/128.0")
    for seconds, noted in ((59, "00:00:59"), (30, "00:00:59"), (30, "00:01:59")):
        time_machine.shift(seconds)
        staff.authenticate(token=first["token"])
        assert noted in staff.sessions(**asked)["items"][1]["last_used_at"]
    time_machine.shift(timedelta(hours=12))
    assert staff.sessions(**asked)["items"] == []


def test_one_session_ends_or_all_others_but_never_somebody_elses(staff, hanako):
    other = new_user(staff, login="jiro")
    tokens = [staff.log_in(login="hanako", password=PASSWORD)["token"] for _ in range(3)]
    ids = [staff.authenticate(token=token)["session_id"] for token in tokens]

    def logged_in():
        return {one["id"] for one in staff.sessions(staff_user_id=hanako["id"])["items"]}

    with pytest.raises(NotFound):
        staff.end_session(id=ids[0], actor={"staff_user_id": other["id"]})
    api = token_for(staff, hanako, "read")
    with pytest.raises(NotFound):
        staff.end_session(id=api["id"], actor={"staff_user_id": hanako["id"]})
    for _ in range(2):
        staff.end_session(id=ids[0], actor={"staff_user_id": hanako["id"]}, idempotency_key="k")
    with pytest.raises(NotAuthenticated):
        staff.authenticate(token=tokens[0])
    assert logged_in() == set(ids[1:])
    staff.end_sessions(staff_user_id=hanako["id"], but=ids[1])
    assert logged_in() == {ids[1]}
    staff.end_sessions(staff_user_id=hanako["id"])
    assert (logged_in(), staff.authenticate(token=api["token"])["session_id"]) == (set(), None)
    with pytest.raises(NotFound):
        staff.end_sessions(staff_user_id=ids[0])


def test_what_one_prefers_is_told_wherever_one_logs_in(staff, hanako):
    me = {"staff_user_id": hanako["id"]}
    assert staff.set_preferences(data={"first_contacts": "mine"}, actor=me)["first_organizations"] == ""
    staff.set_preferences(data={"first_organizations": "starred"}, actor=me)
    token = staff.log_in(login="hanako", password=PASSWORD)["token"]
    wanted = {"first_contacts": "mine", "first_organizations": "starred"}
    assert staff.authenticate(token=token)["preferences"] == wanted
    for odd in ({"colour": "red"}, {"first_contacts": "x" * 51}):
        with pytest.raises(Invalid):
            staff.set_preferences(data=odd, actor=me)
    assert staff.authenticate(token=token)["preferences"] == wanted


def test_a_changed_password_leaves_the_session_alone_in_which_it_was_changed(staff, hanako):
    here, there = (staff.log_in(login="hanako", password=PASSWORD)["token"] for _ in range(2))
    asked = {"password": PASSWORD, "new_password": OTHER, "actor": {"staff_user_id": hanako["id"]}}
    staff.change_password(**asked, session_id=staff.authenticate(token=here)["session_id"])
    assert staff.authenticate(token=here)["staff_user_id"] == hanako["id"]
    with pytest.raises(NotAuthenticated):
        staff.authenticate(token=there)


def test_a_changed_password_ends_the_sessions_of_the_old_one(staff, hanako):
    token = staff.log_in(login="hanako", password=PASSWORD)["token"]
    staff.change_password(actor={"staff_user_id": hanako["id"]}, password=PASSWORD, new_password=OTHER)
    with pytest.raises(NotAuthenticated):
        staff.authenticate(token=token)
    assert staff.log_in(login="hanako", password=OTHER)["token"]


def test_changing_the_password_needs_the_old_one(staff, hanako):
    with pytest.raises(NotAuthenticated):
        staff.change_password(actor={"staff_user_id": hanako["id"]}, password="guess guess", new_password=OTHER)
    assert staff.log_in(login="hanako", password=PASSWORD)["token"]


def test_the_last_admin_cannot_be_demoted_or_closed(staff):
    admin = new_user(staff, login="root", role="admin")
    for change in ({"role": "staff"}, {"active": False}):
        with pytest.raises(Conflict, match="last admin"):
            staff.update_staff_user(id=admin["id"], data=change, version=1)
    new_user(staff, login="root2", role="admin")
    assert staff.update_staff_user(id=admin["id"], data={"role": "staff"}, version=1)["role"] == "staff"


def test_a_change_of_an_old_version_is_refused(staff, hanako):
    staff.update_staff_user(id=hanako["id"], data={"name": "鈴木 花子"}, version=1)
    with pytest.raises(PreconditionFailed):
        staff.update_staff_user(id=hanako["id"], data={"name": "佐藤 花子"}, version=1)


def test_a_hash_with_old_parameters_is_renewed_at_log_in(staff, hanako):
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with staff.db.transaction() as tx:
        tx.session.execute(update(models.StaffUser).values(password_hash=weak))
    staff.log_in(login="hanako", password=PASSWORD)
    with staff.db.session() as session:
        [stored] = session.scalars(select(models.StaffUser.password_hash))
    assert "m=19456,t=2,p=1" in stored


def test_users_come_in_pages(staff):
    made = [new_user(staff, login=f"user{index}")["id"] for index in range(3)]
    first = staff.staff_users(limit=2)
    rest = staff.staff_users(limit=2, cursor=first["next"])
    assert [user["id"] for user in first["items"] + rest["items"]] == made
    assert rest["next"] is None


@pytest.mark.parametrize("value", [{}, "x", None])
def test_a_cursor_that_holds_no_id_is_refused_by_users_and_tokens(staff, hanako, value):
    cursor = paging.encode([value])
    for listing in (staff.staff_users, partial(staff.api_tokens, staff_user_id=hanako["id"])):
        with pytest.raises(Invalid, match="not one that this list gave out"):
            listing(cursor=cursor)


def test_a_change_that_the_broker_delivers_again_is_answered_as_the_first_time(staff, hanako):
    token, me = token_for(staff, hanako, "read"), {"staff_user_id": hanako["id"]}
    for _ in range(2):
        staff.revoke_api_token(id=token["id"], actor=me, idempotency_key="revoke")
        staff.change_password(password=PASSWORD, new_password=OTHER, actor=me, idempotency_key="password")
        change = {"data": {"name": "山田 花子"}, "version": 1, "idempotency_key": "rename"}
        assert staff.update_staff_user(id=hanako["id"], **change)["version"] == 2
    assert staff.log_in(login="hanako", password=OTHER)["staff_user"]["name"] == "山田 花子"
    with pytest.raises(NotAuthenticated):
        staff.change_password(password=PASSWORD, new_password=OTHER, actor=me, idempotency_key="another time")
