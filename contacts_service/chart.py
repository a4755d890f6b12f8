"""The chart of an organization: who stands below whom, as a drawing needs it. Pure, as domain.py."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import Any

from contacts_service.domain import label_of

Values = dict[str, Any]

MOST_DRAWN = 500
MOST_READ = 5_000

MEMBER, OUTSIDE, VACANT = "member", "outside", "vacant"


def place_of(person: Values, organization_id: str) -> str:
    """Where somebody stands: in the organization, outside it, or nowhere any more (in the recycle bin)."""
    if person["deleted_at"]:
        return VACANT
    return MEMBER if person["organization_id"] == organization_id else OUTSIDE


def bosses_to_read(people: Mapping[str, Values], organization_id: str) -> set[str]:
    """Who else belongs on the chart: bosses of those on it; not those of outsiders, whose chart is another one."""
    reporting = (person for person in people.values() if place_of(person, organization_id) != OUTSIDE)
    return {person["reports_to_id"] for person in reporting if person["reports_to_id"]} - people.keys()


def drawn(people: Mapping[str, Values], organization_id: str, *, most: int = MOST_DRAWN) -> list[Values]:
    """Up to ``most`` nodes, each after the one above it, so that what is cut off leaves no hole.

    Those with somebody below them come first, then who stands alone; beside one another decision makers lead.
    """
    below: dict[str | None, list[Values]] = defaultdict(list)
    for person in sorted(people.values(), key=_beside):
        below[_above(person, people)].append(person)
    nodes: list[Values] = []
    waiting, apart = deque[Values](), deque[Values]()
    for person in below[None]:
        (waiting if person["id"] in below else apart).append(person)
    while (waiting or apart) and len(nodes) < most:
        person = (waiting or apart).popleft()
        nodes.append(_node(person, people, organization_id))
        waiting.extend(below.get(person["id"], ()))
    return nodes


def note(shown: Iterable[Values], members: int) -> str | None:
    """What to say where the chart does not show everybody; ``members`` may be one more than were read."""
    count = sum(node["place"] == MEMBER for node in shown)
    if count >= members:
        return None
    of = f"more than {MOST_READ:,}" if members > MOST_READ else f"{members:,}"
    return (
        f"The chart shows {count:,} of {of} people, from the top down. "
        "For everybody, filter the list of contacts by this organization."
    )


def _above(person: Values, people: Mapping[str, Values]) -> str | None:
    boss_id = person["reports_to_id"]
    return boss_id if boss_id in people else None


def _beside(person: Values) -> tuple[bool, str, str]:
    return not person["decision_maker"], person["sort_name"], person["id"]


TOLD = ("id", "number", "last_name", "first_name", "title", "department", "decision_maker", "organization_id")


def _node(person: Values, people: Mapping[str, Values], organization_id: str) -> Values:
    known = {name: person[name] for name in TOLD} | {"label": label_of("contact", person)}
    return {**known, "reports_to_id": _above(person, people), "place": place_of(person, organization_id)}
