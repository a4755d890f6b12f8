"""Contacts and organizations."""

from typing import Any

from marshmallow import Schema, fields, validate

from contracts.people import MAX_RECORD_ADDRESSES
from gateway.api.schemas.common import Identifier, moment, page, told, words

MAX_PHONES = 20
MAX_DESCRIPTION = 50_000


def some(limit: int, many: int, **kwargs: Any) -> fields.List:
    """A list of texts that is taken, the primary one first."""
    return fields.List(words(limit), validate=validate.Length(max=many), **kwargs)


class RecordIn(Schema):
    """What can be said of a contact and of an organization."""

    addresses = some(320, MAX_RECORD_ADDRESSES, metadata={"description": "Mail addresses, the primary one first"})
    phones = some(64, MAX_PHONES, metadata={"description": "As typed, the primary one first"})
    description = words(MAX_DESCRIPTION)
    owner_id = Identifier(allow_none=True, metadata={"description": "The staff user in charge"})
    source = words(50)


class ContactChange(RecordIn):
    """What may change of a contact; what is left out stays."""

    last_name = words(255, least=1)
    first_name = words(255)
    last_name_kana = words(255)
    first_name_kana = words(255)
    title = words(255)
    department = words(255)
    organization_id = Identifier(allow_none=True)


class ContactIn(ContactChange):
    """A new contact."""

    last_name = words(255, least=1, required=True)


class OrganizationChange(RecordIn):
    """What may change of an organization; what is left out stays."""

    name = words(255, least=1)


class OrganizationIn(OrganizationChange):
    """A new organization."""

    name = words(255, least=1, required=True)


class RecordOut(Schema):
    """What every record has."""

    id = Identifier(required=True)
    number = told(required=True)
    label = told()
    version = fields.Integer(required=True)
    addresses = fields.List(told())
    phones = fields.List(told())
    description = told()
    owner_id = told(allow_none=True)
    source = told()
    created_at = moment(required=True)
    updated_at = moment(required=True)


class Contact(RecordOut):
    """A person."""

    last_name = told(required=True)
    first_name = told()
    last_name_kana = told()
    first_name_kana = told()
    title = told()
    department = told()
    organization_id = Identifier(allow_none=True)


class Organization(RecordOut):
    """A customer organization."""

    name = told(required=True)


class MergeIn(Schema):
    """The contact that goes into this one."""

    other_id = Identifier(required=True)


ContactPage = page(Contact)
OrganizationPage = page(Organization)
