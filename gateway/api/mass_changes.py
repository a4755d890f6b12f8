"""Mass changes: the same done to many contacts or organizations, with progress, Undo and what was refused."""

from typing import Any

from gateway.api import owners
from gateway.api.blueprint import Resource, page_arguments
from gateway.api.schemas import mass_changes as schemas
from gateway.api.schemas.common import PageQuery
from gateway.api.schemas.lists import listed
from gateway.calls import services, viewer

mass_changes = Resource("mass_changes", description="The same done to many contacts or organizations, and undone.")


@mass_changes.route("/mass-changes", methods=["POST"])
@mass_changes.arguments(schemas.MassChangeIn)
@mass_changes.once
@mass_changes.response(201, schemas.MassChange)
def begin_mass_change(data: dict[str, Any], by: Any) -> Any:
    """Change, delete or restore many records

    Those with the named `ids` (up to 1,000), or all that a list holds now (`selection`, up to 100,000). Up to 200 are
    done when the answer comes; of more the answer is the beginning, and `GET` tells how far it is. Each record is
    changed as if it were alone: one that refuses is passed over, and told with its reason.
    """
    if owner_id := data["data"].get("owner_id"):
        owners.refuse_unknown({"owner_id": str(owner_id)[:100]})
    selection = data["selection"]
    asked = None if selection is None else listed(selection, by=viewer())
    return services().contacts.begin_mass_change(**{**data, "selection": asked}, **by)


@mass_changes.route("/mass-changes", methods=["GET"])
@mass_changes.arguments(PageQuery, location="query")
@mass_changes.page_of(schemas.MassChangePage)
def list_mass_changes(query: dict[str, Any]) -> Any:
    """List mass changes

    Newest first; they are kept for 90 days.
    """
    return services().contacts.mass_changes(**page_arguments(query))


@mass_changes.route("/mass-changes/<uuid:id>", methods=["GET"])
@mass_changes.response(200, schemas.MassChange)
def get_mass_change(id: Any) -> Any:
    """Read a mass change

    How far it is, and what became of the records.
    """
    return services().contacts.mass_change(id=str(id))


@mass_changes.route("/mass-changes/<uuid:id>/problems", methods=["GET"])
@mass_changes.arguments(PageQuery, location="query")
@mass_changes.page_of(schemas.MassChangeProblemPage)
def list_mass_change_problems(query: dict[str, Any], id: Any) -> Any:
    """List the records to which nothing was done, or that were not undone

    Each with its reason.
    """
    return services().contacts.mass_change_problems(id=str(id), **page_arguments(query))


@mass_changes.route("/mass-changes/<uuid:id>/cancel", methods=["POST"])
@mass_changes.once
@mass_changes.response(200, schemas.MassChange)
def cancel_mass_change(id: Any, by: Any) -> Any:
    """Stop a mass change

    What was done stays, and can be undone. One that has ended stays as it is.
    """
    return services().contacts.cancel_mass_change(id=str(id), **by)


@mass_changes.route("/mass-changes/<uuid:id>/undo", methods=["POST"])
@mass_changes.once
@mass_changes.response(200, schemas.MassChange)
def undo_mass_change(id: Any, by: Any) -> Any:
    """Undo a mass change

    Every record is as it was before. Those that somebody changed since are left alone, and told. One that goes on ends
    here.
    """
    return services().contacts.undo_mass_change(id=str(id), **by)
