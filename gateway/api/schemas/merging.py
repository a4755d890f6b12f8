"""Merges, and taking merged records apart again."""

from marshmallow import Schema, fields, validate

from gateway.api.schemas.common import Identifier, moment, page, told, words
from gateway.api.schemas.people import Contact, Organization

MAX_OTHERS = 2
MAX_CHOICES = 100


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
