"""Activities: to-dos, calls, meetings, visits."""

from typing import Any

from contracts.errors import Invalid
from gateway.api.blueprint import Resource, page_arguments
from gateway.api.schemas import activities as schemas
from gateway.calls import or_none, services, viewer

activities = Resource("activities", description="What is to be done with customers, and what was (活動).")


@activities.route("/activities", methods=["GET"])
@activities.arguments(schemas.ActivityQuery, location="query")
@activities.page_of(schemas.ActivityPage)
def list_activities(query: dict[str, Any]) -> Any:
    """List activities

    The latest first; with `state=open` the soonest first, those without a day last. `since` and `until` bound when they
    are in a calendar. With `deleted` the recycle bin.
    """
    return services().activities.activities(**_wanted(query))


@activities.route("/activities", methods=["POST"])
@activities.arguments(schemas.ActivityIn)
@activities.once
@activities.versioned(201, schemas.Activity)
def create_activity(data: dict[str, Any], by: Any) -> Any:
    """Plan an activity, or write down one that is done

    Without `owner_id` it is your own. A meeting ends an hour after its start unless you say otherwise.
    """
    return services().activities.create_activity(data=data, mail_address=_address_of(data.get("mail_message_id")), **by)


@activities.route("/activities/<uuid:id>", methods=["GET"])
@activities.versioned(200, schemas.Activity, shows_more=True)
def get_activity(id: Any) -> Any:
    """Read an activity"""
    return services().activities.activity(id=str(id))


@activities.route("/activities/<uuid:id>", methods=["PATCH"])
@activities.arguments(schemas.ActivityChange)
@activities.needs_version
@activities.once
@activities.versioned(200, schemas.Activity)
def update_activity(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change fields of an activity

    A status closes it (Completed, Held), calls it off (Cancelled, Not Held) or opens it again. What is moved to another
    time keeps its length.
    """
    return services().activities.update_activity(id=str(id), data=data, version=version, **by)


@activities.route("/activities/<uuid:id>", methods=["DELETE"])
@activities.needs_version
@activities.once
@activities.response(204)
def delete_activity(id: Any, version: int, by: Any) -> None:
    """Put an activity into the recycle bin"""
    services().activities.delete_activity(id=str(id), version=version, **by)


@activities.route("/activities/<uuid:id>/restore", methods=["POST"])
@activities.once
@activities.versioned(200, schemas.Activity)
def restore_activity(id: Any, by: Any) -> Any:
    """Take an activity out of the recycle bin"""
    return services().activities.restore_activity(id=str(id), **by)


def _address_of(mail_message_id: str | None) -> str | None:
    """The address of whoever wrote a mail; nobody's where no decision about it is known."""
    matcher = services().matcher
    decision = or_none(lambda: matcher.decision(mail_message_id=mail_message_id))() if mail_message_id else None
    return decision["party"]["canonical"] if decision else None


def _wanted(query: dict[str, Any]) -> dict[str, Any]:
    """The query as the service takes it: a record is named by its kind and its id together."""
    wanted = page_arguments(query)
    if wanted.pop("mine", False):
        by = viewer()
        wanted["people"] = [by["staff_user_id"], *by["group_ids"]]
    record = {"kind": wanted.pop("about_kind", None), "id": wanted.pop("about_id", None)}
    if any(record.values()) and not all(record.values()):
        missing = "about_id" if record["kind"] else "about_kind"
        raise Invalid("A record is named by its kind and its id.", fields={missing: ["Name it too."]})
    return {**wanted, "record": record} if all(record.values()) else wanted
