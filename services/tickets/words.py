"""Pure rules: whose word about a mail's sender counts, whatever the order in which they arrive."""

from dataclasses import dataclass
from typing import Any

from contracts.base import Event
from contracts.senders import MatchCorrected

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """What a re-match or a person says of a mail. ``said_at`` RFC 3339; ``revision`` 0 where a person says it.

    ``customer`` is ``{"kind", "id"}``, None for nobody.
    """

    mail_message_id: str
    revision: int
    said_at: str
    by_person: bool
    customer: Values | None
    organization_id: str | None


def word_of(event: Event) -> Word:
    """The word that an event is."""
    data = event.data
    if event.type == MatchCorrected.type:
        return Word(data["mail_message_id"], 0, event.time, True, data["match"], None)
    mail_id, revision = data["mail"]["mail_message_id"], data["decision"]["revision"]
    return Word(mail_id, revision, event.time, False, data.get("match"), data.get("organization_id"))


def supersedes(new: Word, old: Word) -> bool:
    """Whether ``new`` replaces ``old``: the higher revision; where a person spoke, what was said last."""
    if new.by_person or old.by_person:
        return new.said_at > old.said_at
    return new.revision > old.revision
