"""What a view needs to call services: the clients, who asks, the caller's key."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from flask import Response, after_this_request, current_app, g, request

from chassis import deadline
from chassis.ids import new_id
from chassis.settings import settings
from contracts.errors import Invalid, MusubiError
from gateway.parallel import together

MAX_PEOPLE = 2_000
ACCEPTABLE_KEY = re.compile(r"[!-~]{1,100}\Z")


def services() -> Any:
    """The RPC clients: one attribute for each service.

    From the first use on, all calls that a view makes have the time of one together. What is streamed after the view
    has its own, and so has reading the body before it: a client may be slow.
    """
    if "time" not in g:
        g.time = ExitStack()
        g.time.enter_context(deadline.within(settings().rpc_timeout))
        after_this_request(_end_time)
    return current_app.extensions["musubi"]


def _end_time(response: Response) -> Response:
    g.pop("time").close()
    return response


def actor() -> dict[str, str]:
    """Who asks, in the form that services record."""
    # A session is a person's at a screen, an API token a program's.
    source = "screen" if g.principal.get("session_id") else "api"
    return {"staff_user_id": g.principal["staff_user_id"], "name": g.principal["name"], "source": source}


def people_of(organization_id: str) -> list[str]:
    """The contacts of an organization whose mails and tickets are told with its own; NotFound.

    Of more than MAX_PEOPLE those who came in last.
    """
    ids: list[str] = services().contacts.organization_people(id=organization_id, limit=MAX_PEOPLE)
    return ids


def lineage_of(kind: str, id: str) -> list[str]:
    """A record, of an organization its people too, and all that was merged into these; NotFound."""
    ids: list[str] = services().contacts.lineage(kind=kind, id=id, people=MAX_PEOPLE)
    return ids


def viewer() -> dict[str, Any]:
    """Who looks at a list: what "mine" means is what the staff user or a group it belongs to is in charge of."""
    return {"staff_user_id": g.principal["staff_user_id"], "group_ids": g.principal.get("group_ids", [])}


def names_key() -> bool:
    """Whether the client names an idempotency key of its own."""
    return "Idempotency-Key" in request.headers


def scoped_key(otherwise: str | None = None) -> str:
    """The request's Idempotency-Key, made the caller's and this path's own. Invalid for an odd one.

    Without one it is ``otherwise``, or a word for this request alone: the broker may deliver a call twice.
    """
    key = request.headers.get("Idempotency-Key", otherwise or new_id())
    if not ACCEPTABLE_KEY.match(key):
        sentence = "Take 1 to 100 ASCII signs without spaces."
        raise Invalid("The Idempotency-Key cannot be used.", fields={"Idempotency-Key": [sentence]})
    route = request.url_rule.endpoint if request.url_rule else ""
    subject = (request.view_args or {}).get("id", "")
    return f"{g.principal['staff_user_id']}:{route}:{subject}:{key}"


def or_none(call: Callable[[], Any]) -> Callable[[], Any]:
    """``call``, but None where its service does not answer or refuses: the rest of the page is still worth showing."""

    def attempt() -> Any:
        try:
            return call()
        except MusubiError:
            return None

    return attempt


def each_alone(**calls: Callable[[], Any]) -> dict[str, Any]:
    """As ``together``, but the answer of a call that is refused is its refusal, a ``MusubiError``."""
    return together(**{name: _answer_or_refusal(call) for name, call in calls.items()})


def _answer_or_refusal(call: Callable[[], Any]) -> Callable[[], Any]:
    def attempt() -> Any:
        try:
            return call()
        except MusubiError as refusal:
            return refusal

    return attempt
