"""A mail as read: the values that the parser gives and the services store. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, TypedDict

from mail_ingest_service.addresses import Address
from mail_ingest_service.machine_mail import Nature


class Attachment(TypedDict):
    """A part that is a file: `size` in decoded bytes, `part` the path for `attachment_bytes`."""

    name: str
    content_type: str
    size: int
    content_id: str
    inline: bool
    part: str


@dataclass(frozen=True, slots=True)
class Headers:
    """What the header block says; see `ParsedMail` for the meaning of each field."""

    subject: str
    date: datetime | None
    message_id: str
    in_reply_to: str
    references: list[str]
    from_: list[Address]
    reply_to: list[Address]
    sender: list[Address]
    to: list[Address]
    cc: list[Address]
    recipient_count: int
    sender_ambiguous: bool
    ambiguity: str
    defects: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON values; `date` in RFC 3339."""
        values = {name: getattr(self, name) for name in _FIELDS[type(self)]}
        values["date"] = self.date.isoformat(timespec="microseconds").replace("+00:00", "Z") if self.date else None
        return values


@dataclass(frozen=True, slots=True)
class ParsedMail(Headers):
    """A mail as read.

    `date` is the sender's claim, in UTC. `from_`: addresses as written, `address` may be "" here only.
    `recipient_count` counts all of To and Cc, `to` and `cc` keep the first 200. `sender_ambiguous`: programs differ
    about who sent it, so nobody acts on it alone; `ambiguity` says why. `text` is the plain body (from HTML if there
    is none), `excerpt` what of it is new; `html` is raw and hostile. `authentication` are the topmost Authentication-
    Results, not yet trusted. `defects` are sentences.
    """

    text: str
    excerpt: str
    html: str
    attachments: list[Attachment]
    headers: dict[str, list[str]]
    nature: Nature
    nature_reason: str
    failed_recipients: list[str]
    reported_address: str
    authentication: list[dict[str, Any]]


HEADER_FIELDS: Final = tuple(item.name for item in fields(Headers))
_FIELDS: Final[dict[type, tuple[str, ...]]] = {
    Headers: HEADER_FIELDS,
    ParsedMail: tuple(item.name for item in fields(ParsedMail)),
}
