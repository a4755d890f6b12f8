"""What an organization is a member of, up to the top, and all that are members of it. Pure, as domain.py."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any

Values = dict[str, Any]

MOST_DRAWN = 500

ABOVE, ITSELF, BELOW = "above", "itself", "below"
TOLD = ("id", "number", "name", "industry")


def drawn(line: Sequence[Values], below: Mapping[str, Values], *, most: int) -> tuple[list[Values], bool]:
    """The nodes, each after the one above it and level by level, so that what is cut off leaves no hole; whether all.

    ``line``: the organization, the one above it, and so on. Those in the recycle bin are left out: who stands below one
    stands below the next one above.
    """
    chain = [one for one in reversed(line[1:]) if not one["deleted_at"]] + [line[0]]
    nodes: list[Values] = []
    for level, one in enumerate(chain):
        place = ITSELF if one is line[0] else ABOVE
        nodes.append(_node(one, nodes[-1]["id"] if nodes else None, level, place))
    members: dict[str, list[Values]] = defaultdict(list)
    for one in sorted(below.values(), key=_beside):
        members[one["member_of_id"]].append(one)
    waiting = deque([(line[0]["id"], nodes[-1])])
    shown = 0
    while waiting:
        id, above = waiting.popleft()
        for one in members.get(id, ()):
            if one["deleted_at"]:
                waiting.appendleft((one["id"], above))
                continue
            if shown == most:
                return nodes, False
            shown += 1
            nodes.append(_node(one, above["id"], above["level"] + 1, BELOW))
            waiting.append((one["id"], nodes[-1]))
    return nodes, True


def note(whole: bool) -> str | None:
    """What to say where not all are shown."""
    if whole:
        return None
    return (
        f"The first {MOST_DRAWN} organizations below are shown, from the top down. Open one of them for those below it."
    )


def _beside(one: Values) -> tuple[str, str]:
    return one["sort_name"], one["id"]


def _node(one: Values, above: str | None, level: int, place: str) -> Values:
    return {**{name: one[name] for name in TOLD}, "member_of_id": above, "level": level, "place": place}
