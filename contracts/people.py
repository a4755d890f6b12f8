"""Events of contacts, organizations and the address book, emitted by contacts."""

from marshmallow import fields, validate

from contracts.base import EventContract, Record
from contracts.fields import RecordRef, identifier, many, moment, text, word

SOURCE = "contacts"
MAX_RECORD_ADDRESSES = 200
# By what way an opt-out of mailings comes in.
OPT_OUT_SOURCES = ("screen", "api", "import", "mass_change", "mail", "portal")


class ContactFacts(Record):
    """A contact without personal data. ``owner_id``: the staff user or group in charge, told where ``notify_owner``."""

    id = identifier()
    number = text(20)
    organization_id = identifier(allow_none=True)
    decision_maker = fields.Boolean()
    owner_id = text(64, allow_none=True)
    notify_owner = fields.Boolean()


class ContactPersonal(Record):
    """The personal data of a contact; ``addresses`` with the primary one first."""

    last_name = text()
    first_name = text()
    last_name_kana = text()
    first_name_kana = text()
    title = text()
    addresses = many(text(320), MAX_RECORD_ADDRESSES)


class OrganizationFacts(Record):
    """An organization; ``addresses`` are the mail addresses that belong to nobody in particular (info@).

    ``owner_id``, ``notify_owner``: as of contacts.
    """

    id = identifier()
    number = text(20)
    name = text()
    addresses = many(text(320), MAX_RECORD_ADDRESSES)
    owner_id = text(64, allow_none=True)
    notify_owner = fields.Boolean()


class FieldChange(Record):
    """What a field held before and holds after, as the API tells it."""

    field = text(100)
    old = fields.Raw(required=True, allow_none=True)
    new = fields.Raw(required=True, allow_none=True)


class ContactCreated(EventContract):
    """Emitted when a contact was created, once per contact. ``actor_id``: the staff user who did it."""

    type = "contact.created.v1"
    source = SOURCE
    contact = fields.Nested(ContactFacts, required=True)
    personal = fields.Nested(ContactPersonal, required=True)
    actor_id = text(64, allow_none=True)


class ContactUpdated(EventContract):
    """Emitted when fields of a contact changed, once per save that changed something.

    ``actor_id``: the staff user who did it; null where the system did.
    """

    type = "contact.updated.v1"
    source = SOURCE
    contact = fields.Nested(ContactFacts, required=True)
    personal = fields.Nested(ContactPersonal, required=True)
    changed = many(text(100), 100)
    changes = fields.List(fields.Nested(FieldChange), validate=validate.Length(max=100))
    actor_id = text(64, allow_none=True)


class ContactDeleted(EventContract):
    """Emitted when a contact was put into the recycle bin, once per deletion."""

    type = "contact.deleted.v1"
    source = SOURCE
    contact_id = identifier()


class ContactRestored(EventContract):
    """Emitted when a contact came back from the recycle bin, once per restore."""

    type = "contact.restored.v1"
    source = SOURCE
    contact = fields.Nested(ContactFacts, required=True)
    personal = fields.Nested(ContactPersonal, required=True)


class ContactMerged(EventContract):
    """Emitted when a contact was merged into another, once per contact that went.

    ``survivor_id`` holds its addresses now.
    """

    type = "contact.merged.v1"
    source = SOURCE
    contact_id = identifier()
    survivor_id = identifier()
    merge_id = identifier(allow_none=True)


class ContactUnmerged(EventContract):
    """Emitted when a merge was undone and a contact that had gone is there again, once per contact that came back.

    ``addresses``: those that stood for the survivor because of the merge and stand for this contact again (canonical).
    What arrived with one of them after ``merged_at`` is this contact's.
    """

    type = "contact.unmerged.v1"
    source = SOURCE
    contact_id = identifier()
    survivor_id = identifier()
    merge_id = identifier()
    merged_at = moment()
    addresses = many(text(320), MAX_RECORD_ADDRESSES)
    contact = fields.Nested(ContactFacts, required=True)
    personal = fields.Nested(ContactPersonal, required=True)


