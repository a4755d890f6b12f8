"""The rules of history: what stands on whose timeline, whatever the order in which events arrive."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.base import Event
from contracts.errors import Invalid, NotFound
from contracts.fields import MAX_TEXT, RECORD_KINDS, identity_or_none
from contracts.names import called
from contracts.people import ContactMerged, ContactUnmerged, OrganizationMerged, OrganizationUnmerged
from contracts.senders import MatchCorrected
from contracts.work import LeadConverted, TicketReplyReceived

DECISION, CORRECTION, TICKET, PERSON, UNLINKED = "decision", "correction", "ticket", "person", "unlinked"
# Where nobody put a mail by hand.
BY_ITSELF = (DECISION, TICKET)
EXCERPT_LENGTH = 300
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Home:
    """A record on whose timeline something stands."""

    kind: str
    id: str

    def to_wire(self) -> Values:
        """As the contracts write it."""
        return {"kind": self.kind, "id": self.id}


@dataclass(frozen=True, slots=True)
class Word:
    """What is said of a mail: by the matcher in a revision, or by a person who corrects it (then ``revision`` is 0).

    ``said_at`` RFC 3339. ``home`` None: nobody. ``facts``: the mail itself, None where the event does not carry it.
    ``automatic``: false where the mailbox only suggests.
    """

    mail_message_id: str
    revision: int
    said_at: str
    by_person: bool
    home: Home | None
    automatic: bool
    facts: Values | None
    event: Event | None


@dataclass(frozen=True, slots=True)
class Union:
    """That the record ``old`` went up in ``new``, by which merge or conversion."""

    merge_id: str
    old: Home
    new: Home


@dataclass(frozen=True, slots=True)
class Parting:
    """That a union ended: what bears one of the (canonical) ``addresses`` and came between goes to ``union.old``.

    ``since`` and ``ended_at`` RFC 3339.
    """

    union: Union
    since: str
    ended_at: str
    addresses: list[str]


def home_of(ref: Values | None) -> Home | None:
    """The home that a record reference names."""
    return Home(ref["kind"], ref["id"]) if ref else None


def word_of(event: Event) -> Word:
    """The word that a decision or a correction is."""
    data = event.data
    if event.type == MatchCorrected.type:
        home = home_of(data["match"])
        return Word(data["mail_message_id"], 0, event.time, True, home, True, None, event)
    mail = data["mail"]
    automatic = mail["mailbox"]["policy"] == "automatic" and mail["nature"] == "personal"
    revision, home = data["decision"]["revision"], home_of(data.get("match"))
    return Word(mail["mail_message_id"], revision, event.time, False, home, automatic, mail_facts(data), event)


def mail_facts(data: Values) -> Values:
    """What a timeline shows of a mail. ``happened_at`` is RFC 3339 here."""
    mail, party, personal = data["mail"], data["party"], data["personal"]
    return {
        "happened_at": mail["received_at"],
        "title": personal["subject"],
        "doubtful": mail["authentic"] is False or mail["sender_ambiguous"],
        "summary": {
            "direction": mail["direction"],
            "party": {"name": party["name"], "address": party["address"]},
            "excerpt": personal["excerpt"][:EXCERPT_LENGTH],
            "attachment_count": mail["attachment_count"],
            "mailbox": {"id": mail["mailbox"]["id"], "name": mail["mailbox"]["name"]},
        },
    }


def mail_of(event: Event) -> str | None:
    """The mail that a decision or a ticket's event is about."""
    found: str | None = event.data.get("mail_message_id") or event.data.get("mail", {}).get("mail_message_id")
    return found


def supersedes(new: Word, old: Word) -> bool:
    """Whether ``new`` replaces ``old``: the higher revision; where a person spoke, what was said last."""
    if new.by_person or old.by_person:
        return new.said_at > old.said_at
    return new.revision > old.revision


def last_words(words: Iterable[Word]) -> dict[str, Word]:
    """The last word of each mail within a batch, in an order of the mails that two replicas have in common."""
    last: dict[str, Word] = {}
    for word in words:
        known = last.get(word.mail_message_id)
        if known is None or supersedes(word, known):
            last[word.mail_message_id] = word
    return dict(sorted(last.items()))


def places(word: Word) -> bool:
    """Whether a word puts a mail on a timeline: a person's always, a decision where the mailbox acts by itself."""
    return word.home is not None and (word.by_person or word.automatic)


def origin_of(by_person: bool) -> str:
    """Why a mail stands where a word puts it."""
    return CORRECTION if by_person else DECISION


def removed_origins(word: Word) -> tuple[str, ...]:
    """Whose entries of a mail a word takes away from other records: what a person did, only a person undoes."""
    if word.by_person:
        return (DECISION, CORRECTION)
    return (DECISION,) if word.automatic else ()


def shown_to_customer(event_type: str) -> bool:
    """Whether a ticket's event stands on its customer's timeline too; a reply stands there as a mail already."""
    return event_type != TicketReplyReceived.type


def ticket_entry(event: Event) -> Values:
    """What a timeline shows of a ticket's event."""
    data = event.data
    told = ("number", "status", "priority", "mail_message_id")
    summary = {name: data[name] for name in told if data.get(name) is not None}
    return _entry("ticket", event, about_id=data["ticket_id"], title=data.get("title", ""), summary=summary)


