"""Records as vCards 4.0 (RFC 6350), which an import reads as the same records as far as a card goes. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from contacts_service import fields

# Octets of a line without its end (RFC 6350 3.2).
LONGEST_LINE = 75
_TYPES = {"work": "work", "mobile": "cell", "home": "home", "fax": "fax", "assistant": "work", "other": "text"}
_SPECIAL = re.compile(r"([\\,;])")


def card(kind: str, values: Mapping[str, Any], linked: Mapping[str, str]) -> str:
    """The card of a record; ``linked``: what the records that it points at are called, by field."""
    properties = _person(values, linked) if kind == "contact" else _organization(values)
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"UID:urn:uuid:{values['id']}", *properties, *_common(values), "END:VCARD"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _person(values: Mapping[str, Any], linked: Mapping[str, str]) -> Iterable[str]:
    name = [values["last_name"], values["first_name"], "", values["salutation"], ""]
    kana = [values["last_name_kana"], values["first_name_kana"]]
    sorted_as = f';SORT-AS="{",".join(_quoted(each) for each in kana)}"' if any(kana) else ""
    yield f"FN:{_escaped(f'{name[0]} {name[1]}'.strip())}"
    yield f"N{sorted_as}:{';'.join(map(_escaped, name))}"
    if any(kana):
        # What many address books of telephones read instead.
        yield f"X-PHONETIC-LAST-NAME:{_escaped(kana[0])}"
        yield f"X-PHONETIC-FIRST-NAME:{_escaped(kana[1])}"
    organization = [linked.get("organization_id", ""), values["department"]]
    if any(organization):
        yield f"ORG:{';'.join(map(_escaped, organization))}"
    if values["title"]:
        yield f"TITLE:{_escaped(values['title'])}"
    if boss := linked.get("reports_to_id"):
        yield f"RELATED;TYPE=x-manager{':mailto:' if '@' in boss else ';VALUE=text:'}{_escaped(boss)}"
    if values["birthday"]:
        yield f"BDAY:{values['birthday']:%Y%m%d}"
    yield from _postal(values, fields.CONTACT_POSTAL, ("work", "home"))


def _organization(values: Mapping[str, Any]) -> Iterable[str]:
    yield "KIND:org"
    yield f"FN:{_escaped(values['name'])}"
    yield f"ORG:{_escaped(values['name'])}"
    if values["website"]:
        yield f"URL:{_escaped(values['website'])}"
    yield from _postal(values, fields.ORGANIZATION_POSTAL, ("work", "work"))


def _common(values: Mapping[str, Any]) -> Iterable[str]:
    for place, address in enumerate(values["addresses"], start=1):
        yield f"EMAIL;PREF={min(place, 100)}:{_escaped(address)}"
    for place, phone in enumerate(values["phones"], start=1):
        yield f"TEL;PREF={min(place, 100)};TYPE={_TYPES[phone['kind']]}:{_escaped(phone['number'])}"
    if values["tags"]:
        yield f"CATEGORIES:{','.join(map(_escaped, values['tags']))}"
    if values["description"]:
        yield f"NOTE:{_escaped(values['description'])}"
    yield f"REV:{values['updated_at']:%Y%m%dT%H%M%SZ}"


def _postal(values: Mapping[str, Any], kinds: tuple[str, ...], types: tuple[str, ...]) -> Iterable[str]:
    for kind, word in zip(kinds, types, strict=True):
        parts = [values[f"{kind}_{part}"] for part in ("street", "city", "state", "postal_code", "country")]
        box = values[f"{kind}_po_box"]
        if box or any(parts):
            yield f"ADR;TYPE={word}:{';'.join(map(_escaped, [box, '', *parts]))}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text).replace("\r", "").replace("\n", "\\n")


def _quoted(text: str) -> str:
    """A text within the quotes of a parameter, which knows no escape (RFC 6868 aside)."""
    return text.replace('"', "'").replace(",", " ")


def _folded(line: str) -> str:
    """A line in parts of at most 75 octets, none of which ends within a character."""
    if len(line.encode()) <= LONGEST_LINE:
        return line
    parts, size = [""], 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LONGEST_LINE:
            parts.append(" ")
            size = 1
        parts[-1] += letter
        size += octets
    return "\r\n".join(parts)
