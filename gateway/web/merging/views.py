"""Likely duplicates in groups, the choice side by side, the merge and its undoing."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, request

from gateway.parallel import together
from gateway.web.api import ApiProblem, Values, api, cursor_of
from gateway.web.language import gettext, msg
from gateway.web.lists.kinds import KINDS, RecordKind
from gateway.web.lists.many import MOST_MERGED, TWO_OR_THREE
from gateway.web.lists.screen import faults
from gateway.web.lists.views import KIND
from gateway.web.mass.outcomes import Outcome, chosen_ids
from gateway.web.merging.sides import Row, rows
from gateway.web.pages import error, go, show
from gateway.web.records.views import REASONS
from gateway.web.tables import name_of

PAGES_AT_ONCE = 5
APART = msg("They are no longer shown as duplicates.")

merging = Blueprint("merging", __name__)


@merging.get(f"{KIND}/duplicates")
def duplicates(plural: str) -> Response:
    """Groups of records that may be the same one."""
    return _duplicates(KINDS[plural], request.args.get("cursor", "")[:500])


@merging.post(f"{KIND}/duplicates/apart")
def apart(plural: str) -> Response:
    """These are not the same; Undo takes it back."""
    kind, ids = KINDS[plural], chosen_ids(request.form)
    back = request.form.get("do") == "back"
    for one, other in combinations(ids[:10], 2):
        path = f"{kind.path}/{one}/not-duplicates/{other}"
        api().delete(path) if back else api().put(path)
    undo = {"action": f"{kind.path}/duplicates/apart", "values": {"ids": ids, "do": ["back"]}}
    return _duplicates(kind, "", Outcome("" if back else gettext(APART), undo={} if back else undo))


def _duplicates(kind: RecordKind, cursor: str, became: Outcome | None = None) -> Response:
    groups: list[Values] = []
    path: str | None = cursor
    # A page of the API may have no group while more follow: a few are read before somebody has to ask for more.
    for _ in range(PAGES_AT_ONCE):
        page, path = _page(kind, path)
        groups += page
        if groups or not path:
            break
    values: dict[str, Any] = {"kind": kind, "groups": groups, "cursor": path, "first": not cursor, "reasons": REASONS}
    values |= {"kinds": KINDS.values(), "became": became or Outcome(), "called": name_of}
    return show("merging/duplicates.html", part="main", **values)


def _page(kind: RecordKind, cursor: str | None) -> tuple[list[Values], str | None]:
    page = api().get(f"{kind.path}/duplicates", cursor=cursor)
    return page["items"], cursor_of(page)


@merging.get(f"{KIND}/merge")
def choose(plural: str) -> Response:
    """The records side by side."""
    kind, ids = KINDS[plural], chosen_ids(request.args)
    if not 2 <= len(ids) <= MOST_MERGED:
        return error(400, gettext(TWO_OR_THREE))
    return _side_by_side(kind, _records(kind, ids), ids[0], {})


@merging.post(f"{KIND}/merge")
def merge(plural: str) -> Any:
    """Make one of them; what is refused is said where it belongs."""
    kind, ids = KINDS[plural], chosen_ids(request.form)
    survivor = request.form.get("survivor", "")
    if not 2 <= len(ids) <= MOST_MERGED or survivor not in ids:
        return error(400, gettext(TWO_OR_THREE))
    records = _records(kind, ids)
    chosen = {each.name: request.form.get(f"v.{each.name}", "") for each in rows(kind, records)}
    others = [id for id in ids if id != survivor]
    body = {"other_ids": others, "values": _values(kind, records, chosen)}
    try:
        api().post(f"{kind.path}/{survivor}/merge", body, once=request.form.get("once", "")[:100])
    except ApiProblem as problem:
        if problem.status not in (409, 412, 422):
            raise
        return _side_by_side(kind, records, survivor, chosen, problem)
    toast = f"{kind.name}_merged" if len(others) == 1 else "merged"
    return go(kind.page, toast=toast, about=others[0], id=survivor)


def _records(kind: RecordKind, ids: list[str]) -> list[Values]:
    client = api()
    calls = {id: (lambda id=id: client.get(f"{kind.path}/{id}")) for id in ids}
    found = together(**calls)
    return [found[id] for id in ids]


def _values(kind: RecordKind, records: list[Values], chosen: Mapping[str, str]) -> Values:
    """Whose value each field gets, by the API's names: of what is chosen together all parts."""
    ids = [each["id"] for each in records]
    found: Values = {}
    for row in rows(kind, records):
        if row.differs and not row.both and chosen.get(row.name) in ids:
            found |= dict.fromkeys(row.parts, chosen[row.name])
    return found


def _side_by_side(
    kind: RecordKind,
    records: list[Values],
    survivor: str,
    chosen: Mapping[str, str],
    problem: ApiProblem | None = None,
) -> Response:
    found = rows(kind, records)
    ids = [each["id"] for each in records]
    takes = {row.name: ids.index(chosen[row.name]) if chosen.get(row.name) in ids else row.first() for row in found}
    told = faults(problem) if problem else {}
    errors = {row.name: text for row in found for path, text in told.items() if _is_about(path, row)}
    detail = problem.detail if problem else ""
    values = {"kind": kind, "records": records, "rows": found, "takes": takes, "survivor": survivor, "errors": errors}
    status = problem.status if problem else 200
    return show(
        "merging/merge.html", part="main", status=status, trouble=detail, called=name_of, once=uuid4().hex, **values
    )


def _is_about(path: str, row: Row) -> bool:
    return path in row.parts or path.removeprefix("values.") in row.parts


@merging.get(f"{KIND}/<uuid:id>/same")
def same(plural: str, id: UUID) -> Response:
    """For a record's page: what went into it, and what may be the same."""
    kind, client = KINDS[plural], api()
    found = together(
        merged=lambda: client.get(f"{kind.path}/{id}/merges")["items"],
        likely=lambda: client.get(f"{kind.path}/{id}/duplicates")["items"],
    )
    values: dict[str, Any] = {"kind": kind, "id": id, "reasons": REASONS, "called": name_of, **found}
    return show("merging/same.html", part="same", **values)


@merging.post("/contacts/<uuid:id>/unmerge")
def unmerge_contact(id: UUID) -> Response:
    """Take a contact out of the one it went into."""
    return _unmerge(KINDS["contacts"], id)


@merging.post("/organizations/<uuid:id>/unmerge")
def unmerge_organization(id: UUID) -> Response:
    """Take an organization out of the one it went into."""
    return _unmerge(KINDS["organizations"], id)


def _unmerge(kind: RecordKind, id: UUID) -> Response:
    found = api().post(f"{kind.path}/{id}/unmerge")
    if not found["kept"] and not found["stayed"] and not found["not_restored"]:
        return go(kind.page, toast="unmerged", id=id)
    return show("merging/unmerged.html", kind=kind, found=found, called=name_of)
