"""Log-in and log-out, language and theme, quick search, files."""

from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, Response, make_response, redirect, request

from gateway.parallel import together
from gateway.web import pages
from gateway.web.api import COOKIE, ApiProblem, Values, api
from gateway.web.language import COOKIE as LANGUAGE_COOKIE
from gateway.web.language import LANGUAGES, gettext, msg
from gateway.web.pages import THEME_COOKIE, THEMES, go, local_path, show

YEAR = 365 * 24 * 3600


class Found(NamedTuple):
    """How many of a kind the quick search shows beside contacts, its icon, its page, and the field with its name."""

    most: int
    icon: str
    page: str
    name: str


FOUND = {
    "organizations": Found(3, "building", "organizations.show_organization", "name"),
    "opportunities": Found(3, "target", "opportunities.show", "name"),
    "quotes": Found(3, "file-text", "quotes.show", "subject"),
    "invoices": Found(3, "file-invoice", "invoices.show", "subject"),
}
PEOPLE = 6
WRONG = msg("The log-in name or the password is wrong.")
WAIT_MINUTES = msg("Too many failed attempts. Wait %(minutes)s min, then try again.")
WAIT_SECONDS = msg("Too many failed attempts. Wait %(seconds)s s, then try again.")
AWAY = msg("Logging in is not possible at the moment. Try again shortly.")
MISSING_LOGIN, MISSING_PASSWORD = msg("Type your log-in name."), msg("Type your password.")

shell = Blueprint("shell", __name__)


@shell.get("/")
def home() -> Any:
    """The first page."""
    return redirect("/contacts")


@shell.get("/login")
def log_in_form() -> Response:
    """The door."""
    return _door()


@shell.post("/login")
def log_in() -> Response:
    """Come in, and go where one wanted to."""
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    sentences = {"login": MISSING_LOGIN, "password": MISSING_PASSWORD}
    missing = {name: text for name, text in sentences.items() if not request.form.get(name)}
    if missing:
        return _door(login=login, errors=missing, status=422)
    try:
        answer = api().log_in(login, password)
    except ApiProblem as problem:
        return _door(login=login, errors={"password": _refusal(problem)}, status=problem.status)
    response = make_response(redirect(local_path(request.form.get("next")), 303))
    for cookie in answer.headers.get_list("Set-Cookie"):
        response.headers.add("Set-Cookie", cookie)
    return response


@shell.post("/logout")
def log_out() -> Response:
    """Go out; the session ends."""
    api().delete("/sessions/current")
    response = go("shell.log_in_form", toast="logged_out")
    response.delete_cookie(COOKIE, path="/", samesite="Strict", httponly=True)
    return response


@shell.post("/preferences")
def preferences() -> Response:
    """Another language or theme, and back to the same page."""
    response = make_response(redirect(local_path(request.form.get("back")), 303))
    for cookie, name, choices in ((LANGUAGE_COOKIE, "language", LANGUAGES), (THEME_COOKIE, "theme", THEMES)):
        value = request.form.get(name, "")
        if value in choices:
            response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", path="/", secure=request.is_secure)
    return response


@shell.get("/search")
def search() -> Response:
    """What the quick search finds as one types."""
    text = request.args.get("q", "").strip()[:200]
    most = {"contacts": PEOPLE, **{plural: found.most for plural, found in FOUND.items()}}
    asked = together(**{plural: partial(_found, plural, text, most[plural]) for plural in most}) if text else {}
    people = asked.pop("contacts", [])
    return show("shell/search.html", part="found", text=text, people=people, others=asked, searched=FOUND)


def _found(plural: str, text: str, most: int) -> list[Values]:
    """The first of a kind; nothing of those beside contacts where their service does not answer."""
    try:
        items: list[Values] = api().get(f"/{plural}", query=text, limit=most)["items"]
    except ApiProblem:
        if plural == "contacts":
            raise
        return []
    return items


@shell.get("/static/<string(maxlength=20):version>/<string(maxlength=60):name>")
def static_file(version: str, name: str) -> Response:
    """A file for the browser."""
    return pages.assets().response(version, name)


@shell.get("/favicon.ico")
def icon() -> Response:
    """Where browsers look for an icon unasked."""
    return pages.assets().response(pages.assets().version, "mark.svg")


def _door(*, login: str = "", errors: dict[str, str] | None = None, status: int = 200) -> Response:
    wanted = local_path(request.values.get("next"))
    return show("shell/log_in.html", login=login, wanted=wanted, errors=errors or {}, status=status)


def _refusal(problem: ApiProblem) -> str:
    if problem.status == 429:
        seconds = max(problem.retry_after, 1)
        if seconds > 90:
            return gettext(WAIT_MINUTES, minutes=-(-seconds // 60))
        return gettext(WAIT_SECONDS, seconds=seconds)
    return AWAY if problem.status >= 500 else WRONG
