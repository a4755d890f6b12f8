"""Lists of contacts and organizations: counts, fields, saved lists."""

from typing import Any

from flask import g

from gateway import access
from gateway.api.blueprint import Resource
from gateway.api.schemas import lists as schemas
from gateway.calls import actor, services, viewer

lists = Resource("lists", description="Lists: filters and counts.")
list_views = Resource("list_views", description="Saved lists: which records, which columns, in which order.")


@lists.route("/contacts/count", methods=["GET"])
@lists.arguments(schemas.SelectionQuery, location="query")
@lists.response(200, schemas.Count)
def count_contacts(query: dict[str, Any]) -> Any:
    """Count contacts

    As the list with the same parameters holds; up to 10,000.
    """
    return services().contacts.contacts_count(**schemas.listed(query, by=viewer()))


@lists.route("/organizations/count", methods=["GET"])
@lists.arguments(schemas.SelectionQuery, location="query")
@lists.response(200, schemas.Count)
def count_organizations(query: dict[str, Any]) -> Any:
    """Count organizations

    As the list with the same parameters holds; up to 10,000.
    """
    return services().contacts.organizations_count(**schemas.listed(query, by=viewer()))


@lists.route("/contacts/fields", methods=["GET"])
@lists.response(200, schemas.ListFieldPage)
def list_contact_fields() -> Any:
    """List the fields that contacts can be filtered and sorted by"""
    return services().contacts.contact_fields()


@lists.route("/organizations/fields", methods=["GET"])
@lists.response(200, schemas.ListFieldPage)
def list_organization_fields() -> Any:
    """List the fields that organizations can be filtered and sorted by"""
    return services().contacts.organization_fields()


@list_views.route("/list-views", methods=["GET"])
@list_views.arguments(schemas.ListViewQuery, location="query")
@list_views.response(200, schemas.ListViewPage)
def list_list_views(query: dict[str, Any]) -> Any:
    """List saved lists

    Your own and those that others share, by name.
    """
    return services().contacts.list_views(record_kind=query["record_kind"], actor=actor())


@list_views.route("/list-views", methods=["POST"])
@list_views.arguments(schemas.ListViewIn)
@list_views.once
@list_views.versioned(201, schemas.ListView)
def create_list_view(data: dict[str, Any], by: Any) -> Any:
    """Save a list"""
    return services().contacts.create_list_view(data=data, **by)


@list_views.route("/list-views/<uuid:id>", methods=["GET"])
@list_views.versioned(200, schemas.ListView)
def get_list_view(id: Any) -> Any:
    """Read a saved list"""
    return services().contacts.list_view(id=str(id), actor=actor())


@list_views.route("/list-views/<uuid:id>", methods=["PATCH"])
@list_views.arguments(schemas.ListViewChange)
@list_views.needs_version
@list_views.once
@list_views.versioned(200, schemas.ListView)
def update_list_view(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change a saved list

    Your own; a shared one of somebody else only as an admin.
    """
    return services().contacts.update_list_view(id=str(id), data=data, version=version, may_manage=_may_manage(), **by)


@list_views.route("/list-views/<uuid:id>", methods=["DELETE"])
@list_views.once
@list_views.response(204)
def delete_list_view(id: Any, by: Any) -> None:
    """Delete a saved list

    Your own; a shared one of somebody else only as an admin.
    """
    services().contacts.delete_list_view(id=str(id), may_manage=_may_manage(), **by)


def _may_manage() -> bool:
    return access.may(g.principal, access.OTHERS_SHARED_LISTS)
