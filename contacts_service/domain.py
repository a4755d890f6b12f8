"""The rules of contacts: what a record is called, which addresses stand for it, who is meant by an address.

Pure: no database, clock or network. Records and book entries are dicts of plain values here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from contacts_service import checks, fields, opt_outs
from contracts.addresses import canonical_address, weaker_address
from contracts.errors import Invalid
from contracts.folding import folded, spread
from contracts.names import called

Values = dict[str, Any]

# The order in which kinds of record are meant by an address that several of them hold (features.md §3).
KIND_RANK = {"contact": 1, "lead": 2, "organization": 3}
WEAKER_BY = len(KIND_RANK)
MAX_RESOLVED = 1_000

PLACES = tuple(fields.postal(*fields.CONTACT_POSTAL, *fields.ORGANIZATION_POSTAL))


def new_row(record_id: str, *, number: str, values: Values, moment: datetime, actor: Values | None = None) -> Values:
    """A complete row from the values of a new record (``new_values``)."""
    noted = opt_outs.noted({opt_outs.FLAG: False}, values, actor, moment)
    row = {**opt_outs.NOTHING, **noted, "id": record_id, "number": number, "version": 1, "modified_by": None}
    return {**row, "deleted_at": None, "created_at": moment, "updated_at": moment, **looked_into(row)}


def differences(before: Values, after: Values) -> list[str]:
    """The names of the fields that ``after`` would change."""
    return sorted(name for name, value in after.items() if before[name] != value)


def field_changes(before: Values, after: Values, names: Iterable[str]) -> list[Values]:
    """What becomes of each named field, ``{field, old, new}``, as callers get the values."""
    old, new = (wire_values({name: values[name] for name in names}) for values in (before, after))
    return [{"field": name, "old": old[name], "new": new[name]} for name in old]


def label_of(kind: str, values: Values) -> str:
    """What a record is called."""
    return str(values["name"]) if kind == "organization" else called(values["last_name"], values["first_name"])


SEARCHED = ("number", "name", "last_name", "first_name", "last_name_kana", "first_name_kana", "title", "department")


def searched_phones(phones: Iterable[Values]) -> list[str]:
    """Numbers as people write them here, as their digits alone and as kept: whoever searches types any of them."""
    shown = {phone["number"]: checks.shown_phone(phone["number"]) for phone in phones}
    digits = ("".join(filter(str.isdigit, each)) for each in shown.values())
    return list(dict.fromkeys([*shown.values(), *digits, *shown]))


# Which of an organization's postal addresses becomes which of its contacts'.
COPIED_POSTAL = dict(zip(fields.CONTACT_POSTAL, fields.ORGANIZATION_POSTAL, strict=True))


def copied_addresses(organization: Values, contact: Values, given: Iterable[str] = ()) -> Values:
    """The postal fields that a contact takes over from its organization: each address that it has nothing of.

    ``given``: fields that are being typed; half an address of one and half of another would be nobody's.
    """
    copied: Values = {}
    typed = set(given)
    for own, theirs in COPIED_POSTAL.items():
        names = {f"{own}_{part}": organization[f"{theirs}_{part}"] for part in fields.POSTAL_PARTS}
        if any(names.values()) and not any(contact[name] for name in names) and not typed & names.keys():
            copied |= names
    return copied


def looked_into(values: Values) -> Values:
    """The columns made of others: what a quick search and filters look into, and the name that lists sort by."""
    parts = [str(values[name]) for name in SEARCHED if values.get(name)]
    searched = [*parts, *values["addresses"], *searched_phones(values["phones"]), *values["tags"]]
    places = [values[name] for name in PLACES if values.get(name)]
    return {"search": spread(" ".join(searched)), "places": spread(" ".join(places)), "sort_name": sort_name(values)}


def sort_name(values: Values) -> str:
    """A name as the syllabary orders it: the furigana where they are known, last name first."""
    parts = [values.get(f"{name}_kana") or values.get(name) or "" for name in ("last_name", "first_name")]
    return folded(values["name"] if "name" in values else " ".join(parts).strip())


def book_entries(
    kind: str, record_id: str, *, label: str, organization_id: str | None, typed: Sequence[str]
) -> list[Values]:
    """The entries of the address book that make ``typed`` stand for a record, primary first."""
    common = {"record_kind": kind, "record_id": record_id, "label": label, "organization_id": organization_id}
    entries = []
    for position, address in enumerate(typed):
        canonical = canonical_address(address)
        own = {"canonical": canonical, "position": position, "address": address, "weak_key": weaker_address(canonical)}
        entries.append({**own, **common})
    return entries


def assigned_and_released(before: Iterable[Values], after: Iterable[Values]) -> tuple[list[str], list[str]]:
    """The canonical addresses that begin, and those that cease, to stand for a record."""
    old, new = ({entry["canonical"]: None for entry in entries} for entries in (before, after))
    return [address for address in new if address not in old], [address for address in old if address not in new]


def wire_values(values: Values) -> Values:
    """Values as callers type and get them: dates as RFC 3339 writes them, phone numbers with how they are shown."""
    return {name: _wire_value(name, value) for name, value in values.items()}


def _wire_value(name: str, value: Any) -> Any:
    if name == "phones":
        return [{**phone, "shown": checks.shown_phone(phone["number"])} for phone in value]
    return value.isoformat() if isinstance(value, date) else value


REASONS = {
    "primary_address": "{address} is the primary mail address of this {kind}.",
    "further_address": "{address} is a further mail address of this {kind}.",
    "same_mailbox": "{address} of this {kind} may be the same mailbox by its provider's rules (dots, plus).",
}


def candidates(canonical: str, exact: Iterable[Values], weak: Iterable[Values] = ()) -> list[Values]:
    """Who is meant by an address, best first: contact, lead, organization; then, marked weak, likely ones."""
    sure = [_candidate(entry) for entry in exact]
    unsure = [_candidate(entry, weak=True) for entry in weak if entry["canonical"] != canonical]
    known = {(candidate["kind"], candidate["id"]) for candidate in sure}
    further = [candidate for candidate in unsure if (candidate["kind"], candidate["id"]) not in known]
    return sorted([*sure, *further], key=lambda candidate: (candidate["rank"], candidate["label"], candidate["id"]))


def _candidate(entry: Values, *, weak: bool = False) -> Values:
    kind = entry["record_kind"]
    reason = "same_mailbox" if weak else "further_address" if entry["position"] else "primary_address"
    return {
        "kind": kind,
        "id": entry["record_id"],
        "label": entry["label"],
        "organization_id": entry["record_id"] if kind == "organization" else entry["organization_id"],
        "rank": KIND_RANK[kind] + WEAKER_BY * weak,
        "reason": reason,
        "explanation": REASONS[reason].format(address=entry["address"], kind=kind),
        "weak": weak,
    }


def lead_entries(lead_id: str, personal: Mapping[str, Any]) -> list[Values]:
    """The entries that make an open lead's address stand for it; none for a lead without address."""
    if not canonical_address(personal["address"]):
        return []
    label = label_of("lead", dict(personal)) or personal["company"] or personal["address"]
    return book_entries("lead", lead_id, label=label, organization_id=None, typed=[personal["address"]])


