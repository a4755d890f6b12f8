"""Contacts and organizations."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, fields, validate

from contracts.people import MAX_RECORD_ADDRESSES, OPT_OUT_SOURCES
from gateway.api.schemas.common import Identifier, Owner, YesNo, choice, moment, page, told, words

MAX_PHONES, MAX_TAGS = 20, 50
MAX_DESCRIPTION = 50_000
LARGEST = 10**15
MAX_IMAGE = 940_000
ADDRESS_COPY = ("never", "ask", "always")
POSTAL_PARTS = ("postal_code", "state", "city", "street", "po_box", "country")
WHAT_WAS_DONE = [
    *("created", "updated", "deleted", "restored"),
    # Of a survivor, and of the one that went into it.
    *("merged", "unmerged", "merged_away", "came_back"),
]
PHONE_KINDS = ("work", "mobile", "home", "fax", "assistant", "other")


def some(limit: int, many: int, **kwargs: Any) -> fields.List:
    """A list of texts that is taken, the primary one first."""
    return fields.List(words(limit), validate=validate.Length(max=many), **kwargs)


def day(**kwargs: Any) -> fields.String:
    """A date that is taken: RFC 3339 full-date, or null."""
    shape = validate.Regexp(r"^\d{4}-\d{2}-\d{2}$", error="Write it like 2026-11-22.")
    return fields.String(allow_none=True, validate=shape, metadata={"format": "date"}, **kwargs)


def whole() -> fields.Integer:
    """A number of people, or an amount in whole units of the currency."""
    return fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, LARGEST))


def postal(*kinds: str, one: Callable[[], fields.Field[Any]]) -> dict[str, fields.Field[Any]]:
    """The fields of postal addresses, for a schema's `Meta.include`."""
    return {f"{kind}_{part}": one() for kind in kinds for part in POSTAL_PARTS}


class Phone(Schema):
    """A phone number. `number`: as people write it goes in, E.164 (`;ext=` for an extension) comes out."""

    number = words(64, least=1, required=True)
    kind = choice(*PHONE_KINDS)
    shown = words(64, metadata={"description": "As people in Japan write it; ignored where it is sent back"})


