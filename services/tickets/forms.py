"""Pure rules: what a person may write into a ticket, and which change of status is allowed."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from contracts.addresses import canonical_address
from contracts.errors import Conflict, Invalid, NotFound
from contracts.fields import RECORD_KINDS, identity_or_none
from contracts.work import TICKET_PRIORITIES, TICKET_STATUSES
from services.tickets.domain import TRANSITIONS

MAX_DESCRIPTION = 50_000
MAX_PEOPLE = 2_000
MAX_QUERY, MOST_WORDS = 200, 5
SEVERITIES = ("Minor", "Major", "Feature", "Critical")
CATEGORIES = ("Big Problem", "Small Problem", "Other Problem")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Of more digits there is none, and no column holds it.
_NUMBER = re.compile(r"(?:TT)?([0-9]{1,9})", re.IGNORECASE)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)

Values = dict[str, Any]


class _Strict(Schema):
    class Meta:
        """A mistyped field is refused, not lost."""

        unknown = RAISE


class CustomerData(_Strict):
    """Whom a ticket is for."""

    kind = fields.String(required=True, validate=validate.OneOf([kind for kind in RECORD_KINDS if kind != "ticket"]))
    id = fields.UUID(required=True)


class MailData(_Strict):
    """What is known of the mail that a ticket is opened from; by it later mails of its thread are recognised."""

    message_id = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=998))
    in_reply_to = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=998))
    references = fields.List(
        fields.String(validate=validate.Length(max=998)), load_default=list, validate=validate.Length(max=50)
    )
    received_at = fields.AwareDateTime(load_default=None, validate=validate.Range(min=_BEGINNING, max=_END))


class TicketData(_Strict):
    """What a person may write into a ticket."""

    title = fields.String(validate=validate.Length(min=1, max=998))
    description = fields.String(validate=validate.Length(max=MAX_DESCRIPTION))
    status = fields.String(validate=validate.OneOf(TICKET_STATUSES))
    priority = fields.String(validate=validate.OneOf(TICKET_PRIORITIES))
    severity = fields.String(allow_none=True, validate=validate.OneOf(SEVERITIES))
    category = fields.String(allow_none=True, validate=validate.OneOf(CATEGORIES))
    customer = fields.Nested(CustomerData, allow_none=True)
    organization_id = fields.UUID(allow_none=True)
    requester_name = fields.String(validate=validate.Length(max=255))
    requester_address = fields.String(validate=validate.Length(max=320))
    mailbox_id = fields.UUID(allow_none=True)
    needs_review = fields.Boolean()
    may_belong_to = fields.UUID(allow_none=True)
    assigned_to = fields.String(allow_none=True, validate=validate.Length(max=64))


class NewTicketData(TicketData):
    """The same for a new ticket, with the mail it is opened from."""

    mail = fields.Nested(MailData, allow_none=True, load_default=None)


def changed_values(data: Any) -> Values:
    """The columns that ``data`` sets, checked. Invalid names each fault by its field."""
    return _columns(_loaded(TicketData(), data))


def new_values(data: Any) -> tuple[Values, Values | None]:
    """The columns of a new ticket, and what is said of its mail."""
    values = _loaded(NewTicketData(), data)
    if "title" not in values:
        raise Invalid("A ticket needs a title.", fields={"title": ["Fill it in."]})
    mail = values.pop("mail")
    if values.get("customer", False) is None:
        # An empty field of a form is no word of a person: whoever is recognised later may become the customer.
        del values["customer"]
    return _columns(values), mail


def check_transition(old: str, new: str) -> None:
    """Conflict for a change of status that is not allowed."""
    if new != old and new not in TRANSITIONS[old]:
        allowed = ", ".join(status for status in TICKET_STATUSES if status in TRANSITIONS[old])
        raise Conflict(f"A ticket that is {old} cannot become {new} at once; it can become: {allowed}.")


def checked_status(status: str | None) -> str | None:
    """A status to look for. Invalid for a word that is none."""
    if status is not None and status not in TICKET_STATUSES:
        raise Invalid("There is no such status.", fields={"status": [f"Must be one of: {', '.join(TICKET_STATUSES)}."]})
    return status


def checked_id(id: Any) -> str:
    """An id that a database can look for. NotFound for anything else."""
    if (found := identity_or_none(id)) is None:
        raise NotFound("There is no such ticket.")
    return found


def checked_people(ids: Any) -> list[str]:
    """The people of an organization that a caller names. Invalid for too many."""
    if ids is not None and (not isinstance(ids, list) or len(ids) > MAX_PEOPLE):
        raise Invalid("Too many people.", fields={"people": [f"Name at most {MAX_PEOPLE:,}."]})
    return [known for known in map(identity_or_none, ids or []) if known]


def _loaded(schema: Schema, data: Any) -> Values:
    try:
        loaded: Values = schema.load(data)
    except ValidationError as error:
        faults = error.messages if isinstance(error.messages, dict) else {"data": error.messages}
        raise Invalid("The ticket cannot be saved: correct the fields that are named.", fields=faults) from error
    _refuse_unstorable(loaded | (loaded.get("mail") or {}))
    return loaded


def _refuse_unstorable(values: Values) -> None:
    """Invalid for texts that no database takes."""
    faulty = [name for name, value in values.items() if _UNSTORABLE.search("".join(_texts(value)))]
    if faulty:
        sentence = "Holds characters that are none (NUL or half of a pair): take them out."
        raise Invalid("The ticket cannot be saved: a text is broken.", fields={name: [sentence] for name in faulty})


def _texts(value: Any) -> list[str]:
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def _canonical(address: str) -> str:
    """The canonical form of a typed address; empty where none was typed. Invalid for what is no address."""
    canonical = canonical_address(address)
    if address and not canonical:
        raise Invalid("This is no mail address.", fields={"requester_address": ["Write it like name@example.jp."]})
    return canonical


def _columns(values: Values) -> Values:
    """Ids as strings, a customer as its two columns, as said, an address with its canonical form."""
    ids = ("organization_id", "mailbox_id", "may_belong_to")
    columns: Values = {name: str(value) if value and name in ids else value for name, value in values.items()}
    if "customer" in columns:
        customer: Values = columns.pop("customer") or {"kind": None, "id": None}
        found = str(customer["id"]) if customer["id"] else None
        columns |= {"said_customer_kind": customer["kind"], "said_customer_id": found, "customer_by_person": True}
    if "organization_id" in columns:
        columns["said_organization_id"] = columns.pop("organization_id")
    if "requester_address" in columns:
        columns["requester_canonical"] = _canonical(columns["requester_address"])
    return columns


def words_of(query: str | None) -> list[str]:
    """The words to look for, some at most; full-width letters and digits are as others."""
    return _UNSTORABLE.sub("", unicodedata.normalize("NFKC", query or ""))[:MAX_QUERY].split()[:MOST_WORDS]


def serial_of(word: str) -> int | None:
    """The serial of the ticket number that a word is: 12 of TT12."""
    found = _NUMBER.fullmatch(word)
    return int(found[1]) if found else None
