"""Which events somebody is to be told of, whom, and what is said. Pure.

An activity reminds whoever is in charge of it or takes part; a contact or an organization that says "notify who is in
charge" tells them of what others did to it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from contracts.base import Event
from contracts.fields import identity_or_none
from contracts.names import called

Values = dict[str, Any]

# So many reminders of a person are kept, the latest, and as many other notices; and so long.
KEPT, KEPT_FOR = 1_000, timedelta(days=90)
REMINDED = "activity.reminded.v1"
STAFF = ("staff_user", "staff_group")
_WHEN = ("kind", "all_day", "starts_at", "starts_on", "due_at", "due_on")


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be said: ``content`` are the values of a notice, ``people`` staff users and groups by their ids.

    ``actor_id``: who did it, and need not be told.
    """

    people: frozenset[str]
    actor_id: str | None
    content: Values


def telling(event: Event) -> Telling | None:
    """What an event has to tell, or None."""
    if event.type == REMINDED:
        return _reminder(event)
    kind, _, deed = event.type.removesuffix(".v1").partition(".")
    facts = event.data[kind]
    owner = identity_or_none(facts.get("owner_id"))
    if owner is None or not facts.get("notify_owner"):
        return None
    personal = event.data.get("personal", {})
    title = facts["name"] if kind == "organization" else called(personal["last_name"], personal["first_name"])
    actor = identity_or_none(event.data.get("actor_id"))
    content = {"what": deed, "record_kind": kind, "record_id": event.subject, "title": title, "actor_id": actor}
    return Telling(frozenset({owner}), actor, {**content, "details": {"changed": event.data.get("changed", [])}})


def _reminder(event: Event) -> Telling:
    activity = event.data["activity"]
    named = [activity.get("owner_id"), *(one["id"] for one in activity["attendees"] if one["kind"] in STAFF)]
    people = frozenset(id for id in map(identity_or_none, named) if id)
    content = {"what": "reminded", "record_kind": "activity", "record_id": event.subject, "actor_id": None}
    details = {name: activity.get(name) for name in _WHEN}
    return Telling(people, None, {**content, "title": event.data["personal"]["subject"], "details": details})
