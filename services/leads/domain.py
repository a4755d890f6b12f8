"""The rules of leads: which mail opens one, which mail joins one, what a person may write, what conversion makes."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from contracts.addresses import canonical_address
from contracts.base import Event
from contracts.errors import Conflict, Invalid, NotFound
from contracts.fields import identity_or_none
from contracts.senders import SenderUnmatched
from contracts.work import LEAD_STATUSES
from services.leads.names import company_of, name_of

OPEN, CONVERTED, DELETED = "open", "converted", "deleted"
MAX_DESCRIPTION, MAX_BECAME = 50_000, 10_000

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opening:
    """A lead to open for a mail; ``values`` are those of its row, without its number."""

    lead_id: str
    event: Event
    values: Values


@dataclass(frozen=True, slots=True)
class Joining:
    """A mail to put on a lead; ``opens`` where it is the one the lead is opened by."""

    lead_id: str
    event: Event
    opens: bool = False


@dataclass(slots=True)
class Desk:
    """What is known when a batch is decided; it grows as the batch goes on.

    ``placed``: mails on a lead already. ``leads``: ids of leads that exist. ``open``: canonical address → open lead.
    ``converted``: canonical address → (lead, moment of its conversion as RFC 3339). ``known``: mails of which a later
    decision says that the sender is known, each with that decision's revision.
    """

    placed: set[str] = field(default_factory=set)
    leads: set[str] = field(default_factory=set)
    open: dict[str, str] = field(default_factory=dict)
    converted: dict[str, tuple[str, str]] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch comes to."""

    openings: list[Opening]
    joinings: list[Joining]


def mail_id(event: Event) -> str:
    """The mail a decision is about."""
    return str(event.data["mail"]["mail_message_id"])


def opens_lead(event: Event) -> bool:
    """Whether a mail may open a lead: a stranger wrote it himself, to a sales mailbox that acts by itself.

    A re-match never does: a lead that a person deleted would come back by it.
    """
    data = event.data
    mail = data["mail"]
    return (
        event.type == SenderUnmatched.type
        and data["reason"] == "unknown"
        and mail["mailbox"]["purpose"] == "sales"
        and mail["direction"] == "incoming"
        and not mail["sender_ambiguous"]
        and bool(data["party"]["canonical"])
        and not is_rematch(event)
        and _acts(mail)
    )


def joins_lead(event: Event) -> bool:
    """Whether a mail belongs to a lead because the address book says so, whatever its mailbox is for."""
    match = event.data.get("match") or {}
    return match.get("kind") == "lead" and _acts(event.data["mail"])


def is_rematch(event: Event) -> bool:
    """Whether the decision replaces an earlier one of the same mail."""
    decision = event.data["decision"]
    return bool(decision["rematch"]) or decision["revision"] > 1


def later_decisions(events: Iterable[Event]) -> list[Values]:
    """What re-matches say, the last word of each mail: ``{mail_message_id, revision, known}``.

    In the order of the mails, so that two replicas lock the rows in one order.
    """
    rows: dict[str, Values] = {}
    for event in filter(is_rematch, events):
        row = {"mail_message_id": mail_id(event), "revision": event.data["decision"]["revision"]}
        if row["revision"] > rows.get(row["mail_message_id"], {"revision": 0})["revision"]:
            rows[row["mail_message_id"]] = row | {"known": "match" in event.data}
    return [rows[mail] for mail in sorted(rows)]


def plan(events: Iterable[Event], desk: Desk, *, new_id: Callable[[], str]) -> Plan:
    """Decide a batch in order; the second mail of one stranger joins the lead that the first one opens."""
    made = Plan([], [])
    for event in events:
        if mail_id(event) not in desk.placed:
            _place(event, desk, made, new_id=new_id)
    return made


def _place(event: Event, desk: Desk, made: Plan, *, new_id: Callable[[], str]) -> None:
    lead_id = _lead_of(event, desk)
    opens = lead_id is None and _may_open(event, desk)
    if opens:
        lead_id = new_id()
        desk.open[event.data["party"]["canonical"]] = lead_id
        made.openings.append(Opening(lead_id, event, lead_from_mail(event.data)))
    if lead_id:
        desk.placed.add(mail_id(event))
        made.joinings.append(Joining(lead_id, event, opens))


def _lead_of(event: Event, desk: Desk) -> str | None:
    if joins_lead(event):
        lead_id = event.data["match"]["id"]
        return lead_id if lead_id in desk.leads else None
    if not opens_lead(event):
        return None
    canonical = event.data["party"]["canonical"]
    return desk.open.get(canonical) or _converted_since(event, desk.converted.get(canonical))


def _converted_since(event: Event, converted: tuple[str, str] | None) -> str | None:
    """The lead whose conversion overtook this event: what it says of a stranger was true before."""
    return converted[0] if converted and event.time <= converted[1] else None


def _may_open(event: Event, desk: Desk) -> bool:
    overtaken = desk.known.get(mail_id(event), 0) > event.data["decision"]["revision"]
    return opens_lead(event) and not overtaken


def _acts(mail: Mapping[str, Any]) -> bool:
    return (mail["mailbox"]["policy"], mail["nature"]) == ("automatic", "personal")


