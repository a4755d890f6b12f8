"""Sessions, staff users, API tokens."""

from marshmallow import Schema, fields, validate

from gateway.api.schemas.common import Identifier, YesNo, characters, choice, moment, page, told, words

ROLES = ("admin", "staff", "read_only")
MAX_MEMBERS = 500
SCOPES = ("read", "write", "admin")


class LogInIn(Schema):
    """A log-in name and its password."""

    login = words(100, least=1, required=True)
    password = fields.String(required=True, validate=characters(200, least=1), load_only=True)


class StaffUser(Schema):
    """Somebody who works here."""

    id = Identifier(required=True)
    login = told(required=True)
    name = told(required=True)
    role = choice(*ROLES, required=True)
    active = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)


class Session(Schema):
    """A session. The token goes into the Authorization header; browsers get it as a cookie as well."""

    token = told(required=True)
    expires_at = moment(required=True)
    staff_user = fields.Nested(StaffUser, required=True)


class PreferencesChange(Schema):
    """What you prefer; what is left out stays, empty: nothing. With which list you begin: its id, or mine, starred."""

    first_contacts = words(50)
    first_organizations = words(50)


class Preferences(Schema):
    """What you prefer, wherever you log in."""

    first_contacts = told(required=True)
    first_organizations = told(required=True)


class OpenSession(Schema):
    """A session that goes on. `address` and `agent` (User-Agent): where it began; `last_used_at`: to the minute."""

    id = Identifier(required=True)
    current = fields.Boolean(required=True, metadata={"description": "Whether this request belongs to it"})
    address = told(required=True, allow_none=True)
    agent = told(required=True, allow_none=True)
    created_at = moment(required=True)
    last_used_at = moment(required=True)
    expires_at = moment(required=True)


class Principal(Schema):
    """Who the token of this request stands for."""

    staff_user_id = Identifier(required=True)
    group_ids = fields.List(Identifier(), required=True, metadata={"description": "The groups you belong to"})
    preferences = fields.Nested(Preferences)
    name = told(required=True)
    role = choice(*ROLES, required=True)
    scopes = fields.List(choice(*SCOPES), required=True)
    kind = choice("session", "api", required=True)
    expires_at = moment(required=True)


class PasswordIn(Schema):
    """Another password."""

    password = fields.String(required=True, validate=characters(200, least=1))
    new_password = fields.String(required=True, validate=characters(200, least=10))


class StaffUserIn(Schema):
    """A new staff user."""

    login = words(100, least=1, required=True)
    name = words(255, least=1, required=True)
    role = choice(*ROLES, required=True)
    password = fields.String(required=True, validate=characters(200, least=10))


class StaffUserChange(Schema):
    """What may change of a staff user; what is left out stays."""

    name = words(255, least=1)
    role = choice(*ROLES)
    active = YesNo()
    password = fields.String(validate=characters(200, least=10))


class StaffGroupChange(Schema):
    """What may change of a group; what is left out stays. ``member_ids``: all of them."""

    name = words(255, least=1)
    description = words(2_000)
    member_ids = fields.List(Identifier(), validate=validate.Length(max=MAX_MEMBERS))
    active = YesNo()


class StaffGroupIn(Schema):
    """A new group."""

    name = words(255, least=1, required=True)
    description = words(2_000)
    member_ids = fields.List(Identifier(), validate=validate.Length(max=MAX_MEMBERS))


class StaffGroup(Schema):
    """Staff users who are in charge of records together."""

    id = Identifier(required=True)
    name = told(required=True)
    description = told()
    member_ids = fields.List(Identifier(), required=True)
    active = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)


class Owner(Schema):
    """Who can be put in charge of a record."""

    id = Identifier(required=True)
    kind = choice("staff_user", "staff_group", required=True)
    name = told(required=True)


class ApiTokenIn(Schema):
    """A new API token; ``scopes`` not beyond your own role, ``days`` until it ends."""

    name = words(255, least=1, required=True)
    scopes = fields.List(choice(*SCOPES), required=True, validate=validate.Length(min=1, max=3))
    days = fields.Integer(strict=True, load_default=365, validate=validate.Range(min=1, max=3650))


class ApiToken(Schema):
    """An API token, without the token itself."""

    id = Identifier(required=True)
    name = told(required=True)
    scopes = fields.List(choice(*SCOPES), required=True)
    staff_user_id = Identifier(required=True)
    created_at = moment(required=True)
    expires_at = moment(required=True)


class NewApiToken(ApiToken):
    """An API token as it was made. ``token`` is shown this once; null when the request was a repeated one."""

    token = told(required=True, allow_none=True)


OpenSessionPage = page(OpenSession)
StaffUserPage = page(StaffUser)
StaffGroupPage = page(StaffGroup)
OwnerPage = page(Owner)
ApiTokenPage = page(ApiToken)
