"""Dead letters of each service, and the live feed."""

from typing import Any

from flask import Response, current_app, g, request

from chassis.http import stream
from contracts.errors import MusubiError
from gateway import access
from gateway.api.blueprint import Resource, page_arguments
from gateway.api.schemas import operations as schemas
from gateway.api.schemas.common import Done, PageQuery
from gateway.authentication import token_of
from gateway.calls import services

dead_letters = Resource("dead_letters", description="Events that no try could handle, kept to be replayed.")
live = Resource("live", description="What is happening just now.")

# The services that read events and so may have dead letters; their names are part of the paths.
READERS = ("contacts", "matcher", "leads", "tickets", "history", "activities", "mail_ingest", "staff")
LETTERS = f"/services/<any({', '.join(READERS)}):service>/dead-letters"


@dead_letters.route(LETTERS, methods=["GET"])
@dead_letters.arguments(PageQuery, location="query")
@dead_letters.page_of(schemas.DeadLetterPage)
def list_dead_letters(query: dict[str, Any], service: str) -> Any:
    """List the dead letters of a service, newest first"""
    return getattr(services(), service).dead_letters(**page_arguments(query))


@dead_letters.route(f"{LETTERS}/<uuid:id>", methods=["GET"])
@dead_letters.response(200, schemas.DeadLetterInFull)
def get_dead_letter(service: str, id: Any) -> Any:
    """Read a dead letter with the event as it arrived"""
    return getattr(services(), service).dead_letter(id=str(id))


@dead_letters.route(f"{LETTERS}/<uuid:id>/replay", methods=["POST"])
@dead_letters.once
@dead_letters.response(202, Done)
def replay_dead_letter(service: str, id: Any, by: Any) -> Any:
    """Send a dead letter to its service once more

    409 when that was done already; if it fails again, it is there again with its new error.
    """
    getattr(services(), service).replay_dead_letter(id=str(id), **by)
    return {"id": str(id)}


@live.route("/live", methods=["GET"])
@live.doc(**{"x-takes-last-event-id": True})
@live.arguments(schemas.LiveQuery, location="query")
@live.response(200, {"type": "string"}, content_type="text/event-stream")
def follow(query: dict[str, Any]) -> Any:
    """Follow every event as it happens (server-sent events)

    Each event carries its id, its type and its CloudEvent as JSON; a comment comes every 15 s. Who comes back with
    `Last-Event-ID` gets what was missed, as far as the last 1,000 events go, else an event `gap`. Everybody gets one
    when events went by unheard because the broker was away. It means: read the lists anew.
    """
    hub = current_app.extensions["musubi_live"]
    client = hub.subscribe(
        principal_id=g.principal["staff_user_id"],
        wanted=tuple(word.strip() for word in query["types"].split(",") if word.strip()),
        last_event_id=request.headers.get("Last-Event-ID"),
    )
    stream(request.environ)
    response = Response(hub.stream(client, still_welcome=_still_welcome()), content_type="text/event-stream")
    # Not at the end of the stream: the answer to HEAD never begins it.
    response.call_on_close(lambda: hub.unsubscribe(client))
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _still_welcome() -> Any:
    token, staff = token_of(request) or "", services().staff
    authenticator = current_app.extensions["musubi_authenticator"]

    def ask() -> bool:
        try:
            return access.may(authenticator.principal(token, staff), "read")
        except MusubiError:
            return False

    return ask
