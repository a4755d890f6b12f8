"""Secrets: encrypted under keys that rotate, never shown, never able to carry a second command."""

import pytest
from cryptography.fernet import Fernet

from contracts.errors import Invalid
from mail_ingest_service.credentials import AccessToken, Password, Vault, credentials_for

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_is_sealed_opens_again_and_does_not_show():
    sealed = Vault([NEW]).seal("ひみつ-canary")
    assert Vault([NEW]).open(sealed) == "ひみつ-canary"
    assert b"canary" not in sealed


def test_after_rotation_the_old_key_may_go():
    rotated = Vault([NEW, OLD]).rotate(Vault([OLD]).seal("secret"))
    assert Vault([NEW]).open(rotated) == "secret"


def test_a_missing_key_is_said_in_words():
    with pytest.raises(Invalid, match="MUSUBI_SECRET_KEYS"):
        Vault([NEW]).open(Vault([OLD]).seal("secret"))


@pytest.mark.parametrize("text", ["", " , ", "not-a-key", "c2hvcnQ="])
def test_keys_that_are_none_stop_the_start_with_the_way_to_make_one(text):
    with pytest.raises(ValueError, match=r"Fernet\.generate_key"):
        Vault.from_setting(text)


@pytest.mark.parametrize("bad", ["", "a\r\nA1 LOGOUT", "a\nb", "a\0b", "\r"])
@pytest.mark.parametrize("field", ["user", "secret"])
def test_a_line_break_or_nul_in_user_or_secret_is_refused(field, bad):
    values = {"user": "box@example.jp", "secret": "pass"} | {field: bad}
    with pytest.raises(Invalid) as refusal:
        credentials_for("password", values["user"], values["secret"])
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize("credentials", [Password("box", "canary"), AccessToken("box", "canary")])
def test_a_secret_does_not_show_when_credentials_are_printed(credentials):
    assert "canary" not in repr(credentials) + str(credentials)
