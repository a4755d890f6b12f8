"""What a merge makes of the values of two records, and what undoing it takes back. Pure, as domain.py.

Values that are kept for an un-merge are in their wire form (``domain.wire_values``): they lie in JSON.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contacts_service import domain, fields, opt_outs
from contracts.addresses import canonical_address
from contracts.folding import folded

Values = dict[str, Any]

# Of these a record may have several: both records' are kept. What makes two of them the same one:
LISTS: Mapping[str, Callable[[Any], str]] = {
    "addresses": canonical_address,
    "phones": lambda phone: str(phone["number"]),
    "tags": folded,
}
# Fields that make sense together only: half of one postal address and half of another is the address of nobody.
_TOGETHER = ("mailing_", "other_", "billing_", "shipping_", "support_")
SURVIVOR, OTHER = "survivor", "other"


def merged(survivor: Values, other: Values, chosen: Mapping[str, str], *, known: Mapping[str, Any]) -> Values:
    """What the survivor of a merge holds: the chosen values (field → SURVIVOR or OTHER), its own, or else the other's.

    Lists are those of both, the chosen one's first. Invalid if both have more addresses or phones than one may hold.
    """
    sides = {SURVIVOR: survivor, OTHER: other}
    values = {name: sides[chosen.get(name) or _side(name, survivor)][name] for name in known}
    for name in LISTS:
        first, second = (other, survivor) if chosen.get(name) == OTHER else (survivor, other)
        values[name] = [*first[name], *second[name]]
    return fields.changed_values(domain.wire_values(values), known)


def _side(name: str, survivor: Values) -> str:
    group = next((prefix for prefix in _TOGETHER if name.startswith(prefix)), None)
    together = [each for each in survivor if each.startswith(group)] if group else [name]
    return SURVIVOR if any(survivor[each] for each in together) else OTHER


def journal(survivor: Values, other: Values, after: Values) -> Values:
    """What has to be known to undo a merge: what it changed of the survivor, and all of the other."""
    before = {name: survivor[name] for name in after}
    names = {*opt_outs.with_noted(domain.differences(before, after)), *LISTS}
    parts = {"before": before, "after": after, "other": {name: other[name] for name in opt_outs.with_noted(after)}}
    kept = {part: domain.wire_values(values) for part, values in parts.items()}
    return {
        part: values if part == "other" else {name: values[name] for name in sorted(names)}
        for part, values in kept.items()
    }


@dataclass(frozen=True, slots=True)
class Returned:
    """What an un-merge does to the survivor.

    ``values``: what it holds from now on, wire form. ``kept``: fields that stay, as somebody changed them since.
    ``came``: by list, what had come from the other and goes with it, by its key.
    """

    values: Values
    kept: list[str]
    came: dict[str, set[str]]


def given_back(now: Values, merge: Any, *, stays: Iterable[Any]) -> Returned:
    """Take out of the survivor (``now``, wire form) what a merge had put in, where nobody changed it since.

    ``merge`` and ``stays`` (the other merges into the same survivor) have ``before``, ``after`` and ``other``.
    """
    others = list(stays)
    plain = [name for name in opt_outs.typed(merge.after) if name not in LISTS]
    back = {name: merge.before[name] for name in plain if now[name] == merge.after[name]}
    if opt_outs.FLAG in plain and _opt_out_is_changed(now, merge):
        back.pop(opt_outs.FLAG, None)
    kept = [name for name in plain if name not in back and now[name] != merge.before[name]]
    if opt_outs.FLAG in back:
        back |= _opt_out(merge, others)
    came = {name: _came(name, merge) - _held(name, others) for name in LISTS}
    for name in LISTS:
        left = [value for value in now[name] if LISTS[name](value) not in came[name]]
        before = merge.before[name]
        untouched = now[name] == merge.after[name] and _keys(name, left) == _keys(name, before)
        back[name] = before if untouched else left
    return Returned(_possible({**now, **back}, now, kept), sorted(kept), came)


def _opt_out_is_changed(now: Values, merge: Any) -> bool:
    """Whether somebody opted out or in since."""
    after = {**opt_outs.NOTHING, **merge.after}
    return any(now[name] != after[name] for name in (opt_outs.FLAG, *opt_outs.NOTED))


def _opt_out(merge: Any, others: Iterable[Any]) -> Values:
    """As before the merge; but whoever stays part of the survivor, and had opted out, must get no mailings still."""
    said = [each.other for each in others if each.other[opt_outs.FLAG] and each.after.get(opt_outs.FLAG, True)]
    source = merge.before if merge.before[opt_outs.FLAG] or not said else said[0]
    return {name: source.get(name) for name in (opt_outs.FLAG, *opt_outs.NOTED)}


def _possible(values: Values, now: Values, kept: list[str]) -> Values:
    """What was changed since may not go with what comes back: a portal without address, support that ends too soon."""
    if values.get("portal") and not values["addresses"]:
        values["portal"] = False
    begins, ends = values.get("support_start"), values.get("support_end")
    if begins and ends and ends < begins:
        values |= {name: now[name] for name in ("support_start", "support_end")}
        kept += [name for name in ("support_start", "support_end") if name not in kept]
    return values


def without(later: Any, merge: Any) -> Values:
    """``before`` of a later merge into the same survivor, as if ``merge`` had never been."""
    before = {
        name: merge.before[name] if name in merge.after and value == merge.after[name] else value
        for name, value in later.before.items()
        if name not in LISTS
    }
    lists = {
        name: [value for value in later.before[name] if LISTS[name](value) not in _came(name, merge)] for name in LISTS
    }
    return {**before, **lists}


def _came(name: str, merge: Any) -> set[str]:
    return _keys(name, merge.other[name]) - _keys(name, merge.before[name])


def _held(name: str, merges: Iterable[Any]) -> set[str]:
    return {key for merge in merges for key in _keys(name, merge.other[name])}


def _keys(name: str, values: Iterable[Any]) -> set[str]:
    return {LISTS[name](value) for value in values}
