"""Contacts and organizations."""

from typing import Any

from gateway.api.blueprint import Resource, page_arguments
from gateway.api.schemas import people as schemas
from gateway.api.schemas.common import PageQuery
from gateway.api.schemas.lists import RecordQuery, listed
from gateway.calls import actor, services, viewer

contacts = Resource("contacts", description="The people we know (顧客担当者).")
organizations = Resource("organizations", description="The organizations they belong to (顧客企業).")
contacts_settings = Resource("contacts_settings", description="Settings of contacts that hold for everybody.")


@contacts.route("/contacts", methods=["GET"])
@contacts.arguments(RecordQuery, location="query")
@contacts.page_of(schemas.ContactPage)
def list_contacts(query: dict[str, Any]) -> Any:
    """List contacts

    Newest first unless `sort` says otherwise; `query` looks into names, furigana, numbers, titles, addresses, phones
    and tags, `filter` into any field. With `deleted` the recycle bin.
    """
    return services().contacts.contacts(**listed(query, by=viewer()))


@contacts.route("/contacts", methods=["POST"])
@contacts.arguments(schemas.ContactIn)
@contacts.once
@contacts.versioned(201, schemas.Contact)
def create_contact(data: dict[str, Any], by: Any) -> Any:
    """Create a contact"""
    return services().contacts.create_contact(data=data, **by)


@contacts.route("/contacts/<uuid:id>", methods=["GET"])
@contacts.versioned(200, schemas.Contact)
def get_contact(id: Any) -> Any:
    """Read a contact"""
    return services().contacts.contact(id=str(id))


