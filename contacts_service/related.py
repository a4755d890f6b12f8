"""Questions about several records at once: what they are called, who stands below whom."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts_service import chart, domain, hierarchy, store
from contacts_service.models import Contact, Organization
from contracts.errors import Invalid
from contracts.fields import identity_or_none

Values = dict[str, Any]
MAX_NAMES = 200


def names(session: Session, ids: Any) -> Values:
    """What up to 200 contacts and organizations are called, deleted ones too; ids of neither are left out. Invalid."""
    if not isinstance(ids, list) or len(set(map(str, ids))) > MAX_NAMES:
        fault = f"Ask for at most {MAX_NAMES} at once; for more in several calls."
        raise Invalid("Too many names were asked for at once.", fields={"ids": [fault]})
    wanted = set(filter(None, map(identity_or_none, ids)))
    people = session.execute(
        select(Contact.id, Contact.number, Contact.deleted_at, Contact.last_name, Contact.first_name).where(
            Contact.id.in_(wanted)
        )
    )
    firms = session.execute(
        select(Organization.id, Organization.number, Organization.deleted_at, Organization.name).where(
            Organization.id.in_(wanted)
        )
    )
    named = [("contact", row._asdict()) for row in people] + [("organization", row._asdict()) for row in firms]
    return {"items": [_named(kind, row) for kind, row in named], "next": None}


def organization_chart(session: Session, organization_id: str) -> Values:
    """The people of an organization and whoever they report to, each after the one above it; at most MOST_DRAWN."""
    members = store.people_of(session, organization_id, limit=chart.MOST_READ + 1)
    people = {person["id"]: person for person in members[: chart.MOST_READ]}
    for _ in range(store.LONGEST_CHAIN):
        if not (wanted := chart.bosses_to_read(people, organization_id)):
            break
        people |= {person["id"]: person for person in store.people_by_id(session, wanted)}
    nodes = chart.drawn(people, organization_id)
    return {"nodes": nodes, "note": chart.note(nodes, len(members))}


def organization_hierarchy(session: Session, organization_id: str) -> Values:
    """What an organization is a member of and its members, each after the one above it; at most MOST_DRAWN below it."""
    line = [store.values(row) for row in store.chain(session, Organization, "member_of_id", organization_id)]
    below: dict[str, Values] = {}
    wanted, most = {organization_id}, hierarchy.MOST_DRAWN + 1
    for _ in range(store.LONGEST_CHAIN):
        # A level is read whole up to what can be shown: whoever is in the recycle bin takes no place.
        members = store.members_of(session, wanted, limit=most)
        below |= {one["id"]: one for one in members}
        wanted = {one["id"] for one in members}
        if not wanted or sum(not one["deleted_at"] for one in below.values()) >= most:
            break
    nodes, whole = hierarchy.drawn(line, below, most=hierarchy.MOST_DRAWN)
    return {"nodes": nodes, "note": hierarchy.note(whole)}


def _named(kind: str, row: Values) -> Values:
    parts: Values = {name: row[name] for name in ("last_name", "first_name") if name in row}
    known = {"id": row["id"], "kind": kind, "number": row["number"], "deleted": row["deleted_at"] is not None}
    return {**known, "label": domain.label_of(kind, row), **parts}
