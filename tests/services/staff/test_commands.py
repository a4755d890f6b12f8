"""``musubi staff``: the first admin, tokens."""

import pytest
from typer.testing import CliRunner

from chassis import testing
from services.staff.commands import app
from services.staff.service import StaffService


@pytest.fixture
def staff(tmp_path, monkeypatch):
    url = testing.migrated_sqlite(tmp_path, StaffService)
    monkeypatch.setenv("MUSUBI_DATABASE_URL", url)
    monkeypatch.delenv("MUSUBI_ADMIN_PASSWORD", raising=False)
    service = testing.instance(StaffService, url)
    yield service
    service.db.engine.dispose()


def run(*words):
    return CliRunner().invoke(app, words)


def test_without_terminal_the_admins_password_is_made_up_and_printed_once(staff):
    answer = run("add-admin", "--login", "root", "--name", "管理者")
    password = answer.output.rpartition(": ")[2].strip()
    assert answer.exit_code == 0
    assert staff.log_in(login="root", password=password)["staff_user"]["role"] == "admin"


def test_a_password_from_the_environment_is_used_and_not_printed(staff, monkeypatch):
    monkeypatch.setenv("MUSUBI_ADMIN_PASSWORD", "from the environment")
    assert "from the environment" not in run("add-admin", "--login", "root").output
    assert staff.log_in(login="root", password="from the environment")["token"]


def test_with_if_none_a_second_start_adds_no_second_admin(staff):
    assert run("add-admin", "--login", "root", "--if-none").exit_code == 0
    assert run("add-admin", "--login", "root2", "--if-none").output == ""
    [only] = staff.staff_users()["items"]
    assert only["login"] == "root"


def test_a_refusal_is_a_sentence_and_an_exit_code(staff):
    run("add-admin", "--login", "root")
    answer = run("add-admin", "--login", "root")
    assert answer.exit_code == 1
    assert "Choose another one" in answer.output


def test_a_token_is_printed_alone_and_works(staff):
    run("add-admin", "--login", "root")
    token = run("add-token", "--login", "root", "--scope", "read", "--scope", "write").output.strip()
    assert staff.authenticate(token=token)["scopes"] == ["read", "write"]


def test_a_token_for_nobody_is_refused(staff):
    answer = run("add-token", "--login", "nobody")
    assert answer.exit_code != 0
    assert "no such staff user" in answer.output