@contacts.route("/contacts/<uuid:id>", methods=["PATCH"])
@contacts.arguments(schemas.ContactChange)
@contacts.needs_version
@contacts.once
@contacts.versioned(200, schemas.Contact)
def update_contact(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change fields of a contact"""
    return services().contacts.update_contact(id=str(id), data=data, version=version, **by)


@contacts.route("/contacts/<uuid:id>", methods=["DELETE"])
@contacts.once
@contacts.response(204)
def delete_contact(id: Any, by: Any) -> None:
    """Put a contact into the recycle bin"""
    services().contacts.delete_contact(id=str(id), **by)


@contacts.route("/contacts/<uuid:id>/restore", methods=["POST"])
@contacts.once
@contacts.versioned(200, schemas.Contact)
def restore_contact(id: Any, by: Any) -> Any:
    """Take a contact out of the recycle bin

    409 while its organization is in there.
    """
    return services().contacts.restore_contact(id=str(id), **by)


@contacts.route("/contacts/<uuid:id>/changes", methods=["GET"])
@contacts.arguments(PageQuery, location="query")
@contacts.page_of(schemas.ChangePage)
def list_contact_changes(query: dict[str, Any], id: Any) -> Any:
    """List what was done to a contact

    Newest first: by whom, when, and which fields changed from what to what; in the recycle bin too.
    """
    return services().contacts.contact_changes(id=str(id), **page_arguments(query))


@contacts.route("/contacts/<uuid:id>/superiors", methods=["GET"])
@contacts.response(200, schemas.ContactPage)
def list_superiors(id: Any) -> Any:
    """List whom a contact reports to

    The boss first, then the boss's boss, up to the top.
    """
    return services().contacts.superiors(id=str(id))


@contacts.route("/contacts/<uuid:id>/reports", methods=["GET"])
@contacts.arguments(PageQuery, location="query")
@contacts.page_of(schemas.ContactPage)
def list_reports(query: dict[str, Any], id: Any) -> Any:
    """List who reports to a contact

    Those below somebody in the recycle bin stand below the next one above, until it is restored.
    """
    return services().contacts.reports(id=str(id), **page_arguments(query))


@organizations.route("/organizations", methods=["GET"])
@organizations.arguments(RecordQuery, location="query")
@organizations.page_of(schemas.OrganizationPage)
def list_organizations(query: dict[str, Any]) -> Any:
    """List organizations

    Newest first unless `sort` says otherwise; `query` looks into names, numbers, addresses, phones and tags, `filter`
    into any field. With `deleted` the recycle bin.
    """
    return services().contacts.organizations(**listed(query, by=viewer()))


@organizations.route("/organizations", methods=["POST"])
@organizations.arguments(schemas.OrganizationIn)
@organizations.once
@organizations.versioned(201, schemas.Organization)
def create_organization(data: dict[str, Any], by: Any) -> Any:
    """Create an organization"""
    return services().contacts.create_organization(data=data, **by)


@organizations.route("/organizations/<uuid:id>", methods=["GET"])
@organizations.versioned(200, schemas.Organization)
def get_organization(id: Any) -> Any:
    """Read an organization"""
    return services().contacts.organization(id=str(id))


@organizations.route("/organizations/<uuid:id>", methods=["PATCH"])
@organizations.arguments(schemas.OrganizationChange)
@organizations.needs_version
@organizations.once
@organizations.versioned(200, schemas.Organization)
def update_organization(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change fields of an organization"""
    return services().contacts.update_organization(id=str(id), data=data, version=version, **by)


@organizations.route("/organizations/<uuid:id>", methods=["DELETE"])
@organizations.once
@organizations.response(204)
def delete_organization(id: Any, by: Any) -> None:
    """Put an organization into the recycle bin

    409 while contacts belong to it.
    """
    services().contacts.delete_organization(id=str(id), **by)


@organizations.route("/organizations/<uuid:id>/restore", methods=["POST"])
@organizations.once
@organizations.versioned(200, schemas.Organization)
def restore_organization(id: Any, by: Any) -> Any:
    """Take an organization out of the recycle bin

    With all it held; its addresses stand for it again.
    """
    return services().contacts.restore_organization(id=str(id), **by)


@organizations.route("/organizations/<uuid:id>/changes", methods=["GET"])
@organizations.arguments(PageQuery, location="query")
@organizations.page_of(schemas.ChangePage)
def list_organization_changes(query: dict[str, Any], id: Any) -> Any:
    """List what was done to an organization

    Newest first: by whom, when, and which fields changed from what to what; in the recycle bin too.
    """
    return services().contacts.organization_changes(id=str(id), **page_arguments(query))


@organizations.route("/organizations/<uuid:id>/address-copy", methods=["GET"])
@organizations.response(200, schemas.AddressCopy)
def get_address_copy(id: Any) -> Any:
    """Read what a contact may take over from an organization

    For a form in which it is chosen. Where the setting is `always`, whoever saves gets it without asking: each postal
    address of which the contact has nothing and the request names nothing.
    """
    return services().contacts.address_copy(id=str(id))


@contacts_settings.route("/settings/contacts", methods=["GET"])
@contacts_settings.versioned(200, schemas.ContactsSettings)
def get_contacts_settings() -> Any:
    """Read the settings of contacts"""
    return services().contacts.shared_settings()


@contacts_settings.route("/settings/contacts", methods=["PATCH"])
@contacts_settings.arguments(schemas.ContactsSettingsChange)
@contacts_settings.needs_version
@contacts_settings.once
@contacts_settings.versioned(200, schemas.ContactsSettings)
def update_contacts_settings(data: dict[str, Any], version: int, by: Any) -> Any:
    """Change the settings of contacts"""
    return services().contacts.update_shared_settings(data=data, version=version, **by)


@contacts.route("/contacts/<uuid:id>/star", methods=["GET"])
@contacts.response(200, schemas.Star)
def get_contact_star(id: Any) -> Any:
    """Read whether you marked a contact with a star"""
    return services().contacts.is_starred(kind="contact", id=str(id), reader=actor()["staff_user_id"])


@contacts.route("/contacts/<uuid:id>/star", methods=["PUT"])
@contacts.once
@contacts.response(200, schemas.Star)
def star_contact(id: Any, by: Any) -> Any:
    """Mark a contact with a star

    Yours alone: each staff user has stars of his own.
    """
    return services().contacts.star(kind="contact", id=str(id), starred=True, **by)


@contacts.route("/contacts/<uuid:id>/star", methods=["DELETE"])
@contacts.once
@contacts.response(200, schemas.Star)
def unstar_contact(id: Any, by: Any) -> Any:
    """Take your star off a contact"""
    return services().contacts.star(kind="contact", id=str(id), starred=False, **by)


@organizations.route("/organizations/<uuid:id>/star", methods=["GET"])
@organizations.response(200, schemas.Star)
def get_organization_star(id: Any) -> Any:
    """Read whether you marked an organization with a star"""
    return services().contacts.is_starred(kind="organization", id=str(id), reader=actor()["staff_user_id"])


@organizations.route("/organizations/<uuid:id>/star", methods=["PUT"])
@organizations.once
@organizations.response(200, schemas.Star)
def star_organization(id: Any, by: Any) -> Any:
    """Mark an organization with a star

    Yours alone: each staff user has stars of his own.
    """
    return services().contacts.star(kind="organization", id=str(id), starred=True, **by)


@organizations.route("/organizations/<uuid:id>/star", methods=["DELETE"])
@organizations.once
@organizations.response(200, schemas.Star)
def unstar_organization(id: Any, by: Any) -> Any:
    """Take your star off an organization"""
    return services().contacts.star(kind="organization", id=str(id), starred=False, **by)
