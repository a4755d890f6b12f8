"""Likely duplicates; merging contacts and organizations, and taking them apart again."""

from typing import Any

from gateway.api.blueprint import Resource, page_arguments
from gateway.api.schemas import merging as schemas
from gateway.api.schemas.common import PageQuery
from gateway.api.schemas.people import Contact, Organization
from gateway.calls import services

merges = Resource("merges", description="Records that are the same one: merged, and taken apart again.")


@merges.route("/contacts/<uuid:id>/merge", methods=["POST"])
@merges.arguments(schemas.MergeIn)
@merges.once
@merges.versioned(200, Contact)
def merge_contacts(data: dict[str, Any], id: Any, by: Any) -> Any:
    """Merge one or two other contacts into this one

    The others go; their addresses, phones and history come here, and whoever reported to them reports to this one. A
    field that `values` does not name keeps this one's value, or gets the others' where it is empty.
    """
    return services().contacts.merge_contacts(survivor_id=str(id), **data, **by)


@merges.route("/contacts/<uuid:id>/merges", methods=["GET"])
@merges.response(200, schemas.MergedRecordPage)
def list_contact_merges(id: Any) -> Any:
    """List the contacts that went into this one

    Those that can be taken out again, the last one first.
    """
    return services().contacts.contact_merges(id=str(id))


@merges.route("/contacts/<uuid:id>/unmerge", methods=["POST"])
@merges.once
@merges.response(200, schemas.UnmergedContacts)
def unmerge_contact(id: Any, by: Any) -> Any:
    """Take a contact out of the one it was merged into

    Both are as they were; what was changed since stays with the survivor and is told. What arrived meanwhile goes to
    the record whose address it bears. 409 where it is not merged, or where the survivor was merged in turn:
    `unmerge_first` names it.
    """
    return services().contacts.unmerge_contact(id=str(id), **by)


@merges.route("/organizations/<uuid:id>/merge", methods=["POST"])
@merges.arguments(schemas.MergeIn)
@merges.once
@merges.versioned(200, Organization)
def merge_organizations(data: dict[str, Any], id: Any, by: Any) -> Any:
    """Merge one or two other organizations into this one

    The others go; their addresses, contacts and members come here. A field that
    `values` does not name keeps this one's value, or gets the others' where it is empty.
    """
    return services().contacts.merge_organizations(survivor_id=str(id), **data, **by)


@merges.route("/organizations/<uuid:id>/merges", methods=["GET"])
@merges.response(200, schemas.MergedRecordPage)
def list_organization_merges(id: Any) -> Any:
    """List the organizations that went into this one

    Those that can be taken out again, the last one first.
    """
    return services().contacts.organization_merges(id=str(id))


@merges.route("/organizations/<uuid:id>/unmerge", methods=["POST"])
@merges.once
@merges.response(200, schemas.UnmergedOrganizations)
def unmerge_organization(id: Any, by: Any) -> Any:
    """Take an organization out of the one it was merged into

    Both are as they were; what was changed since stays with the survivor and is told. What arrived meanwhile goes to
    the record whose address it bears. 409 where it is not merged, or where the survivor was merged in turn:
    `unmerge_first` names it.
    """
    return services().contacts.unmerge_organization(id=str(id), **by)


@merges.route("/contacts/duplicates", methods=["GET"])
@merges.arguments(PageQuery, location="query")
@merges.page_of(schemas.ContactGroupPage)
def list_contact_duplicates(query: dict[str, Any]) -> Any:
    """List groups of contacts that may be the same one

    Among all there are. A page may have few groups, even none, while `next` still leads to more.
    """
    return services().contacts.duplicate_groups(kind="contact", **page_arguments(query))


@merges.route("/contacts/duplicates", methods=["POST"])
@merges.arguments(schemas.TypedContact)
@merges.response(200, schemas.LikelyContactPage)
def find_contact_duplicates(data: dict[str, Any]) -> Any:
    """Find out whether a contact is there already

    For a form, while it is filled in; nothing is changed. The likeliest first, each with reasons.
    """
    return services().contacts.duplicates(kind="contact", data=data)


@merges.route("/contacts/<uuid:id>/duplicates", methods=["GET"])
@merges.response(200, schemas.LikelyContactPage)
def list_duplicates_of_contact(id: Any) -> Any:
    """List the contacts that may be the same as one

    The likeliest first, each with reasons; without those that were set apart.
    """
    return services().contacts.duplicates(kind="contact", id=str(id))


@merges.route("/contacts/<uuid:id>/not-duplicates/<uuid:other_id>", methods=["PUT"])
@merges.once
@merges.response(204)
def set_contact_apart(id: Any, other_id: Any, by: Any) -> None:
    """Say that two contacts are not the same

    They are no longer told of as duplicates of each other.
    """
    services().contacts.set_apart(kind="contact", id=str(id), other_id=str(other_id), **by)


@merges.route("/contacts/<uuid:id>/not-duplicates/<uuid:other_id>", methods=["DELETE"])
@merges.once
@merges.response(204)
def take_back_contact_apart(id: Any, other_id: Any, by: Any) -> None:
    """Take back that two contacts are not the same"""
    services().contacts.set_apart(kind="contact", id=str(id), other_id=str(other_id), apart=False, **by)


@merges.route("/organizations/duplicates", methods=["GET"])
@merges.arguments(PageQuery, location="query")
@merges.page_of(schemas.OrganizationGroupPage)
def list_organization_duplicates(query: dict[str, Any]) -> Any:
    """List groups of organizations that may be the same one

    Among all there are. A page may have few groups, even none, while `next` still leads to more.
    """
    return services().contacts.duplicate_groups(kind="organization", **page_arguments(query))


@merges.route("/organizations/duplicates", methods=["POST"])
@merges.arguments(schemas.TypedOrganization)
@merges.response(200, schemas.LikelyOrganizationPage)
def find_organization_duplicates(data: dict[str, Any]) -> Any:
    """Find out whether an organization is there already

    For a form, while it is filled in; nothing is changed. The likeliest first, each with reasons.
    """
    return services().contacts.duplicates(kind="organization", data=data)


@merges.route("/organizations/<uuid:id>/duplicates", methods=["GET"])
@merges.response(200, schemas.LikelyOrganizationPage)
def list_duplicates_of_organization(id: Any) -> Any:
    """List the organizations that may be the same as one

    The likeliest first, each with reasons; without those that were set apart.
    """
    return services().contacts.duplicates(kind="organization", id=str(id))


@merges.route("/organizations/<uuid:id>/not-duplicates/<uuid:other_id>", methods=["PUT"])
@merges.once
@merges.response(204)
def set_organization_apart(id: Any, other_id: Any, by: Any) -> None:
    """Say that two organizations are not the same

    They are no longer told of as duplicates of each other.
    """
    services().contacts.set_apart(kind="organization", id=str(id), other_id=str(other_id), **by)


@merges.route("/organizations/<uuid:id>/not-duplicates/<uuid:other_id>", methods=["DELETE"])
@merges.once
@merges.response(204)
def take_back_organization_apart(id: Any, other_id: Any, by: Any) -> None:
    """Take back that two organizations are not the same"""
    services().contacts.set_apart(kind="organization", id=str(id), other_id=str(other_id), apart=False, **by)