def lead_entry(event: Event) -> Values:
    """What a timeline shows of a lead's event."""
    data = event.data
    told = ("number", "status", "mail_message_id", "contact_id", "organization_id")
    summary = {name: data[name] for name in told if data.get(name) is not None}
    return _entry("lead", event, about_id=data["lead_id"], title=_name(data.get("personal", {})), summary=summary)


def buyers_of(event: Event) -> list[Home]:
    """The contact and the organization that a sale is with."""
    facts = event.data[event.type.partition(".")[0]]
    return [Home(kind, facts[f"{kind}_id"]) for kind in ("contact", "organization") if facts[f"{kind}_id"]]


def sale_entry(event: Event) -> Values:
    """What a timeline shows of an opportunity's, a quote's or an invoice's event."""
    kind = event.type.partition(".")[0]
    facts = event.data[kind]
    told = ("number", "stage", "amount", "total", "currency")
    summary = {"about": kind} | {name: facts[name] for name in told if facts.get(name) is not None}
    title = facts.get("name") or facts.get("subject", "")
    # A kind of its own would be one that readers of history_entry.added.v1 do not know.
    return _entry("change", event, about_id=facts["id"], title=title, summary=summary)


def concerned_by(event: Event) -> list[Home]:
    """The records that an activity is about, and the customers who take part, each once."""
    activity = event.data["activity"]
    named = [Home(ref["kind"], ref["id"]) for ref in activity["about"] + activity["attendees"]]
    return [home for home in dict.fromkeys(named) if home.kind in RECORD_KINDS]


def activity_entry(event: Event) -> Values:
    """What a timeline shows of an activity's event: what it is, its status, and when it takes place or is due."""
    facts = event.data["activity"]
    told = ("status", "starts_at", "starts_on", "due_at", "due_on", "time_zone")
    summary = {"about": "activity", "activity_kind": facts["kind"]}
    summary |= {name: facts[name] for name in told if facts.get(name) is not None}
    return _entry("change", event, about_id=facts["id"], title=event.data["personal"]["subject"], summary=summary)


def record_of(event: Event) -> Home:
    """The contact or organization that an event is about."""
    kind = event.type.partition(".")[0]
    return Home(kind, str(event.data.get(f"{kind}_id") or event.data[kind]["id"]))


def record_entry(event: Event) -> Values:
    """What a timeline shows of the merge, un-merge, deletion or restore of a record."""
    return _entry("change", event, about_id=record_of(event).id, title="", summary={})


def _entry(kind: str, event: Event, *, about_id: str, title: str, summary: Values) -> Values:
    return {
        "kind": kind,
        "origin": DECISION,
        "happened_at": event.time,
        "source_event_id": event.id,
        "about_id": about_id,
        "title": title,
        "summary": {"event": event.type, **summary},
    }


def _name(personal: Values) -> str:
    name = called(personal.get("last_name", ""), personal.get("first_name", ""))
    return f"{name} {personal.get('company', '')}".strip()


_MERGES, _PARTINGS = (ContactMerged.type, OrganizationMerged.type), (ContactUnmerged.type, OrganizationUnmerged.type)


def union_of(event: Event) -> Union | None:
    """The record that went up in another one by this event, and that other one."""
    data = event.data
    if event.type in (*_MERGES, *_PARTINGS):
        old = record_of(event)
        return Union(data.get("merge_id") or event.id, old, Home(old.kind, data["survivor_id"]))
    if event.type != LeadConverted.type:
        return None
    lead = Home("lead", data["lead_id"])
    if data["contact_id"]:
        return Union(event.id, lead, Home("contact", data["contact_id"]))
    return Union(event.id, lead, Home("organization", data["organization_id"]))


def end_of(home: Home, steps: Mapping[str, Home]) -> Home:
    """The record at the end of the chain that begins with one; ``steps``: by its id, what each record went up in."""
    passed: set[str] = set()
    while home.id in steps and home.id not in passed:
        passed.add(home.id)
        home = steps[home.id]
    return home


def parting_of(event: Event) -> Parting | None:
    """The union that this event ends."""
    union = union_of(event)
    if union is None or event.type not in _PARTINGS:
        return None
    return Parting(union, event.data["merged_at"], event.time, event.data["addresses"])


def checked_record(record: Any) -> Home:
    """The record that a caller names. Invalid if it is none."""
    kind, id = (record.get("kind"), identity_or_none(record.get("id"))) if isinstance(record, dict) else (None, None)
    if kind not in RECORD_KINDS or id is None:
        kinds = ", ".join(RECORD_KINDS)
        raise Invalid(
            "The record is not one that has a history.", fields={"record": [f"Give its id and a kind: {kinds}."]}
        )
    return Home(kind, id)


def checked_id(id: Any) -> str:
    """An id that a database can look for. NotFound for anything else."""
    if (found := identity_or_none(id)) is None:
        raise NotFound("There is no such mail.")
    return found


def checked_text(text: Any) -> str:
    """The text of a comment. Invalid if it is empty or too long."""
    if not isinstance(text, str) or not text.strip():
        raise Invalid("A comment needs a text.", fields={"text": ["Write something."]})
    if _UNSTORABLE.search(text):
        raise Invalid("The comment cannot be saved.", fields={"text": ["Take NUL and halves of characters out."]})
    if len(text) > MAX_TEXT:
        raise Invalid("The comment is too long.", fields={"text": [f"Shorten it to {MAX_TEXT:,} characters."]})
    return text.strip()
