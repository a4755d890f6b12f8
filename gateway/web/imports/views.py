"""Importing a file, step by step: upload, mapping with a preview, progress, the result with Undo."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, request

from gateway.parallel import together
from gateway.web.api import ApiProblem, Values, api, cursor_of
from gateway.web.imports import words
from gateway.web.language import gettext, language
from gateway.web.pages import go, show

LATEST = 20
# Bytes; the API takes no more.
MOST = 100_000_000
AT_WORK = frozenset({"reading", "importing", "linking", "undoing"})

imports = Blueprint("imports", __name__, url_prefix="/imports")


@imports.get("")
def index() -> Response:
    """Choose a file; what was imported before."""
    found = api().get("/imports", limit=LATEST, cursor=request.args.get("cursor"))
    kind = "organization" if request.args.get("kind") == "organization" else "contact"
    shown: Values = {"kind": kind, "kinds": words.KINDS, "states": words.STATES, "once": uuid4().hex, "most": MOST}
    return show("imports/index.html", latest=found["items"], next=cursor_of(found), **shown)


@imports.get("/<uuid:id>")
def show_import(id: Any) -> Response:
    """How a file is to be imported, how far it is, or what became of it."""
    return _shown(api().get(f"/imports/{id}"))


@imports.post("/<uuid:id>")
def change(id: Any) -> Response:
    """Read the file as the form says; ``do``: look again, save the mapping, forget a saved one, or start."""
    form, wanted = request.form, request.form.get("do", "look")
    now = api().get(f"/imports/{id}")
    try:
        changed = api().patch(f"/imports/{id}", _changes(now), version=form.get("version") or now["version"])
        if wanted == "save":
            api().post("/import-mappings", {"name": form.get("name", ""), "import_id": str(id)})
            return go("imports.show_import", toast="mapping_saved", id=id)
        if wanted == "forget" and (mapping_id := form.get("saved_mapping_id", "")):
            api().delete(f"/import-mappings/{mapping_id}")
            return go("imports.show_import", toast="mapping_deleted", about=f"{mapping_id}:{id}", id=id)
        if wanted == "start" and not _is_read_anew(now, changed):
            api().post(f"/imports/{id}/start", once="start")
    except ApiProblem as problem:
        if problem.status != 422:
            raise
        return _shown(api().get(f"/imports/{id}"), problem)
    return go("imports.show_import", id=id)


@imports.post("/<uuid:id>/stop")
def stop(id: Any) -> Response:
    """Import no more of it."""
    api().post(f"/imports/{id}/stop")
    return go("imports.show_import", id=id)


@imports.post("/<uuid:id>/undo")
def undo(id: Any) -> Response:
    """Take it back."""
    # Once is enough by its state. Where undoing ended by our fault, a second click begins it again.
    api().post(f"/imports/{id}/undo")
    return go("imports.show_import", id=id)


@imports.post("/<uuid:id>/discard")
def discard(id: Any) -> Response:
    """Forget a file that was not imported."""
    api().delete(f"/imports/{id}")
    return go("imports.index", toast="import_discarded")


@imports.post("/<uuid:other>/mappings/<uuid:id>/restore")
def restore_mapping(id: Any, other: Any) -> Response:
    """Offer a mapping again that was deleted while an import was looked at."""
    api().post(f"/import-mappings/{id}/restore")
    return go("imports.show_import", toast="mapping_restored", id=other)


def _shown(found: Values, problem: ApiProblem | None = None) -> Response:
    kind = found["record_kind"]
    if found["state"] != "ready":
        values: Values = {
            "found": found,
            "kinds": words.KINDS,
            "states": words.STATES,
            "at_work": found["state"] in AT_WORK,
        }
        return show("imports/progress.html", part="progress", **values)
    client = api()
    known = together(
        fields=lambda: client.get("/import-fields", record_kind=kind),
        mappings=lambda: client.get("/import-mappings", record_kind=kind),
    )
    label = "label_ja" if language() == "ja" else "label"
    fields = [(each["name"], each[label]) for each in known["fields"]["items"]]
    chosen: Values = {"match_by": words.MATCH_BY[kind], "on_match": words.ON_MATCH, "kinds": words.KINDS}
    how: Values = {
        "encodings": words.ENCODINGS,
        "delimiters": words.DELIMITERS,
        "delimiter_of": words.DELIMITER_OF,
        "faults": problem.sentences() if problem else [],
    }
    status = problem.status if problem else 200
    return show(
        "imports/mapping.html",
        status=status,
        found=found,
        fields=fields,
        saved=known["mappings"]["items"],
        samples=_samples(found),
        names=_names(found["columns"]),
        **chosen,
        **how,
    )


def _names(columns: list[str]) -> list[str]:
    """What the columns are called; those without a name in the reader's language."""
    counted = enumerate(columns, start=1)
    return [
        gettext("Column %(number)s", number=place) if name == f"Column {place}" else name for place, name in counted
    ]


def _samples(found: Values) -> list[list[str]]:
    """A few texts of each column, those that say something."""
    rows = found["preview"]["rows"]
    columns = [
        [row["cells"][place] for row in rows if place < len(row["cells"])] for place in range(len(found["columns"]))
    ]
    return [list(dict.fromkeys(cell[:60] for cell in cells if cell))[:3] for cells in columns]


def _changes(now: Values) -> Values:
    """What the form says otherwise. A file that is read anew has other columns: their mapping says nothing then."""
    form = request.form
    if form.get("do") == "apply":
        return {"saved_mapping_id": form["saved_mapping_id"]} if form.get("saved_mapping_id") else {}
    how = {"encoding": form.get("encoding"), "delimiter": words.DELIMITER_OF.get(form.get("delimiter", ""))}
    changed: Values = {name: value for name, value in how.items() if value and value != now["format"][name]}
    if now["format"]["type"] == "csv" and (header := "header" in form) != now["format"]["header"]:
        changed["header"] = header
    if changed:
        return {"format": changed}
    mapping = [form.get(f"column-{place}") or None for place in range(len(now["columns"]))]
    return {
        "mapping": mapping,
        "match_by": form.getlist("match_by"),
        "on_match": form.get("on_match", now["on_match"]),
        "create_organizations": "create_organizations" in form,
    }


def _is_read_anew(now: Values, changed: Values) -> bool:
    return bool(now["format"] != changed["format"])
