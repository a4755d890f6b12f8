"""The WSGI app: blueprints, and what every request passes on its way in and out."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Flask, Response, current_app, g, request
from flask.json.provider import JSONProvider
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from chassis.http import REQUEST_ID, ROUTE
from chassis.networks import client_network
from contracts.errors import TooManyRequests
from gateway import access, documentation, language, problems
from gateway.api import (
    activities,
    calendars,
    documents,
    exchange,
    images,
    lists,
    mail,
    mass_changes,
    matching,
    merging,
    names,
    notices,
    operations,
    people,
    relations,
    sales,
    staff,
    work,
)
from gateway.authentication import Authenticator, check_same_origin, token_of
from gateway.live import LiveHub
from gateway.rate_limit import RateLimit
from gateway.settings import GatewaySettings

MAX_BODY = 25 * 1024 * 1024
BLUEPRINTS = (
    staff.sessions,
    mail.messages,
    matching.decisions,
    matching.actions,
    people.contacts,
    people.organizations,
    people.contacts_settings,
    lists.lists,
    lists.list_views,
    mass_changes.mass_changes,
    exchange.imports,
    exchange.exports,
    names.names,
    relations.relations,
    merging.merges,
    images.images,
    work.leads,
    work.tickets,
    sales.opportunities,
    sales.quotes,
    sales.invoices,
    sales.issuer,
    work.history,
    documents.documents,
    activities.activities,
    calendars.calendars,
    mail.mailboxes,
    mail.quarantine,
    operations.live,
    operations.dead_letters,
    staff.staff_users,
    staff.staff_groups,
    staff.api_tokens,
    notices.notices,
)
# As which browsers and programs send CSV and vCard; never as a form, which any site could send.
LIST_TYPES = frozenset(
    {"application/octet-stream", "text/csv", "text/vcard", "text/x-vcard", "application/vnd.ms-excel"}
)
# The calls whose body is a file, and as what it is sent.
TAKES_FILES = {
    "imports.upload_import": LIST_TYPES,
    "documents.upload_document": frozenset({"application/octet-stream"}),
}
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
}


class FastJson(JSONProvider):
    """JSON by orjson: Japanese text as it is, not as escapes."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """JSON text; the numbers of list entries in marshmallow's messages become strings."""
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value of JSON text."""
        return orjson.loads(s)


class Gateway(Flask):
    """Flask, with JSON by orjson and no automatic OPTIONS."""

    json_provider_class = FastJson


def create_app(back_ends: Any, *, hub: LiveHub | None = None, settings: GatewaySettings | None = None) -> Flask:
    """The API. ``back_ends`` has an attribute for each service, with a method for each of its calls."""
    chosen = settings or GatewaySettings()
    app = Gateway("gateway", static_folder=None)
    app.config.update(
        API_TITLE="Musubi",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        MAX_CONTENT_LENGTH=MAX_BODY,
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    app.extensions["musubi"] = back_ends
    app.extensions["musubi_live"] = hub or LiveHub(max_clients=chosen.live_clients)
    app.extensions["musubi_authenticator"] = Authenticator()
    _guard(app, chosen)
    api = Api(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    documentation.install(app, api)
    problems.install(app)
    if chosen.trusted_proxies:
        hops = chosen.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's own way
    return app


def _guard(app: Flask, settings: GatewaySettings) -> None:
    named, anonymous = RateLimit(settings.requests_per_minute), RateLimit(settings.anonymous_per_minute)

    def enter() -> None:
        request.environ[ROUTE] = request.url_rule.rule if request.url_rule else "unknown"
        _check_form()
        g.principal = _principal(named, anonymous)
        if not access.is_public(request.endpoint):
            access.check(str(request.endpoint), g.principal)
            check_same_origin(request)

    app.before_request(enter)
    app.after_request(_leave)


def _check_form() -> None:
    """Refuse what no view should have to think of: NUL in path or query, a body that is not JSON."""
    if "\x00" in request.path or any("\x00" in text for pair in request.args.items(multi=True) for text in pair):
        raise problems.MalformedRequest("The path or the query holds a NUL character (%00). Leave it out.")
    has_body = bool(request.content_length) or "chunked" in request.headers.get("Transfer-Encoding", "")
    if not has_body or request.method in ("GET", "HEAD") or request.endpoint is None:
        return
    if request.endpoint in TAKES_FILES:
        if request.mimetype not in TAKES_FILES[request.endpoint]:
            known = ", ".join(sorted(TAKES_FILES[request.endpoint]))
            raise problems.UnsupportedMediaType(f"The body must be the file itself. Send it as one of: {known}.")
    elif request.mimetype != "application/json":
        raise problems.UnsupportedMediaType("The body must be JSON. Send Content-Type: application/json.")


def _principal(named: RateLimit, anonymous: RateLimit) -> Mapping[str, Any] | None:
    """Who asks, counted. A token that is new to us counts for its address until the staff service knows it.

    Counted first, so that who guesses tokens does not keep the staff service from those who log in.
    """
    token = None if access.is_public(request.endpoint) else token_of(request)
    authenticator: Authenticator = current_app.extensions["musubi_authenticator"]
    address = client_network(request.remote_addr)
    stranger = token is None or not authenticator.remembers(token)
    if stranger:
        _count(anonymous, address)
    if token is None:
        return None
    principal = authenticator.principal(token, current_app.extensions["musubi"].staff)
    if stranger:
        anonymous.take_back(address)
    _count(named, principal["staff_user_id"])
    return principal


def _count(limit: RateLimit, key: str) -> None:
    verdict = limit.hit(key)
    g.rate = limit.per_minute, verdict
    if not verdict.allowed:
        raise TooManyRequests("Too many requests. Wait as Retry-After says.", retry_after=verdict.retry_after)


def _leave(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if REQUEST_ID in request.environ:
        response.headers["X-Request-Id"] = request.environ[REQUEST_ID]
    if "rate" in g:
        per_minute, verdict = g.rate
        response.headers["RateLimit-Policy"] = f'"default";q={per_minute};w=60'
        response.headers["RateLimit"] = f'"default";r={verdict.remaining};t=60'
    language.mark(response)
    return response