def lead_from_mail(data: Mapping[str, Any]) -> Values:
    """The values of a lead for the sender of a mail: name and company guessed, subject and text taken over."""
    party, personal = data["party"], data["personal"]
    last_name, first_name = name_of(party["name"], party["address"])
    return {
        "last_name": last_name,
        "first_name": first_name,
        "company": company_of(party["canonical"]),
        "address": party["address"],
        "canonical": party["canonical"],
        "title": personal["subject"],
        "description": personal["excerpt"],
        "mailbox_id": data["mail"]["mailbox"]["id"],
        "source": "Mail",
    }


def search_text(values: Mapping[str, Any]) -> str:
    """What quick search looks in; width and case do not matter."""
    names = ("last_name", "first_name", "company", "address", "title")
    return folded(" ".join(values[name] for name in names))


def folded(text: str) -> str:
    """The form in which two spellings of one word are the same."""
    return _UNSTORABLE.sub("", unicodedata.normalize("NFKC", text).casefold())


def number(serial: int) -> str:
    """The number people see: LEA1."""
    return f"LEA{serial}"


def personal(lead: Any) -> Values:
    """The personal block of a lead's events."""
    return {name: getattr(lead, name) for name in ("last_name", "first_name", "company", "address", "canonical")}


def _text(limit: int = 255) -> fields.String:
    return fields.String(validate=validate.Length(max=limit))


class LeadData(Schema):
    """What a person may write into a lead."""

    class Meta:
        """A mistyped field is refused, not lost."""

        unknown = RAISE

    last_name = fields.String(validate=validate.Length(min=1, max=255))
    first_name = _text()
    company = _text()
    address = _text(320)
    title = _text(998)
    description = _text(MAX_DESCRIPTION)
    designation = _text()
    phone = _text(64)
    mobile = _text(64)
    website = _text()
    industry = _text()
    rating = _text(50)
    owner_id = fields.String(allow_none=True, validate=validate.Length(max=64))
    mailbox_id = fields.UUID(allow_none=True)
    status = fields.String(validate=validate.OneOf(LEAD_STATUSES))


def changed_values(data: Any) -> Values:
    """The values that ``data`` sets, checked; an address brings its canonical form along. Invalid names each fault."""
    try:
        values: Values = LeadData().load(data)
    except ValidationError as error:
        faults = error.messages if isinstance(error.messages, dict) else {"data": error.messages}
        raise Invalid("The lead cannot be saved: correct the fields that are named.", fields=faults) from error
    refuse_unstorable(values)
    if values.get("mailbox_id"):
        values["mailbox_id"] = str(values["mailbox_id"])
    if "address" in values:
        values["canonical"] = _canonical(values["address"])
    return values


def refuse_unstorable(values: Mapping[str, Any]) -> None:
    """Invalid for texts that no database takes."""
    faulty = [name for name, value in values.items() if isinstance(value, str) and _UNSTORABLE.search(value)]
    if faulty:
        sentence = "Holds characters that are none (NUL or half of a pair): take them out."
        raise Invalid("The lead cannot be saved: a text is broken.", fields={name: [sentence] for name in faulty})


def _canonical(address: str) -> str:
    """The canonical form of a typed address; empty where none was typed. Invalid for what is no address."""
    canonical = canonical_address(address)
    if address and not canonical:
        raise Invalid("This is no mail address.", fields={"address": ["Write it like name@example.jp."]})
    return canonical


def new_values(data: Any) -> Values:
    """The values of a lead that a person opens; name and company are guessed from the address where left out."""
    values = {"first_name": "", "company": "", "address": "", "canonical": "", "title": ""} | changed_values(data)
    if not values.get("last_name"):
        values["last_name"], values["first_name"] = name_of("", values["address"])
    if not values["last_name"]:
        raise Invalid("A lead needs a name or a mail address.", fields={"last_name": ["Fill it in."]})
    return values | {"company": values["company"] or company_of(values["canonical"])}


def checked_id(id: Any) -> str:
    """An id that a database can look for. NotFound for anything else."""
    if (found := identity_or_none(id)) is None:
        raise NotFound("There is no such lead.")
    return found


def checked_status(status: str | None) -> str | None:
    """A status to look for. Invalid for a word that is none."""
    if status is not None and status not in LEAD_STATUSES:
        raise Invalid("There is no such status.", fields={"status": [f"Must be one of: {', '.join(LEAD_STATUSES)}."]})
    return status


def checked_became(sets: Any) -> list[list[str]]:
    """Sets of records to look for. Invalid for too many; what is no id stands for nothing."""
    if not isinstance(sets or [], list) or any(not isinstance(ids, list) for ids in sets or []):
        raise Invalid("The records are sets of ids.")
    if sum(len(ids) for ids in sets or []) > MAX_BECAME:
        raise Invalid(f"Too many records: name at most {MAX_BECAME:,}.")
    return [[known for known in map(identity_or_none, ids) if known] for ids in sets or []]


def check_open(state: str, serial: int) -> None:
    """Conflict unless the lead is open."""
    if state != OPEN:
        raise Conflict(f"{number(serial)} is {state} already: nothing can be done with it any more.")
