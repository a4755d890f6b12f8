"""The same done to many records: begun, and what is said of it on the page that one is on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Response, after_this_request, request
from werkzeug.datastructures import MultiDict

from gateway.web.api import ApiProblem, Values, api
from gateway.web.language import gettext, msg
from gateway.web.lists.kinds import KINDS, RecordKind
from gateway.web.pages import WORK_COOKIE
from gateway.web.tables import MOST, name_of, names

AT_WORK = frozenset({"changing", "undoing"})
TITLES = {
    "update": msg("Change of %(what)s"),
    "delete": msg("Deletion of %(what)s"),
    "restore": msg("Restoring of %(what)s"),
}
SAID = {
    "update": msg("Changed: %(what)s"),
    "delete": msg("In the recycle bin: %(what)s"),
    "restore": msg("Restored: %(what)s"),
}
UNDONE, UNDOING = msg("Undone: %(what)s"), msg("Is being undone")
NOTHING = msg("Nothing was to be changed.")
# Refusals that are told where one is; the page of the mass change tells all.
TOLD = 20
DAY = 24 * 3600


@dataclass(frozen=True)
class Outcome:
    """What became of many records: a word of success, what was refused and why, the form of its Undo.

    ``job``: the mass change, whose page tells more; ``at_work``: that it goes on.
    """

    said: str = ""
    refused: list[tuple[str, str]] = field(default_factory=list)
    undo: Mapping[str, Any] = field(default_factory=dict)
    job: Values = field(default_factory=dict)

    @property
    def at_work(self) -> bool:
        """Whether it goes on."""
        return self.job.get("state") in AT_WORK

    @property
    def title(self) -> str:
        """What goes on."""
        return gettext(UNDOING) if self.job["state"] == "undoing" else title(self.job)

    @property
    def left_out(self) -> int:
        """How many refusals are not told here."""
        return max(0, (self.job.get("refused") or 0) + (self.job.get("kept") or 0) - len(self.refused))


def begin(kind: RecordKind, action: str, data: Values, **which: Any) -> Outcome:
    """Do it to the records with these ``ids``, or to the ``selection``. What cannot be done to any record is told."""
    asked = {"record_kind": kind.name, "action": action, "data": data, **which}
    try:
        job = api().post("/mass-changes", asked)
    except ApiProblem as problem:
        if problem.status != 422:
            raise
        return Outcome(refused=[("", sentence) for sentence in problem.sentences()])
    return outcome(job)


def outcome(job: Values) -> Outcome:
    """What is said of it; one that goes on is remembered in this browser until it has ended."""
    if job["state"] in AT_WORK:
        remember(job["id"])
        return Outcome(job=job)
    said = sentence(job)
    can_undo = job["changed"] and job["state"] != "undone"
    undo = {"action": f"/mass-changes/{job['id']}/undo", "values": {}} if can_undo else {}
    return Outcome(said, refusals(job), undo, job)


def title(job: Values) -> str:
    """What it does."""
    called = TITLES[job["action"]]
    return gettext(called, what=counted(job, "records"))


def sentence(job: Values) -> str:
    """What was done, in words."""
    if job["state"] == "undone":
        return gettext(UNDONE, what=counted(job, "undone"))
    said = SAID[job["action"]] if job["changed"] else NOTHING
    return gettext(said, what=counted(job, "changed"))


def counted(job: Values, name: str) -> str:
    """So many contacts, or organizations."""
    return kind_of(job).counted(job[name])


def kind_of(job: Values) -> RecordKind:
    """Of which kind of record it is."""
    return next(kind for kind in KINDS.values() if kind.name == job["record_kind"])


def refusals(job: Values) -> list[tuple[str, str]]:
    """The first records to which nothing was done, or that were not undone: what they are called, and why."""
    if not job["refused"] and not job["kept"]:
        return []
    found = api().get(f"/mass-changes/{job['id']}/problems", limit=TOLD)["items"]
    called = names([each["id"] for each in found])
    return [(name_of(called.get(each["id"], each)), each["problem"]) for each in found]


def chosen_ids(given: MultiDict[str, str]) -> list[str]:
    """The records that are chosen in a form."""
    return list(dict.fromkeys(filter(is_id, given.getlist("ids"))))[:MOST]


def is_id(text: str) -> bool:
    """Whether it can be the id of a record."""
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def remember(job_id: str) -> None:
    """Show its progress on every page of this browser until it has ended."""

    @after_this_request
    def note(response: Response) -> Response:
        secure = request.is_secure
        response.set_cookie(WORK_COOKIE, job_id, max_age=DAY, samesite="Strict", httponly=True, path="/", secure=secure)
        return response


def forget() -> None:
    """It has ended."""

    @after_this_request
    def strike(response: Response) -> Response:
        response.delete_cookie(WORK_COOKIE, path="/", samesite="Strict", httponly=True)
        return response
