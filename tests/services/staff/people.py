"""Staff users and tokens for the tests."""

import pytest

from contracts.errors import NotAuthenticated

PASSWORD = "correct horse 馬"
OTHER = "another good one"


def new_user(staff, *, login="hanako", role="staff"):
    data = {"login": login, "name": "佐藤 花子", "role": role, "password": PASSWORD}
    return staff.create_staff_user(data=data)


def token_for(staff, user, *scopes):
    data = {"name": "report", "scopes": list(scopes), "days": 30}
    return staff.create_api_token(data=data, actor={"staff_user_id": user["id"]})


def wrong(staff, *, times, login="hanako", ip=None):
    for _ in range(times):
        with pytest.raises(NotAuthenticated):
            staff.log_in(login=login, password="wrong password", ip=ip)
