"""Putting what there is already with a record that it belongs to, taking it off, and back again by Undo."""

from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for

from gateway.web import pages
from gateway.web.api import ApiProblem, Values, api
from gateway.web.language import gettext, msg
from gateway.web.records import belonging, forms
from gateway.web.records.kinds import Kind
from gateway.web.records.views import EMPTY, UNCHOSEN
from gateway.web.tables import Column

# At once: whom each belonged to before has to fit into the cookie of the toast.
MOST = 30
TITLES = {
    "tickets": msg("Choose tickets"),
    "opportunities": msg("Choose opportunities"),
    "mails": msg("Choose mails"),
    "reports": msg("Choose who reports to this contact"),
    "contacts": msg("Choose people of this organization"),
    "organizations": msg("Choose organizations that belong to this one"),
}
LABELS = {
    "tickets": msg("Tickets"),
    "opportunities": msg("Opportunities"),
    "mails": msg("Mails"),
    "reports": msg("Contacts"),
    "contacts": msg("Contacts"),
    "organizations": msg("Organizations"),
}
# Under what name the form asks, which is also where it finds what is offered.
PICKED = {"reports": "contacts"}
MOVES = msg("What belongs to another record now moves to this one. Undo puts it back.")
TOO_MANY = msg("At most %(most)s at once: choose the others afterwards.")
# Refusals of the whole, not of one that was chosen.
OF_ALL = frozenset({401, 403})


def install(blueprint: Blueprint, kind: Kind) -> None:
    """Add the views to the blueprint of a kind."""
    for part in belonging.PARTS[kind.name]:
        its = f"/<uuid:id>/{part}"
        routes: tuple[tuple[str, str, str, Callable[..., Response]], ...] = (
            ("POST", "/<uuid:other>/unlink", "unlink", unlink),
            ("POST", "/<uuid:other>/link", "link", link),
            ("GET", "/choose", "choose", choose),
            ("POST", "/choose", "chosen", chosen),
            ("POST", "/put-back", "put_back", put_back),
        )
        for method, path, deed, view in routes if part in belonging.CHOSEN else routes[:2]:
            blueprint.add_url_rule(f"{its}{path}", f"{deed}_{part}", partial(view, kind, part), methods=[method])


def unlink(kind: Kind, part: str, id: UUID, other: UUID) -> Response:
    """The other record does not belong to this one any more; the toast can undo it."""
    _move(kind, part, str(id), str(other), "")
    return pages.back(url_for(kind.page, id=id), toast=f"{kind.name}_unlinked_{part}", about=f"{id}:{other}")


def link(kind: Kind, part: str, id: UUID, other: UUID) -> Response:
    """It belongs to it again."""
    _move(kind, part, str(id), str(other), belonging.itself(kind.name, part, str(id)))
    return pages.back(url_for(kind.page, id=id), toast="linked")


def choose(kind: Kind, part: str, id: UUID) -> Response:
    """The form in which one chooses what is to belong to this record."""
    api().get(f"{kind.path}/{id}")
    return _form(kind, part, id)


def chosen(kind: Kind, part: str, id: UUID) -> Response:
    """They belong to it; what was refused stays in the form, each with the sentence why."""
    name = PICKED.get(part, part)
    ids, labels = request.form.getlist(name), request.form.getlist(f"{name}.label")
    called = {one: label[:200] for one, label in zip_longest(ids, labels, fillvalue="") if belonging.is_id(one)}
    before = belonging.unpacked(request.form.get("before", ""), most=MOST)
    if any(label.strip() and not one for one, label in zip_longest(ids, labels, fillvalue="")):
        return _form(kind, part, id, called, before, [gettext(UNCHOSEN)])
    if not called:
        return _form(kind, part, id, called, before, [gettext(EMPTY)])
    if len(called) + len(before) > MOST:
        return _form(kind, part, id, called, before, [gettext(TOO_MANY, most=MOST)])
    refused = _put(kind, part, str(id), called, before)
    if refused:
        sentences = [f"{called[one]}: {sentence}" if called[one] else sentence for one, sentence in refused.items()]
        return _form(kind, part, id, {one: called[one] for one in refused}, before, sentences)
    about = f"{id}:{belonging.packed(before)}"
    toast = f"{kind.name}_chosen_{part}" if before else "linked_before"
    return pages.back(url_for(kind.page, id=id), toast=toast, about=about)


def put_back(kind: Kind, part: str, id: UUID) -> Response:
    """Each belongs to whom it belonged before, but for what somebody has moved since."""
    own = belonging.itself(kind.name, part, str(id))
    for other, whom in belonging.unpacked(request.args.get("before", ""), most=MOST).items():
        _move(kind, part, str(id), other, whom, only_from=own)
    return pages.back(url_for(kind.page, id=id), toast="put_back")


def _put(kind: Kind, part: str, id: str, called: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """Each to this record; ``before`` learns whom they belonged to. Why what was refused was, by id."""
    refused: dict[str, str] = {}
    own = belonging.itself(kind.name, part, id)
    for other in called:
        try:
            was = _move(kind, part, id, other, own)
        except ApiProblem as problem:
            if problem.status in OF_ALL:
                raise
            told = [one for several in forms.sentences(problem.errors).values() for one in several]
            refused[other] = " ".join(told) or problem.detail
        else:
            if was is not None:
                before[other] = was
    return refused


def _move(kind: Kind, part: str, id: str, other: str, to: str, *, only_from: str | None = None) -> str | None:
    """One record to somebody, or to nobody. Whom it belonged to; None where nothing was to be changed."""
    if part == "mails":
        return _move_mail(kind, id, other, to)
    path = f"/{belonging.PATHS[part]}/{other}"
    found = api().get(path)
    was = belonging.holder(kind.name, part, id, found)
    if was == to or only_from not in (None, was):
        return None
    body = belonging.change(kind.name, part, id, found, to)
    api().patch(path, body, version=found["version"], once=uuid4().hex)
    return was


def _move_mail(kind: Kind, id: str, other: str, to: str) -> str | None:
    path = f"/history/{kind.name}/{id}/mails/{other}"
    if to:
        return "" if api().put(path, once=uuid4().hex)["added"] else None
    api().delete(path)
    return id


def _form(
    kind: Kind,
    part: str,
    id: UUID,
    called: dict[str, str] | None = None,
    before: dict[str, str] | None = None,
    errors: list[str] | None = None,
) -> Response:
    """``called``: what is chosen, and what each is called. ``before``: what was put there already, and whose it was."""
    name = PICKED.get(part, part)
    packed = belonging.packed(before or {})
    shown: Values = {
        "title": TITLES[part],
        "moves": MOVES if part != "mails" else "",
        "column": Column(name, LABELS[part], "records"),
        "chosen": list(called or ()),
        "labels": called or {},
        "errors": {name: errors} if errors else {},
        "action": url_for(f"{kind.plural}.chosen_{part}", id=id),
        "back": url_for(kind.page, id=id),
        "before": packed,
        "undo": url_for(f"{kind.plural}.put_back_{part}", id=id, before=packed) if packed else "",
    }
    response = pages.show("records/choose.html", part="form", status=422 if errors else 200, **shown)
    if packed:
        # The cards behind the form show what is there by now.
        response.headers["HX-Trigger"] = "belongings"
    return response
