"""Where everybody stands in the drawing of an organization's chart, and what of a text fits into a box. Pure.

Who has people below who have people below stands above the middle of them; people with nobody below stand one under
the other, so that a department of ten is a column and not a line. Trees stand side by side while there is room, then in
the next row; who stands alone comes last, in a grid. Lengths are in points of the drawing.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 176, 52
BESIDE, BELOW, STACKED, INDENT = 20, 40, 12, 24
# Boxes one under the other before a new column begins; boxes side by side before a new row does.
COLUMN, ROW = 8, 6
MARGIN = 8
# As wide as can still be read on A4.
READABLE = 2_600

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    """Somebody in the drawing: the left upper corner."""

    node: Node
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """``lines``: the d of paths, each from one person to one below."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Share:
    """What somebody takes up with everybody below; ``head``: where the own box begins in it."""

    width: float
    height: float
    head: float = 0.0


def drawing(nodes: Sequence[Node]) -> Drawing:
    """The drawing of people, each of whom comes after the one above (``reports_to_id``)."""
    below: dict[str | None, list[Node]] = defaultdict(list)
    for node in nodes:
        below[node["reports_to_id"]].append(node)
    shares: dict[str, _Share] = {}
    for node in reversed(nodes):
        shares[node["id"]] = _share(below.get(node["id"], []), below, shares)
    at: dict[str, tuple[float, float]] = {}
    width, height = _place_tops(below[None], below, shares, at)
    lines: list[str] = []
    for node in nodes:
        if people := below.get(node["id"]):
            _place_below(node["id"], people, below, shares, at)
            lines += _lines(at[node["id"]], people, at, stacked=_are_stacked(people, below))
    boxes = tuple(Box(node, *at[node["id"]]) for node in nodes)
    return Drawing(width + MARGIN * 2, height + MARGIN * 2, boxes, tuple(lines))


def _are_stacked(people: Sequence[Node], below: Mapping[str | None, Sequence[Node]]) -> bool:
    """Whether they stand one under the other: several with nobody below."""
    return len(people) > 1 and not any(below.get(one["id"]) for one in people)


def _share(people: Sequence[Node], below: Mapping[str | None, Sequence[Node]], shares: Mapping[str, _Share]) -> _Share:
    if not people:
        return _Share(WIDTH, HEIGHT)
    if _are_stacked(people, below):
        columns, rows = -(-len(people) // COLUMN), min(len(people), COLUMN)
        width = columns * (INDENT + WIDTH) + (columns - 1) * BESIDE
        return _Share(width, HEIGHT + rows * (STACKED + HEIGHT))
    beside = [shares[one["id"]] for one in people]
    whole = sum(share.width for share in beside) + BESIDE * (len(beside) - 1)
    # Above the middle between the first and the last box below.
    head = (beside[0].head + whole - beside[-1].width + beside[-1].head) / 2
    return _Share(whole, HEIGHT + BELOW + max(share.height for share in beside), head)


def _place_tops(
    tops: Sequence[Node],
    below: Mapping[str | None, Sequence[Node]],
    shares: Mapping[str, _Share],
    at: dict[str, tuple[float, float]],
) -> tuple[float, float]:
    """Trees in rows, then those who stand alone; the width and height of it all."""
    room = ROW * WIDTH + (ROW - 1) * BESIDE
    x = y = tallest = widest = 0.0
    for alone in (False, True):
        for node in tops:
            if bool(below.get(node["id"])) is alone:
                continue
            share = shares[node["id"]]
            if x and x + share.width > room:
                x, y, tallest = 0.0, y + tallest + (STACKED if alone else BELOW), 0.0
            at[node["id"]] = (MARGIN + x + share.head, MARGIN + y)
            widest, tallest = max(widest, x + share.width), max(tallest, share.height)
            x += share.width + BESIDE
        if x and not alone:
            x, y, tallest = 0.0, y + tallest + BELOW, 0.0
    return widest, y + tallest if x else max(y - BELOW, 0.0)


def _place_below(
    id: str,
    people: Sequence[Node],
    below: Mapping[str | None, Sequence[Node]],
    shares: Mapping[str, _Share],
    at: dict[str, tuple[float, float]],
) -> None:
    left, top = at[id]
    if _are_stacked(people, below):
        for number, one in enumerate(people):
            column, row = divmod(number, COLUMN)
            x = left + INDENT + column * (INDENT + WIDTH + BESIDE)
            at[one["id"]] = (x, top + HEIGHT + STACKED + row * (HEIGHT + STACKED))
        return
    x = left - shares[id].head
    for one in people:
        at[one["id"]] = (x + shares[one["id"]].head, top + HEIGHT + BELOW)
        x += shares[one["id"]].width + BESIDE


def _lines(
    above: tuple[float, float], people: Sequence[Node], at: Mapping[str, tuple[float, float]], *, stacked: bool
) -> list[str]:
    """From somebody to each one below."""
    left, top = above
    foot = top + HEIGHT
    drawn = []
    for one in people:
        x, y = at[one["id"]]
        if stacked:
            # A further column hangs on a bar between the boxes.
            start = f"M{left + INDENT / 2:g} {foot:g}V{foot + STACKED / 2:g}H{x - INDENT / 2:g}"
            drawn.append(f"{start}V{y + HEIGHT / 2:g}H{x:g}")
        else:
            drawn.append(f"M{left + WIDTH / 2:g} {foot:g}V{foot + BELOW / 2:g}H{x + WIDTH / 2:g}V{y:g}")
    return drawn


def fitting(text: str, most: int) -> str:
    """As much of a text as fits into ``most`` half-width columns; with … where something is left out."""
    widths = [2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text]
    if sum(widths) <= most:
        return text
    taken, count = 0, 0
    while taken + widths[count] <= most - 1:
        taken += widths[count]
        count += 1
    return text[:count].rstrip() + "…"


def nested(nodes: Sequence[Node], *, above: str = "reports_to_id") -> list[tuple[int, Node]]:
    """Nodes in the order of a list that is indented, each with how deep; ``above``: what names the one above."""
    below: dict[str | None, list[Node]] = defaultdict(list)
    for node in nodes:
        below[node[above]].append(node)
    found: list[tuple[int, Node]] = []
    waiting = [(0, node) for node in reversed(below[None])]
    while waiting:
        depth, node = waiting.pop()
        found.append((depth, node))
        waiting += [(depth + 1, one) for one in reversed(below.get(node["id"], []))]
    return found
