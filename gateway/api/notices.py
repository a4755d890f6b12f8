"""What people are told: reminders, and what others did to what is theirs."""

from typing import Any

from flask import g

from gateway.api.blueprint import Resource, page_arguments
from gateway.api.schemas import notices as schemas
from gateway.calls import services

notices = Resource("notices", description="What you are told: reminders, and what others did to what is yours.")


@notices.route("/notices", methods=["GET"])
@notices.arguments(schemas.NoticeQuery, location="query")
@notices.page_of(schemas.NoticePage)
def list_notices(query: dict[str, Any]) -> Any:
    """List what you are told

    The latest first; `unread` says how many of all are. You are reminded of activities that you or a group of yours is
    in charge of or takes part in, and told of what others do to contacts and organizations of yours that say so
    (`notify_owner`). The latest 1,000 reminders and as many others are kept, for 90 days.
    """
    return services().staff.notices(staff_user_id=g.principal["staff_user_id"], **page_arguments(query))


@notices.route("/notices/read", methods=["POST"])
@notices.arguments(schemas.NoticesRead)
@notices.once
@notices.response(200, schemas.UnreadNotices)
def read_notices(data: dict[str, Any], by: Any) -> Any:
    """Mark what you are told as read

    Up to the latest one that you have seen, where you name it: what came after it stays unread.
    """
    return services().staff.read_notices(**data, **by)


@notices.route("/notices/<uuid:id>/read", methods=["POST"])
@notices.once
@notices.response(200, schemas.Notice)
def read_notice(id: Any, by: Any) -> Any:
    """Mark one of them as read"""
    return services().staff.read_notice(id=str(id), **by)
