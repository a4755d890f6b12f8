"""What the settings of a mailbox may say. Pure."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from contracts.errors import Invalid
from contracts.fields import MAILBOX_POLICIES, MAILBOX_PURPOSES
from mail_ingest_service.providers import AUTHENTICATIONS, PROVIDERS, REFRESHES, SECURITIES, provider_named, server_for

MEGABYTE = 1024 * 1024
SIZE_LIMIT = 32 * MEGABYTE
LARGEST_SIZE_LIMIT = 256 * MEGABYTE
MAX_FOLDERS = 50

WHERE_SECRETS_GO = ("provider", "host", "port", "security", "verify_certificate", "authentication")
CONNECTION = (*WHERE_SECRETS_GO, "user", "secret")


class _Settings(Schema):
    """Everything that may be said of a mailbox; a field nobody knows is refused, it may be a slip."""

    class Meta:
        """Settings come from people."""

        unknown = RAISE

    name = fields.String(validate=validate.Length(1, 255))
    purpose = fields.String(validate=validate.OneOf(MAILBOX_PURPOSES))
    policy = fields.String(validate=validate.OneOf(MAILBOX_POLICIES))
    owner = fields.String(allow_none=True, validate=validate.Length(max=64))
    address = fields.Email(validate=validate.Length(max=320))
    provider = fields.String(validate=validate.OneOf(tuple(PROVIDERS)))
    host = fields.String(validate=validate.Length(max=255))
    port = fields.Integer(strict=True, validate=validate.Range(1, 65_535))
    security = fields.String(validate=validate.OneOf(SECURITIES))
    verify_certificate = fields.Boolean()
    authentication = fields.String(validate=validate.OneOf(AUTHENTICATIONS))
    user = fields.String(validate=validate.Length(1, 255))
    secret = fields.String(validate=validate.Length(1, 20_000))
    refresh = fields.String(validate=validate.OneOf(REFRESHES))
    first_sync_from = fields.Date(allow_none=True)
    size_limit = fields.Integer(strict=True, validate=validate.Range(MEGABYTE, LARGEST_SIZE_LIMIT))
    folders = fields.List(fields.String(validate=validate.Length(1, 1_000)), validate=validate.Length(1, MAX_FOLDERS))


_SETTINGS = _Settings()
_NEEDED = ("provider", "user", "secret")


def read_settings(data: Any) -> dict[str, Any]:
    """The settings that ``data`` names, cast. Invalid with a sentence for each field that makes no sense."""
    if not isinstance(data, dict):
        raise Invalid("The settings of a mailbox are an object with fields.")
    try:
        loaded: dict[str, Any] = _SETTINGS.load(data)
    except ValidationError as error:
        raise Invalid("Some settings of the mailbox make no sense.", fields=_flat(dict(error.messages_dict))) from None
    return loaded


def new_settings(data: Any) -> dict[str, Any]:
    """Complete settings of a new mailbox, with the defaults filled in."""
    given = read_settings(data)
    missing = {name: ["Needed."] for name in _NEEDED if name not in given}
    if missing:
        raise Invalid("Some settings of the mailbox are missing.", fields=missing)
    return with_connection(_defaults(given) | given)


def changed_settings(present: dict[str, Any], data: Any) -> dict[str, Any]:
    """The present settings with what ``data`` names put over them."""
    return with_connection(present | read_settings(data))


def with_connection(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with host, port, security and certificate check as the provider has them. Invalid if none fits."""
    server = server_for(settings)
    if settings["authentication"] not in provider_named(settings["provider"]).authentications:
        raise Invalid("This provider does not offer this log-in.", fields={"authentication": ["Choose another one."]})
    return settings | {
        "host": server.host,
        "port": server.port,
        "security": server.security,
        "verify_certificate": server.verify_certificate,
    }


def check_secret_given(before: dict[str, Any], after: dict[str, Any], data: Any) -> None:
    """Invalid if the stored secret would go to another server, or over a weaker line, than it was given for."""
    if "secret" not in data and any(before.get(name) != after.get(name) for name in WHERE_SECRETS_GO):
        sentence = "Give the password (or token) anew: it was given for another server or connection."
        raise Invalid(sentence, fields={"secret": ["Needed when the server or its security changes."]})


def touches_connection(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """True when the change must be tried on the server before it is saved."""
    return any(before.get(name) != after.get(name) for name in (*CONNECTION, "folders"))


def without_secret(data: dict[str, Any]) -> dict[str, Any]:
    """What may be remembered of a request."""
    return {name: value for name, value in data.items() if name != "secret"}


def _defaults(given: dict[str, Any]) -> dict[str, Any]:
    user = given["user"]
    return {
        "name": user,
        "purpose": "general",
        "policy": "automatic",
        "owner": None,
        "address": user if "@" in user else f"{user}@{given.get('host') or 'localhost'}",
        "authentication": "password",
        "refresh": "push",
        "first_sync_from": None,
        "size_limit": SIZE_LIMIT,
        "folders": [],
    }


def _flat(messages: dict[str, Any]) -> dict[str, list[str]]:
    return {
        name: found if isinstance(found, list) else ["Some entries make no sense."] for name, found in messages.items()
    }
