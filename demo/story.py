"""What became of each mail, told in one line when its events have come to rest. Pure: events and moments come in."""

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from contracts.base import Event

QUIET_SECONDS = 1.0
REMEMBERED = 2_000
NATURES = {
    "bulk": "a newsletter or advertising",
    "list": "a mailing list",
    "bounce": "a bounce",
    "auto_reply": "an automatic answer",
    "report": "a machine's report",
    "complaint_report": "a spam complaint",
}
REASONS = {
    "several_candidates": "several customers share this address: a person chooses",
    "sender_ambiguous": "it names more than one sender: a person must look",
    "no_address": "it names no sender",
}
OUTGOING_UNKNOWN = "sent to somebody nobody knows"


@dataclass(frozen=True, slots=True)
class Line:
    """One mail and what became of it; ``kind`` for counting: lead, ticket, history, nothing, quarantine …

    ``again``: more became of a mail that was told of before.
    """

    subject: str
    sender: str
    outcome: str
    kind: str
    again: bool = False


@dataclass(slots=True)
class Story:
    """A mail of which something was heard. ``otherwise``: what to say if nothing more is heard."""

    subject: str = ""
    sender: str = ""
    label: str = ""
    otherwise: str = ""
    effects: list[tuple[str, str]] = field(default_factory=list)
    heard_at: float = 0.0
    told: bool = False


class Storyteller:
    """Takes events, gives lines. ``lead_number``: of a lead by its id; ``describe``: subject and sender of a mail."""

    def __init__(self, *, lead_number: Callable[[str], str], describe: Callable[[str], tuple[str, str]]) -> None:
        """Both are asked only for what the events do not say."""
        self._lead_number = lead_number
        self._describe = describe
        self._leads: dict[str, str] = {}
        self._stories: OrderedDict[str, Story] = OrderedDict()

    def take(self, event: Event, now: float) -> None:
        """Hear one event; ``now`` in seconds of any clock."""
        handler = HANDLERS.get(event.type.rpartition(".")[0])
        mail_id = _mail_id(event.data)
        if handler and mail_id:
            story = self._stories.setdefault(mail_id, Story())
            story.heard_at = now
            handler(self, story, event.data)
            while len(self._stories) > REMEMBERED:
                self._stories.popitem(last=False)

    def settled(self, now: float) -> list[Line]:
        """The mails about which nothing was heard for a moment, each once, and again when more becomes of it."""
        resting = [story for story in self._stories.values() if now - story.heard_at > QUIET_SECONDS]
        return [_tell(story) for story in resting if story.effects or (story.otherwise and not story.told)]

    def received(self, story: Story, data: dict[str, Any]) -> None:
        """A mail came in."""
        _name(story, data)

    def quarantined(self, story: Story, data: dict[str, Any]) -> None:
        """A mail waits."""
        story.subject, story.sender = self._describe(data["mail_message_id"])
        story.effects.append(("quarantine", f"quarantine: {data['reason']}"))

    def matched(self, story: Story, data: dict[str, Any]) -> None:
        """Its sender, or the one it was sent to, is known; maybe of a mail that came before we listened."""
        _name(story, data)
        story.label = data["party"]["label"] or data["party"]["address"]
        story.otherwise = story.otherwise or f"nothing yet: from {story.label}"

    def unmatched(self, story: Story, data: dict[str, Any]) -> None:
        """Nobody, or nobody for certain, is behind it."""
        _name(story, data)
        mail, reason = data["mail"], data["reason"]
        if reason == "machine":
            why = NATURES.get(mail["nature"], mail["nature"])
        else:
            why = REASONS.get(reason) or (OUTGOING_UNKNOWN if mail["direction"] == "outgoing" else "nobody is known")
        story.otherwise = f"nothing: {why}"

    def lead_opened(self, story: Story, data: dict[str, Any]) -> None:
        """It opened a lead."""
        self._leads[data["lead_id"]] = data["number"]
        story.effects.append(("lead", f"lead {data['number']}"))

    def lead_joined(self, story: Story, data: dict[str, Any]) -> None:
        """It was put on a lead."""
        number = self._leads.get(data["lead_id"]) or self._lead_number(data["lead_id"])
        story.effects.append(("joined", f"joins lead {number}"))

    def ticket_opened(self, story: Story, data: dict[str, Any]) -> None:
        """It opened a ticket."""
        story.effects.append(("ticket", f"ticket {data['number']} ({data['priority']})"))

    def ticket_answered(self, story: Story, data: dict[str, Any]) -> None:
        """It was put on a ticket."""
        story.effects.append(("reply", f"reply on ticket {data['number']}"))

    def filed(self, story: Story, data: dict[str, Any]) -> None:
        """It is in somebody's history; a lead's own mails go without saying."""
        if data["kind"] == "mail" and data["record"]["kind"] != "lead":
            story.effects.append(("history", f"history of {story.label or data['record']['kind']}"))


HANDLERS: dict[str, Callable[[Storyteller, Story, dict[str, Any]], None]] = {
    "mail_message.received": Storyteller.received,
    "mail_message.quarantined": Storyteller.quarantined,
    "sender.matched": Storyteller.matched,
    "sender.unmatched": Storyteller.unmatched,
    "lead.opened": Storyteller.lead_opened,
    "lead.mail_joined": Storyteller.lead_joined,
    "ticket.opened": Storyteller.ticket_opened,
    "ticket.reply_received": Storyteller.ticket_answered,
    "history_entry.added": Storyteller.filed,
}


def summary(counts: Counter[str]) -> str:
    """How often each kind of outcome came, in words."""
    named = {
        "lead": "opened a lead",
        "joined": "joined one",
        "ticket": "opened a ticket",
        "reply": "were replies on one",
        "history": "went into a customer's history alone",
        "nothing": "made nothing",
        "quarantine": "wait in quarantine",
    }
    return ", ".join(f"{counts[kind]} {words}" for kind, words in named.items() if counts[kind])


def _name(story: Story, data: dict[str, Any]) -> None:
    sender = (data["personal"]["sender"] or [{"name": "", "address": "?"}])[0]
    story.subject, story.sender = data["personal"]["subject"], sender["name"] or sender["address"]


def _tell(story: Story) -> Line:
    effects = sorted(set(story.effects), key=lambda effect: effect[0] == "history")
    again, story.effects, story.told = story.told, [], True
    if not effects:
        return Line(story.subject, story.sender, story.otherwise, "nothing", again)
    return Line(story.subject, story.sender, ", ".join(text for _, text in effects), effects[0][0], again)


def _mail_id(data: dict[str, Any]) -> str | None:
    return data.get("mail_message_id") or data.get("mail", {}).get("mail_message_id")
