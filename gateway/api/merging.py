"""Merging contacts and organizations, and taking them apart again."""

from typing import Any

from gateway.api.blueprint import Resource
from gateway.api.schemas import merging as schemas
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
