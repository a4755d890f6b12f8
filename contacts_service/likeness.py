"""When two records may be the same person or organization, and by which keys such pairs are found. Pure, as domain.py.

Records are dicts of plain values here. A pair is looked at if it has a key in common; whether it is a likely duplicate,
and why, ``reasons`` says.
"""

import re
from collections.abc import Callable, Mapping
from hashlib import blake2b
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from contacts_service import domain
from contracts.addresses import canonical_address, weaker_address
from contracts.folding import folded

Values = dict[str, Any]

# The fields that a pair is compared by.
COMPARED = (
    *("addresses", "phones", "name", "website", "organization_id"),
    *("last_name", "first_name", "last_name_kana", "first_name_kana"),
)
# What a reason is worth when likely duplicates are put in order.
WORTH = {"same_address": 100, "same_phone": 80, "same_name": 70, "same_website": 60, "similar_name": 50}
ALIKE = 85
# Whoever shares a phone needs a name that may be the other's: colleagues share the phone of their company.
MAY_BE_ALIKE = 60
MAX_KEYS = 60
# Of these all colleagues may have the same.
SHARED_PHONES = frozenset({"fax", "assistant"})
_LEGAL_FORMS = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|一般社団法人|一般財団法人|公益社団法人|公益財団法人|"
    r"(?<![a-z])(?:incorporated|inc|limited|ltd|llc|llp|corporation|corp|company|co|gmbh|ag|plc|k\.?k|y\.?k)(?![a-z])|"
    r"[(](?:株|有|同|資|名|社|財)[)]"
)
_NOT_TOLD = re.compile(r"[\s\W_]+")


def bare(text: str) -> str:
    """A name without differences of width, case, kana, variants of characters, spaces and signs."""
    return _NOT_TOLD.sub("", folded(text))


def bare_company(name: str) -> str:
    """A company's name without its legal form (NFKC makes ㈱ and （株） the same three signs)."""
    return bare(_LEGAL_FORMS.sub(" ", folded(name))) or bare(name)


def host(website: str) -> str:
    """The host of a website without www; empty where there is none."""
    text = folded(website).strip()
    try:
        found = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    return found.removeprefix("www.") if "." in found else ""


def contact_texts(values: Values) -> Values:
    name, kana = (bare(values[f"last_name{each}"] + values[f"first_name{each}"]) for each in ("", "_kana"))
    return {"name": name, "kana": kana, "family": bare(values["last_name"]), "within": values["organization_id"] or ""}


def _organization_texts(values: Values) -> Values:
    return {"name": bare_company(values["name"]), "host": host(values["website"])}


def mailboxes(values: Values) -> dict[str, str]:
    """The mailboxes of a record: what they are told apart by, and as typed."""
    canonical = {canonical_address(each): each for each in values["addresses"]}
    return {weaker_address(each) or each: typed for each, typed in canonical.items()}


def own_phones(values: Values) -> dict[str, Values]:
    numbers = {phone["number"].partition(";")[0]: phone for phone in values["phones"]}
    return {number: phone for number, phone in numbers.items() if phone["kind"] not in SHARED_PHONES}


def _contact_keys(values: Values) -> list[tuple[str, str]]:
    texts = contact_texts(values)
    # The name alone too: who typed it twice may have left the organization out, and namesakes are too many to compare.
    within = dict.fromkeys(("", texts["within"])) if texts["name"] else ()
    named = [("name", f"{texts['name']}|{each}") for each in within]
    kana = [("kana", f"{texts['kana']}|{texts['within']}")] if texts["kana"] else []
    similar = [("similar", f"{texts['within']}|{texts['family'][:1]}")] if texts["within"] and texts["family"] else []
    return [*named, *kana, *similar]


def _organization_keys(values: Values) -> list[tuple[str, str]]:
    texts = _organization_texts(values)
    website = [("website", texts["host"])] if texts["host"] else []
    return [("name", texts["name"]), *website, ("similar", texts["name"][:2])]


_OWN_KEYS: Mapping[str, Callable[[Values], list[tuple[str, str]]]] = {
    "contact": _contact_keys,
    "organization": _organization_keys,
}
# Keys are numbers: the upper bits tell the kind of record and of key, the likelier ones first; the lower 56 are a hash.
_RANKS = dict(
    zip(
        [
            (kind, key)
            for kind in ("contact", "organization")
            for key in ("address", "phone", "name", "kana", "website", "similar")
        ],
        count(1),
        strict=False,
    )
)
_BITS = 56