class ContactOptedOut(EventContract):
    """Emitted when a contact no longer wants mailings, once per change of mind.

    ``opted_out_by``: the staff user who wrote it down; ``opted_out_source``: by what way it came in.
    """

    type = "contact.opted_out.v1"
    source = SOURCE
    contact_id = identifier()
    opted_out_at = moment(allow_none=True)
    opted_out_by = text(64, allow_none=True)
    opted_out_source = word(*OPT_OUT_SOURCES, allow_none=True)


class ContactOptedIn(EventContract):
    """Emitted when a contact who had opted out wants mailings again, once per change of mind."""

    type = "contact.opted_in.v1"
    source = SOURCE
    contact_id = identifier()


class OrganizationOptedOut(EventContract):
    """Emitted when an organization no longer wants mailings, once per change of mind. As ``contact.opted_out.v1``."""

    type = "organization.opted_out.v1"
    source = SOURCE
    organization_id = identifier()
    opted_out_at = moment(allow_none=True)
    opted_out_by = text(64, allow_none=True)
    opted_out_source = word(*OPT_OUT_SOURCES, allow_none=True)


class OrganizationOptedIn(EventContract):
    """Emitted when an organization that had opted out wants mailings again, once per change of mind."""

    type = "organization.opted_in.v1"
    source = SOURCE
    organization_id = identifier()


class ContactPortalEnabled(EventContract):
    """Emitted when a contact was given a portal log-in, once per time."""

    type = "contact.portal_enabled.v1"
    source = SOURCE
    contact_id = identifier()


class ContactPortalDisabled(EventContract):
    """Emitted when a contact's portal log-in was taken away, once per time. A deleted contact has none either."""

    type = "contact.portal_disabled.v1"
    source = SOURCE
    contact_id = identifier()


class OrganizationCreated(EventContract):
    """Emitted when an organization was created, once per organization. ``actor_id``: the staff user who did it."""

    type = "organization.created.v1"
    source = SOURCE
    organization = fields.Nested(OrganizationFacts, required=True)
    actor_id = text(64, allow_none=True)


class OrganizationUpdated(EventContract):
    """Emitted when fields of an organization changed, once per save that changed something.

    ``actor_id``: the staff user who did it; null where the system did.
    """

    type = "organization.updated.v1"
    source = SOURCE
    organization = fields.Nested(OrganizationFacts, required=True)
    changed = many(text(100), 100)
    changes = fields.List(fields.Nested(FieldChange), validate=validate.Length(max=100))
    actor_id = text(64, allow_none=True)


class OrganizationDeleted(EventContract):
    """Emitted when an organization was put into the recycle bin, once per deletion."""

    type = "organization.deleted.v1"
    source = SOURCE
    organization_id = identifier()


class OrganizationRestored(EventContract):
    """Emitted when an organization came back from the recycle bin, once per restore."""

    type = "organization.restored.v1"
    source = SOURCE
    organization = fields.Nested(OrganizationFacts, required=True)


class OrganizationMerged(EventContract):
    """Emitted when an organization was merged into another, once per organization that went.

    ``survivor_id`` holds its addresses and has its contacts now.
    """

    type = "organization.merged.v1"
    source = SOURCE
    organization_id = identifier()
    survivor_id = identifier()
    merge_id = identifier()


class OrganizationUnmerged(EventContract):
    """Emitted when a merge was undone and an organization that had gone is there again, once per one that came back.

    As ``contact.unmerged.v1``.
    """

    type = "organization.unmerged.v1"
    source = SOURCE
    organization_id = identifier()
    survivor_id = identifier()
    merge_id = identifier()
    merged_at = moment()
    addresses = many(text(320), MAX_RECORD_ADDRESSES)
    organization = fields.Nested(OrganizationFacts, required=True)


class AddressAssigned(EventContract):
    """Emitted when an address began to stand for a record in the address book, once per address and record.

    The matcher hears this and not ``contact.created``: when it arrives, the address book answers with the record.
    """

    type = "address.assigned.v1"
    source = SOURCE
    canonical = text(320)
    record = fields.Nested(RecordRef, required=True)


class AddressReleased(EventContract):
    """Emitted when an address no longer stands for a record (removed, moved, deleted), once per address and record."""

    type = "address.released.v1"
    source = SOURCE
    canonical = text(320)
    record = fields.Nested(RecordRef, required=True)
