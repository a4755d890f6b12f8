"""Showing a template: whole, or the part of it that htmx asked for; errors; words of success with Undo."""

from typing import Any
from uuid import UUID

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from jinja2_fragments.flask import render_block
from werkzeug.routing import BuildError

from gateway.web import formats, parts
from gateway.web.activities import fields as activities
from gateway.web.assets import Assets
from gateway.web.language import LANGUAGES, gettext, language
from gateway.web.lists import fields
from gateway.web.records import happenings
from gateway.web.sales import lines
from gateway.web.tickets import fields as tickets

THEME_COOKIE = "musubi_theme"
THEMES = ("auto", "light", "dark")
TOAST_COOKIE = "musubi_toast"
FORMS = ("/new", "/edit", "/choose")
# The mass change that goes on, whose progress is shown.
WORK_COOKIE = "musubi_mass_change"
ERROR_PAGES = {400, 403, 404, 405, 410, 429, 503, 504}


def install(app: Flask) -> None:
    """What every template has at hand."""
    assets: Assets = app.extensions["musubi_assets"]
    app.jinja_env.globals.update(
        asset=assets.url,
        formats=formats,
        languages=LANGUAGES,
        navigation=parts.NAVIGATION,
        phone_kinds=parts.PHONE_KINDS,
        field_words=happenings.STATUSES | activities.WORDS | tickets.WORDS | fields.CHOICES,
        reminders=activities.reminders,
        line_labels=lines.LABELS,
        line_empty=lines.EMPTY,
        tax_rates=lines.RATES,
        pages_of=parts.PAGES,
        opt_outs=parts.OPT_OUTS,
    )
    app.jinja_env.filters["list_label"] = lambda name: gettext(fields.label(name))
    app.context_processor(_surroundings)
    app.after_request(_clear_toast)


def is_htmx() -> bool:
    """Whether a part of a page is asked for, not a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def show(template: str, *, part: str | None = None, status: int = 200, **values: Any) -> Response:
    """The page; where htmx asks, only the block ``part`` of it."""
    html = render_block(template, part, **values) if part and is_htmx() else render_template(template, **values)
    return make_response(html, status)


def go(endpoint: str, *, toast: str | None = None, about: Any = "", **values: Any) -> Response:
    """To another page, which then says ``toast``, one of ``parts.TOASTS``; its Undo is for the record ``about``."""
    return go_to(url_for(endpoint, **values), toast=toast, about=about)


def go_to(url: str, *, toast: str | None = None, about: Any = "") -> Response:
    """As ``go``, to an address of ours."""
    away = Response(status=204, headers={"HX-Redirect": url})
    response = away if is_htmx() else make_response(redirect(url, 303))
    if toast:
        response.set_cookie(TOAST_COOKIE, f"{toast}:{about}", max_age=60, samesite="Strict", httponly=True, path="/")
    return response


def back(otherwise: str, *, toast: str | None = None, about: Any = "") -> Response:
    """To the page that was asked from, where it is known and no form; else to another address of ours."""
    here = asked_from()
    known = here and not here.partition("?")[0].endswith(FORMS)
    return go_to(here if known else otherwise, toast=toast, about=about)


def asked_from() -> str:
    """The page that the request comes from, as an address of ours; empty where that is not known."""
    # Scheme, nothing, host, path: a browser sends all of them, anybody else whatever they like.
    there = (request.headers.get("HX-Current-URL") or request.referrer or "").split("/", 3)
    return local_path(f"/{there[3].partition('#')[0]}") if len(there) == 4 else ""


def error(status: int, detail: str = "", *, request_id: str = "") -> Response:
    """What cannot be shown, and what to do; in the place of the part where only that was asked for."""
    kind = status if status in ERROR_PAGES else 500 if status >= 500 else 400
    title, advice = parts.ERRORS[kind]
    values = {"title": title, "advice": advice, "detail": detail, "code": status, "request_id": request_id}
    template = "shell/error.html" if "principal" in g or is_htmx() else "shell/error_outside.html"
    return show(template, part="trouble", status=status, **values)


def once_more() -> Response:
    """A page that asks for itself again, now as one of ours: the session's cookie comes along only then."""
    return make_response(render_template("shell/once_more.html", url=asked_for()))


def asked_for() -> str:
    """The address of this request, where it is one on this host: a browser takes ``/\\`` for the begin of another's."""
    return local_path(request.full_path.rstrip("?"))


def local_path(wanted: str | None) -> str:
    """The path, where it is one on this host; else the first page."""
    wanted = wanted or "/"
    here = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if here and wanted.isprintable() else "/"


def _surroundings() -> dict[str, Any]:
    theme = request.cookies.get(THEME_COOKIE, "auto")
    return {
        "language": language(),
        "theme": theme if theme in THEMES else "auto",
        "principal": g.get("principal"),
        "can_write": "write" in (g.get("principal") or {}).get("scopes", ()),
        "toast": _toast(),
        "work": _work(),
        "here": asked_for(),
    }


def _work() -> UUID | None:
    """The mass change that was begun in this browser and goes on."""
    try:
        return UUID(request.cookies.get(WORK_COOKIE, ""))
    except ValueError:
        return None


def _toast() -> dict[str, Any] | None:
    """What the page before left to say. The cookie holds a word, an id, and what Undo needs besides; none is shown."""
    word, _, about = request.cookies.get(TOAST_COOKIE, "").partition(":")
    if word not in parts.TOASTS or is_htmx():
        return None
    sentence, undo = parts.TOASTS[word]
    try:
        id, _, further = about.partition(":")
        more: dict[str, Any] = {}
        if further:
            more = _further(further)
        url = url_for(undo, id=UUID(id), **more) if undo else None
    except (ValueError, BuildError):
        url = None
    g.toast_shown = True
    return {"sentence": gettext(sentence), "undo": url}


def _further(text: str) -> dict[str, Any]:
    if text.isdecimal():
        return {"place": int(text)}
    return {"before": text} if "=" in text else {"other": UUID(text)}


def _clear_toast(response: Response) -> Response:
    if g.get("toast_shown") and TOAST_COOKIE not in "".join(response.headers.getlist("Set-Cookie")):
        response.delete_cookie(TOAST_COOKIE, path="/", samesite="Strict", httponly=True)
    return response


def assets() -> Assets:
    """The files for the browser."""
    return current_app.extensions["musubi_assets"]