class PhoneNumber(fields.Nested):
    """A phone as an object, or just its number."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize({"number": value} if isinstance(value, str) else value, *args, **kwargs)


class RecordIn(Schema):
    """What can be said of a contact and of an organization."""

    addresses = some(320, MAX_RECORD_ADDRESSES, metadata={"description": "Mail addresses, the primary one first"})
    phones = fields.List(
        PhoneNumber(Phone),
        validate=validate.Length(max=MAX_PHONES),
        metadata={"description": "The primary one first; Japan where no country is named"},
    )
    description = words(MAX_DESCRIPTION)
    owner_id = Owner()
    source = words(50)
    tags = some(50, MAX_TAGS)
    email_opt_out = YesNo(metadata={"description": "No marketing mails"})
    notify_owner = YesNo()


class ContactChange(RecordIn):
    """What may change of a contact; what is left out stays."""

    class Meta:
        """Its postal addresses."""

        include = postal("mailing", "other", one=words)

    salutation = words(20)
    last_name = words(255, least=1)
    first_name = words(255)
    last_name_kana = words(255)
    first_name_kana = words(255)
    title = words(255)
    department = words(255)
    organization_id = Identifier(allow_none=True)
    reports_to_id = Identifier(allow_none=True, metadata={"description": "The boss, a contact"})
    lead_source = words(50)
    birthday = day()
    assistant = words(255)
    do_not_call = YesNo()
    reference = YesNo()
    decision_maker = YesNo(metadata={"description": "Decides in the organization; marked in its chart"})
    last_action_on = day()
    portal = YesNo(metadata={"description": "May log in to the customer portal; needs a mail address"})
    support_start = day()
    support_end = day()


class ContactIn(ContactChange):
    """A new contact."""

    last_name = words(255, least=1, required=True)


class OrganizationChange(RecordIn):
    """What may change of an organization; what is left out stays."""

    class Meta:
        """Its postal addresses."""

        include = postal("billing", "shipping", one=words)

    name = words(255, least=1)
    website = words(255)
    ticker_symbol = words(255)
    ownership = words(255)
    employees = whole()
    annual_revenue = whole()
    industry = words(255)
    type = words(50)
    rating = words(50)
    sic_code = words(255)
    member_of_id = Identifier(allow_none=True, metadata={"description": "The organization that this one belongs to"})


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
    phones = fields.List(fields.Nested(Phone))
    description = told()
    owner_id = told(allow_none=True)
    source = told()
    tags = fields.List(told())
    email_opt_out = fields.Boolean()
    opted_out_at = moment(allow_none=True)
    opted_out_by = told(allow_none=True)
    opted_out_source = told(
        allow_none=True, metadata={"description": f"By what way it came in: {', '.join(OPT_OUT_SOURCES)}"}
    )
    notify_owner = fields.Boolean()
    modified_by = told(allow_none=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)
    deleted_at = moment(allow_none=True)
    starred = fields.Boolean(metadata={"description": "In lists: whether you marked it with a star"})


class Contact(RecordOut):
    """A person."""

    class Meta:
        """Its postal addresses."""

        include = postal("mailing", "other", one=told)

    salutation = told()
    last_name = told(required=True)
    first_name = told()
    last_name_kana = told()
    first_name_kana = told()
    title = told()
    department = told()
    organization_id = Identifier(allow_none=True)
    reports_to_id = Identifier(allow_none=True)
    lead_source = told()
    birthday = day()
    assistant = told()
    do_not_call = fields.Boolean()
    reference = fields.Boolean()
    decision_maker = fields.Boolean()
    last_action_on = day()
    portal = fields.Boolean()
    support_start = day()
    support_end = day()


class Organization(RecordOut):
    """A customer organization."""

    class Meta:
        """Its postal addresses."""

        include = postal("billing", "shipping", one=told)

    name = told(required=True)
    website = told()
    ticker_symbol = told()
    ownership = told()
    employees = fields.Integer(allow_none=True)
    annual_revenue = fields.Integer(allow_none=True)
    industry = told()
    type = told()
    rating = told()
    sic_code = told()
    member_of_id = Identifier(allow_none=True)


class ImageIn(Schema):
    """An image as it is uploaded."""

    content = words(
        MAX_IMAGE, least=1, required=True, metadata={"description": "The file in base64: PNG, JPEG, GIF or WebP"}
    )


class Star(Schema):
    """Whether whoever asks marked a record."""

    starred = fields.Boolean(required=True)


class ContactsSettingsChange(Schema):
    """What may change of the settings that hold for everybody."""

    address_copy = choice(
        *ADDRESS_COPY,
        metadata={"description": "Whether a contact gets the postal addresses of the organization that is chosen"},
    )


class ContactsSettings(ContactsSettingsChange):
    """The settings that hold for everybody."""

    version = fields.Integer(required=True)
    modified_by = told(allow_none=True)
    updated_at = moment(allow_none=True)


class CopiedAddress(Schema):
    """The postal fields that a contact may take over: billing becomes mailing, shipping becomes other."""

    class Meta:
        """What there is of them."""

        include = postal("mailing", "other", one=told)


class AddressCopy(Schema):
    """What a form may fill in from an organization, and whether the settings say never, ask or always."""

    address_copy = told(required=True, metadata={"enum": list(ADDRESS_COPY)})
    values = fields.Nested(CopiedAddress, required=True)


class FieldChange(Schema):
    """A field that changed."""

    field = told(required=True)
    old = fields.Raw(allow_none=True)
    new = fields.Raw(allow_none=True)


class Change(Schema):
    """What was done to a record. `other_id`: the other one of a merge, or of its undoing."""

    class Meta:
        """Under a name that would hide marshmallow's fields here."""

        include = {"fields": fields.List(fields.Nested(FieldChange))}

    id = Identifier(required=True)
    what = told(required=True, metadata={"enum": WHAT_WAS_DONE})
    changed_at = moment(required=True)
    staff_user_id = told(allow_none=True)
    staff_name = told(allow_none=True)
    other_id = Identifier(allow_none=True)


ChangePage = page(Change)
ContactPage = page(Contact)
OrganizationPage = page(Organization)
