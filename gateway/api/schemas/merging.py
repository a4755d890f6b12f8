"""Merges, and taking merged records apart again."""

from marshmallow import Schema, fields, validate

from contracts.people import MAX_RECORD_ADDRESSES
from gateway.api.schemas.common import Identifier, moment, page, told, words
from gateway.api.schemas.people import MAX_PHONES, Contact, Organization, some

MAX_OTHERS = 2
MAX_CHOICES = 100
REASONS = ["same_address", "same_phone", "same_name", "same_website", "similar_name"]


class MergeIn(Schema):
    """The one or two records that go into this one."""

    other_ids = fields.List(Identifier(), required=True, validate=validate.Length(min=1, max=MAX_OTHERS))
    values = fields.Dict(
        keys=words(100, least=1),
        values=Identifier(),
        validate=validate.Length(max=MAX_CHOICES),
        metadata={"description": "Field → id of the record whose value survives; of a list, whose entries come first"},
    )


class MergedRecord(Schema):
    """A record that went into this one and can be taken out again."""

    id = Identifier(required=True, metadata={"description": "Of the merge"})
    other_id = Identifier(required=True)
    number = told(required=True)
    label = told(required=True)
    merged_at = moment(required=True)
    staff_user_id = told(allow_none=True)
    staff_name = told(allow_none=True)


class KeptField(Schema):
    """A field that somebody changed after the merge: it stays with the survivor."""

    field = told(required=True)
    value = fields.Raw(required=True, allow_none=True)


class StayedRecord(Schema):
    """A record that the merge had moved and somebody moved since: it stays where it is."""

    kind = told(required=True)
    id = Identifier(required=True)
    label = told(required=True)
    field = told(required=True)


class Unmerged(Schema):
    """What an un-merge left as it is. `not_restored`: links of the record that would be a circle now."""

    kept = fields.List(fields.Nested(KeptField), required=True)
    stayed = fields.List(fields.Nested(StayedRecord), required=True)
    not_restored = fields.List(told(), required=True)


class UnmergedContacts(Unmerged):
    """The contact that is there again, and the one it comes out of."""

    record = fields.Nested(Contact, required=True)
    survivor = fields.Nested(Contact, required=True)


class UnmergedOrganizations(Unmerged):
    """The organization that is there again, and the one it comes out of."""

    record = fields.Nested(Organization, required=True)
    survivor = fields.Nested(Organization, required=True)


MergedRecordPage = page(MergedRecord)


class Typed(Schema):
    """What is typed of a record so far, as far as it tells who it is; it need not be complete."""

    addresses = some(320, MAX_RECORD_ADDRESSES)
    phones = some(64, MAX_PHONES)


class TypedContact(Typed):
    """What is typed of a contact so far, as far as it tells who it is; it need not be complete."""

    last_name = words(255)
    first_name = words(255)
    last_name_kana = words(255)
    first_name_kana = words(255)
    organization_id = Identifier(allow_none=True)


class TypedOrganization(Typed):
    """What is typed of an organization so far, as far as it tells which it is; it need not be complete."""

    name = words(255)
    website = words(255)


class Reason(Schema):
    """Why records may be the same, and what they have in common."""

    reason = told(required=True, metadata={"enum": REASONS})
    value = told(required=True)


class Likeness(Schema):
    """Why a record may be the same as another one, the weightiest reason first."""

    reasons = fields.List(fields.Nested(Reason), required=True)


class LikelyContact(Likeness):
    """A contact that may be the same."""

    record = fields.Nested(Contact, required=True)


class LikelyOrganization(Likeness):
    """An organization that may be the same."""

    record = fields.Nested(Organization, required=True)


class ContactGroup(Likeness):
    """Contacts that may be the same one."""

    records = fields.List(fields.Nested(Contact), required=True)


class OrganizationGroup(Likeness):
    """Organizations that may be the same one."""

    records = fields.List(fields.Nested(Organization), required=True)


LikelyContactPage = page(LikelyContact)
LikelyOrganizationPage = page(LikelyOrganization)
ContactGroupPage = page(ContactGroup)
OrganizationGroupPage = page(OrganizationGroup)
