"""The form of a record of any kind, in the drawer or as a page of its own; delete and restore."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid4

from flask import Blueprint, Response, g, request, url_for

from gateway.web import pages
from gateway.web.api import ApiProblem, api
from gateway.web.language import gettext, msg
from gateway.web.records import forms
from gateway.web.records.forms import Shape
from gateway.web.records.kinds import Kind, parts
from gateway.web.records.labels import field_label, labels_of

EMPTY = msg("Is required: fill it in.")
UNCHOSEN = msg("Choose one of the suggestions, or leave it empty.")
REASONS = {
    "same_address": msg("the same mail address"),
    "same_phone": msg("the same phone number"),
    "same_name": msg("the same name"),
    "same_website": msg("the same website"),
    "similar_name": msg("a similar name"),
}
SHOWN = 3
MOST_GIVEN = 20
# Refusals that a form cannot mend: they are shown as a page.
ELSEWHERE = frozenset({401, 403, 404})


def install(blueprint: Blueprint, kind: Kind) -> None:
    """Add the views to the blueprint of a kind."""
    one = "/<uuid:id>"
    routes: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
        ("GET", "/new", "new", new),
        ("POST", "/new", "create", create),
        ("GET", f"{one}/edit", "edit", edit),
        ("POST", f"{one}/edit", "update", update),
        ("POST", f"{one}/delete", "remove", remove),
        ("POST", f"{one}/restore", "restore", restore),
        ("POST", "/likely", "likely", likely),
    )
    for method, path, endpoint, view in routes:
        blueprint.add_url_rule(path, endpoint, partial(view, kind), methods=[method])


def new(kind: Kind, **filled: Any) -> Response:
    """An empty form but for ``filled``; what the address names is filled in (`/contacts/new?organization_id=…`).

    `?copy=` names a record that the new one begins as a duplicate of.
    """
    like = _like(kind)
    values = forms.of_record(kind, {"owner_id": g.principal["staff_user_id"], **kind.begin, **like, **filled})
    return _form(kind, {**values, **_given(kind, values)}, like=like)


def _like(kind: Kind) -> dict[str, Any]:
    """What a duplicate takes over of the record that the address names."""
    id = request.args.get("copy", type=UUID)
    if kind.own is None or id is None:
        return {}
    return {name: value for name, value in api().get(f"{kind.path}/{id}").items() if name not in kind.own}


def _given(kind: Kind, values: Shape) -> Shape:
    texts = {name: text[:200] for name, text in request.args.items() if isinstance(values.get(name), str)}
    several = {name: request.args.getlist(name)[:MOST_GIVEN] for name in kind.lists if name in request.args}
    return texts | several


def create(kind: Kind) -> Response:
    """A new record, and to its page."""
    values = forms.typed(kind, request.form)
    if refused := _incomplete(kind, values):
        return refused
    filled = forms.body(kind, values, forms.differing(values, forms.of_record(kind, {})))
    try:
        made = api().post(kind.path, {**kind.fixed, **filled}, once=_once())
    except ApiProblem as problem:
        return _refused(kind, values, problem)
    if kind.stays:
        return pages.back(url_for(kind.page, id=made["id"]), toast=f"{kind.name}_created", about=made["id"])
    return pages.go(kind.page, toast=f"{kind.name}_created", id=made["id"])


def edit(kind: Kind, id: Any) -> Response:
    """The form of a record."""
    record = api().get(f"{kind.path}/{id}")
    values = forms.of_record(kind, record)
    return _form(kind, values, base=values, record=record)


def update(kind: Kind, id: Any) -> Response:
    """What was changed goes to the API; the rest is left alone, whoever else works at it."""
    values, base = forms.typed(kind, request.form), forms.unpack(kind, request.form.get("base", ""))
    at = {"id": str(id), "version": _version(), "rounding": request.form.get("rounding", "")[:10]}
    if (name := request.form.get("take", "")) in base:
        both = request.form.getlist("both")
        return _form(kind, {**values, name: base[name]}, base=base, record=at, both=both, once=_once())
    if refused := _incomplete(kind, values, base=base, record=at):
        return refused
    changed = forms.differing(values, base)
    if changed:
        try:
            body = forms.body(kind, values, changed)
            api().patch(f"{kind.path}/{id}", body, version=at["version"], once=_once())
        except ApiProblem as problem:
            if problem.status == 412:
                return _overtaken(kind, str(id), values, base)
            return _refused(kind, values, problem, base=base, record=at)
    return _back(kind, id)


def remove(kind: Kind, id: Any) -> Response:
    """Into the recycle bin; the toast can undo it."""
    api().delete(f"{kind.path}/{id}")
    return pages.go(f"{kind.plural}.index", toast=f"{kind.name}_deleted", about=id)


def restore(kind: Kind, id: Any) -> Response:
    """Out of the recycle bin, and to its page."""
    api().post(f"{kind.path}/{id}/restore", once=uuid4().hex)
    return pages.go(kind.page, toast=f"{kind.name}_restored", id=id)


def likely(kind: Kind) -> Response:
    """Whether what is being typed is there already."""
    values = forms.typed(kind, request.form)
    body = forms.body(kind, values, (name for name in kind.told_apart_by if values[name]))
    if "phones" in body:
        body["phones"] = [phone["number"] for phone in body["phones"]]
    try:
        found = api().post(f"{kind.path}/duplicates", body)["items"] if body else []
    except ApiProblem:
        # What is half typed is refused now and then: saving tells why.
        found = []
    return pages.show("records/likely.html", part="likely", kind=kind, found=found[:SHOWN], reasons=REASONS)


def _form(
    kind: Kind,
    values: Shape,
    *,
    base: Shape | None = None,
    record: dict[str, Any] | None = None,
    both: list[str] | None = None,
    status: int = 200,
    **more: Any,
) -> Response:
    """``base``: the form as the record was read. ``both``: the fields that somebody else changed too."""
    compared = base or forms.of_record(kind, {})
    shown = {
        "kind": kind,
        "values": values,
        "base": compared,
        "packed": forms.pack(compared),
        "record": record,
        "labels": labels_of(kind, values, compared),
        "choices": _choices(kind),
        "errors": {},
        "faulty": _first_faulty(kind, more.get("errors", {})),
        "trouble": None,
        "both": [name for name in both or () if name in compared],
        "alone": [],
        "like": {},
        "who": None,
        "typed": request.method == "POST",
        "words": {},
        "action": _action(kind, record),
        "back": url_for(kind.page, id=record["id"]) if record else _home(kind),
        "parts": lambda block: list(parts(block)),
        "field_label": field_label,
        "once": uuid4().hex,
    }
    return pages.show("records/form.html", part="form", status=status, **{**shown, **more})


def _home(kind: Kind) -> str:
    """Where one was before an empty form: the list, or the contact or organization that the address names."""
    if kind.tabs:
        return kind.path
    named = [f"{name}:{request.args.get(f'{name}_id', '')}" for name in ("contact", "organization")]
    pairs = (one.partition(":") for one in [*named, *(request.args.get(name, "") for name in kind.lists)])
    return next((f"/{name}s/{quote(id)}" for name, _, id in pairs if id and name in ("contact", "organization")), "/")


def _action(kind: Kind, record: dict[str, Any] | None) -> str:
    """Where the form is sent to; it is also the name under which what was typed is kept."""
    if record:
        return url_for(f"{kind.plural}.update", id=record["id"], **kind.fixed)
    return request.full_path.rstrip("?")


def _refused(kind: Kind, values: Shape, problem: ApiProblem, **more: Any) -> Response:
    """The form again, with what was typed, and each sentence at its field."""
    if problem.status in ELSEWHERE:
        raise problem
    # Whether it was done is not known where no answer came: only the same key keeps it from being done twice.
    once = _once() if problem.status >= 500 else uuid4().hex
    errors = forms.sentences(problem.errors)
    strange = [f"{name}: {' '.join(told)}" for name, told in errors.items() if not _is_shown(kind, name)]
    trouble = None if errors and not strange else " ".join([problem.detail, *strange])
    return _form(kind, values, errors=errors, trouble=trouble, status=problem.status, once=once, **more)


def _is_shown(kind: Kind, name: str) -> bool:
    return kind.input(name.partition(".")[0]) is not None


def _first_faulty(kind: Kind, errors: Mapping[str, Any]) -> str:
    wrong = {name.partition(".")[0] for name in errors}
    return next((column.name for column in kind.inputs if column.name in wrong), "")


def _incomplete(kind: Kind, values: Shape, **more: Any) -> Response | None:
    """The form again where a required field is empty, or words in a field that names a record stand for none."""
    loose = forms.unchosen(kind, request.form)
    empty, unchosen = gettext(EMPTY), gettext(UNCHOSEN)
    errors = {name: [empty] for name in kind.needed if not values[name]} | kind.faults(values)
    errors |= {name: [unchosen] for name in loose}
    if not errors:
        return None
    return _form(kind, values, errors=errors, words=loose, status=422, **more)


def _overtaken(kind: Kind, id: str, values: Shape, base: Shape) -> Response:
    """Somebody else changed the record since it was read: the form again, with what is theirs beside one's own."""
    record = api().get(f"{kind.path}/{id}")
    theirs = forms.of_record(kind, record)
    merged, both, alone = forms.merged(values, base, theirs)
    last = api().get(f"{kind.path}/{id}/changes", limit=1)["items"] if kind.tabs else []
    told = [field_label(kind, name) for name in alone]
    who = {**last[0], "changed_at": record["updated_at"]} if last else None
    return _form(kind, merged, base=theirs, record=record, both=both, alone=told, who=who, status=412)


def _choices(kind: Kind) -> Mapping[str, Iterable[str]]:
    if kind.choices is not None:
        return kind.choices
    return {field["name"]: field["choices"] for field in api().get(f"{kind.path}/fields")["items"] if field["choices"]}


def _back(kind: Kind, id: Any) -> Response:
    """To where the drawer was opened, or to the record's page."""
    if kind.stays:
        return pages.back(url_for(kind.page, id=id), toast=f"{kind.name}_saved")
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    response = pages.go(kind.page, toast=f"{kind.name}_saved", id=id)
    if here.path.startswith(kind.path) and here.path != url_for(f"{kind.plural}.edit", id=id):
        response.headers["HX-Redirect"] = here.path + (f"?{here.query}" if here.query else "")
    return response


def _once() -> str:
    return request.form.get("once", "")[:100]


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
