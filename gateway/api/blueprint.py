"""What the views of every resource share: paths under /api/v1, pages, versions, idempotency keys; and their docs."""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import flask_smorest
from flask import request

from contracts.errors import PreconditionFailed
from gateway.api import owners
from gateway.calls import actor, scoped_key
from gateway.json_body import BoundedParser
from gateway.problems import PreconditionRequired

PREFIX = "/api/v1"
ETAG = re.compile(r'(?:W/)?"(\d{1,9})(?:-[0-9a-f]{16})?"\Z')

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the record as you read it. 428 without it, 412 when the record has changed since.",
    "schema": {"type": "string"},
    "example": '"3"',
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "An ETag that you have: 304 without a body while it is still the present one.",
    "schema": {"type": "string"},
}
LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The id of the last event you got; sent by browsers by themselves when they come back.",
    "schema": {"type": "string"},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A word of your own for this request, 1 to 100 signs. Repeated with it, the request has one effect "
    "and the same answer.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,100}$"},
}
# Marks that views carry; the document gets the header in their place (two lists of parameters would not add up).
HEADERS: dict[str, dict[str, Any]] = {
    "x-takes-if-match": IF_MATCH,
    "x-takes-if-none-match": IF_NONE_MATCH,
    "x-takes-idempotency-key": IDEMPOTENCY_KEY,
    "x-takes-last-event-id": LAST_EVENT_ID,
}


class Resource(flask_smorest.Blueprint):
    """The views of one resource."""

    ARGUMENTS_PARSER = BoundedParser()

    def __init__(self, name: str, *, description: str) -> None:
        """``name`` is the first part of the endpoints, which ``gateway.access`` speaks of."""
        super().__init__(name, __name__, description=description, url_prefix=PREFIX)

    def arguments(self, schema: Any, *, location: str = "json", **kwargs: Any) -> Callable[..., Any]:
        """As flask-smorest's; whoever a body puts in charge of something can be."""
        parsed = super().arguments(schema, location=location, **kwargs)
        charged = owners.fields_of(schema) if location == "json" else []

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def checked(*args: Any, **kwargs: Any) -> Any:
                # What was parsed last stands last.
                owners.check(charged, args[-1])
                return view(*args, **kwargs)

            return parsed(checked if charged else view)

        return decorate

    def page_of(self, schema: Any) -> Callable[..., Any]:
        """The view returns a service's page ``{items, next}``; it is sent with links to the next one."""
        headers = {"Link": {"description": "The next page, rel=next (RFC 8288).", "schema": {"type": "string"}}}

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def paged(*args: Any, **kwargs: Any) -> Any:
                return _with_links(view(*args, **kwargs))

            return self.response(200, schema, headers=headers)(paged)

        return decorate

    def versioned(self, status: int, schema: Any, *, shows_more: bool = False) -> Callable[..., Any]:
        """The view returns a record with a ``version``; it is sent as the ETag, and 304 answers If-None-Match.

        ``shows_more``: than the record itself, such as its mails, which come without a new version of it.
        """
        headers = {"ETag": {"description": "The version of the record.", "schema": {"type": "string"}}}

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def tagged(*args: Any, **kwargs: Any) -> Any:
                record = view(*args, **kwargs)
                etag = f'"{record["version"]}-{_mark(record)}"' if shows_more else f'"{record["version"]}"'
                if request.method == "GET" and request.if_none_match.contains_weak(etag.strip('"')):
                    return "", 304, {"ETag": etag}
                return record, status, {"ETag": etag}

            return self.response(status, schema, headers=headers)(tagged)

        return decorate

    def needs_version(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """The view gets ``version`` from If-Match."""

        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            return view(*args, version=version_asked_for(), **kwargs)

        return self.doc(**{"x-takes-if-match": True})(checked)

    def once(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """The view gets ``by``: who asks, and the idempotency key; both go to the service as they are."""

        @wraps(view)
        def keyed(*args: Any, **kwargs: Any) -> Any:
            return view(*args, by={"actor": actor(), "idempotency_key": scoped_key()}, **kwargs)

        return self.doc(**{"x-takes-idempotency-key": True})(keyed)


def version_asked_for() -> int:
    """The version in If-Match. PreconditionRequired without it, PreconditionFailed when it is not one of ours."""
    given = request.headers.get("If-Match")
    if not given:
        raise PreconditionRequired("Send the record's ETag in If-Match, so that nobody's change is overwritten unseen.")
    version = ETAG.match(given.strip())
    if version is None:
        raise PreconditionFailed("If-Match holds no ETag of this record. Read the record and send the ETag you get.")
    return int(version[1])


def _mark(record: Any) -> str:
    """Another one for each other content."""
    return hashlib.blake2s(json.dumps(record, sort_keys=True).encode(), digest_size=8).hexdigest()


def page_arguments(query: dict[str, Any]) -> dict[str, Any]:
    """Query parameters as RPC arguments: without those that were left out."""
    return {name: value for name, value in query.items() if value is not None}


def in_memory_page(items: list[Any]) -> dict[str, Any]:
    """A list that never grows long, in the form of a page."""
    return {"items": items, "next": None}


def _with_links(page: Any) -> Any:
    following = page.get("next")
    if not following:
        return {**page, "next": None}
    query = {**request.args.to_dict(), "cursor": following}
    url = f"{request.path}?{urlencode(query)}"
    return {**page, "next": url}, 200, {"Link": f'<{url}>; rel="next"'}
