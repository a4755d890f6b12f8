"""The secret address at which a calendar program reads one's own activities."""

from urllib.parse import urlsplit
from uuid import uuid4

from flask import Blueprint, Response, request

from gateway.web.api import Values, api
from gateway.web.pages import go, show

calendar = Blueprint("calendar", __name__, url_prefix="/settings/calendar")


@calendar.get("")
def index() -> Response:
    """Whether there is an address, and how to get one."""
    return _page(api().get("/calendar-address"))


@calendar.post("")
def renew() -> Response:
    """Another address, shown this once; the one before ends."""
    made = api().post("/calendar-address", once=request.form.get("once", "")[:100])
    # The API may be known by another name within; programs outside know this one.
    url = made["url"] and request.host_url.rstrip("/") + urlsplit(made["url"]).path
    return _page(made, url=url or "")


@calendar.post("/withdraw")
def withdraw() -> Response:
    """The address ends."""
    api().delete("/calendar-address")
    return go("calendar.index", toast="calendar_withdrawn")


def _page(found: Values, *, url: str = "") -> Response:
    return show("settings/calendar.html", found=found, url=url, once=uuid4().hex)