def is_newer(mark: tuple[str, bool] | None, *, time: str) -> bool:
    """Whether a lead's event says something new after ``mark`` (time of the last one, lead gone). Gone is for good."""
    return mark is None or (not mark[1] and time >= mark[0])


def canonicals(addresses: Any) -> dict[str, str]:
    """The canonical form of each address asked for. Invalid for more than MAX_RESOLVED at once."""
    if not isinstance(addresses, list) or not all(isinstance(address, str) for address in addresses):
        raise Invalid("Addresses are asked for as a list of texts.", fields={"addresses": ["Must be a list of texts."]})
    if len(addresses) > MAX_RESOLVED:
        fault = f"At most {MAX_RESOLVED:,} at once: ask in several calls."
        raise Invalid("Too many addresses were asked for at once.", fields={"addresses": [fault]})
    return {address: canonical_address(address) for address in addresses}


def weak_keys(canonicals: Iterable[str]) -> dict[str, str]:
    """The weak key of each canonical address whose provider treats several spellings as one mailbox."""
    return {canonical: key for canonical in canonicals if (key := weaker_address(canonical))}


def answers(asked: Mapping[str, str], exact: Iterable[Values], weak: Iterable[Values]) -> dict[str, list[Values]]:
    """Who is meant by each address asked for (``asked``: address → canonical), from the entries that were found."""
    by_canonical, by_weak_key = _grouped(exact, "canonical"), _grouped(weak, "weak_key")
    keys = weak_keys(asked.values()) if by_weak_key else {}
    return {
        address: candidates(canonical, by_canonical.get(canonical, ()), by_weak_key.get(keys.get(canonical, ""), ()))
        for address, canonical in asked.items()
    }


def _grouped(entries: Iterable[Values], column: str) -> dict[str, list[Values]]:
    groups: dict[str, list[Values]] = {}
    for entry in entries:
        groups.setdefault(entry[column], []).append(entry)
    return groups
