"""Settings come from the environment, are cast at the start, and say in a sentence what is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.settings import SettingError, Settings, database_url_of, load, settings


def test_what_is_not_set_has_its_default() -> None:
    assert (load(Settings, {}).heartbeat, load(Settings, {}).log_format) == (6, "json")


def test_values_get_the_type_that_they_stand_for() -> None:
    found = load(Settings, {"MUSUBI_RPC_TIMEOUT": "2.5", "MUSUBI_HTTP_PORT": "8080"})
    assert (found.rpc_timeout, found.http_port) == (2.5, 8080)


@pytest.mark.parametrize("name", ["MUSUBI_HTTP_PORT", "MUSUBI_HEARTBEAT", "MUSUBI_RPC_TIMEOUT", "MUSUBI_INBOX_DAYS"])
def test_a_value_that_cannot_be_cast_ends_the_start_and_is_named_with_the_list_of_settings(name: str) -> None:
    with pytest.raises(SettingError, match=rf"{name} .*'soon'.*docs/configuration\.md"):
        load(Settings, {name: "soon"})


WRONG = {
    "MUSUBI_HTTP_PORT": ("65536", "-1", "80.5"),
    "MUSUBI_LOG_LEVEL": ("LOUD", ""),
    "MUSUBI_LOG_FORMAT": ("xml",),
    "MUSUBI_HEARTBEAT": ("0", "-1", "3600"),
    "MUSUBI_RPC_TIMEOUT": ("0", "nan", "inf", "3600"),
    "MUSUBI_RPC_PENDING": ("0",),
    "MUSUBI_RETRY_PAUSES": ("soon", "", "1,,2", "0,1", "1,86401", "1.5"),
    "MUSUBI_INBOX_DAYS": ("0",),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_value_that_cannot_be_meant_is_refused_with_what_could_be(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=rf"{name} must be .*, not '{value}'\. docs/configuration\.md"):
        load(Settings, {name: value})


def test_all_wrong_settings_are_told_at_once() -> None:
    with pytest.raises(SettingError, match=r"MUSUBI_HEARTBEAT must be .*; MUSUBI_RPC_PENDING must be"):
        load(Settings, {"MUSUBI_HEARTBEAT": "0", "MUSUBI_RPC_PENDING": "0"})


def test_a_word_may_be_written_in_any_case_and_pauses_with_spaces() -> None:
    found = load(Settings, {"MUSUBI_LOG_LEVEL": "debug", "MUSUBI_RETRY_PAUSES": "1, 5 ,60"})
    assert (found.log_level, found.retry_pauses) == ("DEBUG", (1, 5, 60))


@pytest.mark.parametrize(
    ("service", "setting"),
    [
        ("leads", "MUSUBI_RETRY_PAUSES=soon"),
        ("mail_ingest", "MUSUBI_MAIL_PARSERS=0"),
        ("gateway", "MUSUBI_LIVE_CLIENTS=0"),
    ],
)
def test_a_process_with_a_wrong_setting_does_not_start_and_says_why(tmp_path: Path, service: str, setting: str) -> None:
    name, _, value = setting.partition("=")
    places = {
        "MUSUBI_AMQP_URL": f"embedded://{tmp_path}/broker.db",
        "MUSUBI_DATABASE_URL": f"sqlite:///{tmp_path}/x.db",
    }
    command = [str(Path(sys.executable).with_name("musubi")), "run", service]
    said = subprocess.run(command, env=os.environ | places | {name: value}, capture_output=True, text=True, timeout=60)
    assert said.returncode == 1
    assert said.stderr.startswith(f"The settings cannot be used: {name} must be ")


def test_a_setting_is_read_from_the_file_that_its_name_with_file_points_at(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a-key\n", encoding="utf-8")
    assert load(Settings, {"MUSUBI_SECRET_KEYS_FILE": str(tmp_path / "keys")}).secret_keys == "a-key"


def test_a_setting_in_the_environment_goes_before_its_file(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("of the file", encoding="utf-8")
    names = {"MUSUBI_SECRET_KEYS_FILE": str(tmp_path / "keys"), "MUSUBI_SECRET_KEYS": "of the environment"}
    assert load(Settings, names).secret_keys == "of the environment"


def test_a_file_that_is_not_there_ends_the_start_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="MUSUBI_SECRET_KEYS_FILE"):
        load(Settings, {"MUSUBI_SECRET_KEYS_FILE": str(tmp_path / "nothing")})


def test_the_environment_is_read_at_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSUBI_RPC_PENDING", "3")
    assert settings().rpc_pending == 3


def test_each_service_has_a_database_of_its_own() -> None:
    chosen = load(Settings, {"MUSUBI_DATABASE_URL": "sqlite:////data/{service}.db"})
    assert database_url_of("leads", chosen) == "sqlite:////data/leads.db"


@pytest.mark.parametrize("secret", ["amqp_url", "database_url", "secret_keys"])
def test_a_secret_does_not_show_when_settings_are_printed(secret: str) -> None:
    assert "kanaria" not in repr(load(Settings, {f"MUSUBI_{secret.upper()}": "kanaria"}))