def keys(kind: str, values: Values) -> set[int]:
    """The match keys of a record, at most MAX_KEYS."""
    shared = [*(("address", each) for each in mailboxes(values)), *(("phone", each) for each in own_phones(values))]
    return {key(kind, *each) for each in [*_OWN_KEYS[kind](values), *shared][:MAX_KEYS]}


def key(kind: str, of: str, text: str) -> int:
    """The match key of one property of a kind of record."""
    hashed = blake2b(text.encode(), digest_size=_BITS // 8).digest()
    return (_RANKS[kind, of] << _BITS) + int.from_bytes(hashed, "big")


def name_key(name: str, organization_id: str = "") -> int:
    """The match key of a contact of this bare name, in an organization or in any."""
    return key("contact", "name", f"{name}|{organization_id}")


def key_range(kind: str) -> tuple[int, int]:
    """Below the first and above the last key of a kind of record."""
    ranks = [rank for (of, _), rank in _RANKS.items() if of == kind]
    return min(ranks) << _BITS, (max(ranks) + 1) << _BITS


def reasons(kind: str, one: Values, two: Values) -> list[Values]:
    """Why two records may be the same, ``{reason, value}``, the weightiest first; empty where that is not likely."""
    names = _name_reasons[kind](one, two)
    found = [*_address_reason(one, two), *_phone_reason(kind, one, two), *names]
    return sorted(found, key=lambda each: -WORTH[each["reason"]])


def worth(found: list[Values]) -> int:
    """How likely a pair is the same, for putting pairs in order."""
    return sum(WORTH[each["reason"]] for each in found)


def _address_reason(one: Values, two: Values) -> list[Values]:
    theirs = mailboxes(two)
    shared = [typed for each, typed in mailboxes(one).items() if each in theirs]
    return [{"reason": "same_address", "value": shared[0]}] if shared else []


def _phone_reason(kind: str, one: Values, two: Values) -> list[Values]:
    theirs = own_phones(two)
    shared = {number: phone for number, phone in own_phones(one).items() if number in theirs}
    own = [number for number, phone in shared.items() if "mobile" in (phone["kind"], theirs[number]["kind"])]
    if own or (shared and (kind == "organization" or _may_be_alike(one, two))):
        return [{"reason": "same_phone", "value": shared[(own or list(shared))[0]]["number"]}]
    return []


def _may_be_alike(one: Values, two: Values) -> bool:
    first, second = contact_texts(one), contact_texts(two)
    kana = first["kana"] and first["kana"] == second["kana"]
    return bool(kana) or fuzz.ratio(first["name"], second["name"]) >= MAY_BE_ALIKE


def _contact_name_reason(one: Values, two: Values) -> list[Values]:
    first, second = contact_texts(one), contact_texts(two)
    elsewhere = first["within"] and second["within"] and first["within"] != second["within"]
    other_kana = first["kana"] and second["kana"] and first["kana"] != second["kana"]
    if elsewhere:
        return []
    value = domain.label_of("contact", two)
    if first["name"] and first["name"] == second["name"] and not other_kana:
        return [{"reason": "same_name", "value": value}]
    same_kana = first["kana"] and first["kana"] == second["kana"]
    similar = fuzz.ratio(first["name"], second["name"]) >= ALIKE
    alike = same_kana or (similar and first["within"] and first["within"] == second["within"] and not other_kana)
    return [{"reason": "similar_name", "value": value}] if alike else []


def _organization_name_reason(one: Values, two: Values) -> list[Values]:
    first, second = _organization_texts(one), _organization_texts(two)
    found = []
    if first["host"] and first["host"] == second["host"]:
        found.append({"reason": "same_website", "value": first["host"]})
    if first["name"] == second["name"]:
        found.append({"reason": "same_name", "value": two["name"]})
    elif fuzz.ratio(first["name"], second["name"]) >= ALIKE:
        found.append({"reason": "similar_name", "value": two["name"]})
    return found


_name_reasons: Mapping[str, Callable[[Values, Values], list[Values]]] = {
    "contact": _contact_name_reason,
    "organization": _organization_name_reason,
}
