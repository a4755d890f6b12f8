"""The WSGI app of the screens: what every page passes on its way in and out, and what an error looks like."""

from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication
from zoneinfo import ZoneInfo, available_timezones

from flask import Flask, Response, g, redirect, request, url_for
from jinja2 import FileSystemLoader, StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from chassis import logs
from chassis.http import REQUEST_ID, ROUTE
from gateway.origin import SAFE, is_ours
from gateway.web import language, pages, parts
from gateway.web.activities import views as activities
from gateway.web.api import COOKIE, ApiProblem, api
from gateway.web.assets import Assets
from gateway.web.bin import views as bin
from gateway.web.contacts import views as contacts
from gateway.web.imports import views as imports
from gateway.web.lists import many, saved
from gateway.web.lists import views as lists
from gateway.web.mass import views as mass
from gateway.web.merging import views as merging
from gateway.web.notices import views as notices
from gateway.web.organizations import views as organizations
from gateway.web.records import picks as belonging
from gateway.web.sales import papers
from gateway.web.sales import views as sales
from gateway.web.settings import calendar, issuer, people
from gateway.web.settings import views as settings
from gateway.web.shell import views as shell
from gateway.web.tickets import views as tickets

BLUEPRINTS = (
    *(shell.shell, contacts.contacts, organizations.organizations, imports.imports),
    *(lists.lists, saved.saved, many.many, mass.mass, bin.bin, merging.merging),
    *(activities.activities, belonging.picks),
    *(tickets.tickets, notices.notices),
    *(sales.opportunities, sales.quotes, sales.invoices, papers.papers),
    *(settings.settings, people.people, calendar.calendar, issuer.issuer),
)
ZONE_COOKIE = "musubi_zone"
ZONES = available_timezones()
MAX_FORM = 2_000_000
# Before the log-in: to take a form of two million signs apart keeps everybody else waiting for seconds.
MAX_STRANGERS_FORM = 20_000
PUBLIC = frozenset({"shell.log_in", "shell.log_in_form", "shell.preferences", "shell.static_file", "shell.icon"})
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # data: are the small drawings inside of tabler.css. No script, style or address of anybody else.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Vary": "Cookie, HX-Request",
}

log = logs.logger(__name__)


def create_screens(api_target: WSGIApplication | str, *, trusted_proxies: int = 0) -> Flask:
    """The screens. ``api_target``: the API's app, or where the API answers."""
    app = Flask("gateway.web", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_FORM, MAX_FORM_MEMORY_SIZE=MAX_FORM, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.jinja_loader = FileSystemLoader(Path(__file__).parent)
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.extensions["musubi_api"] = api_target
    app.extensions["musubi_assets"] = Assets()
    language.install(app)
    pages.install(app)
    app.before_request(_enter)
    app.after_request(_leave)
    app.register_error_handler(ApiProblem, _from_problem)
    app.register_error_handler(HTTPException, _from_http_exception)
    app.register_error_handler(Exception, _from_bug)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if trusted_proxies:
        hops = trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's own way
    return app


def _enter() -> Any:
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else "unknown"
    g.language = language.chosen(request)
    zone = request.cookies.get(ZONE_COOKIE, "")
    g.zone = ZoneInfo(zone) if zone in ZONES else None
    if "\x00" in request.path or any("\x00" in text for pair in request.args.items(multi=True) for text in pair):
        return pages.error(400)
    if request.method not in SAFE and not is_ours(request):
        return pages.error(403, language.gettext(parts.NOT_FROM_HERE))
    if "chunked" in request.headers.get("Transfer-Encoding", ""):
        # No browser sends a form so. Beyond its limit it would be cut off, and the rest taken for the whole.
        return pages.error(411)
    if request.endpoint in PUBLIC:
        request.max_content_length = MAX_STRANGERS_FORM
        return None
    return _know_who_asks()


def _know_who_asks() -> Any:
    """The session, or the way to one. A link on another site comes without our cookie, and once more with it."""
    if COOKIE not in request.cookies:
        if request.headers.get("Sec-Fetch-Site") == "cross-site" and request.method == "GET":
            return pages.once_more()
        return _to_log_in()
    g.principal = api().get("/sessions/current")
    return None


def _to_log_in() -> Response:
    """To the log-in page, and back to where one wanted to go."""
    if pages.is_htmx():
        wanted = pages.asked_from() or "/"
        return Response(status=204, headers={"HX-Redirect": url_for("shell.log_in_form", next=wanted)})
    wanted = pages.asked_for() if request.method == "GET" else "/"
    return redirect(url_for("shell.log_in_form", next=wanted))  # type: ignore[return-value]  # werkzeug's class


def _from_problem(problem: ApiProblem) -> Any:
    if problem.status == 401:
        response = _to_log_in()
        response.delete_cookie(COOKIE, path="/", samesite="Strict", httponly=True)
        return response
    return pages.error(problem.status, problem.detail, request_id=problem.request_id)


def _from_http_exception(error: HTTPException) -> Any:
    if isinstance(error.response, Response):
        return error.response
    return pages.error(error.code or 500) if error.code != 308 else error


def _from_bug(error: Exception) -> Any:
    request_id = request.environ.get(REQUEST_ID, "")
    log.error("screen failed", exc_info=error, request_id=request_id)
    return pages.error(500, request_id=request_id)


def _leave(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
