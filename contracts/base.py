"""What every event has in common: its contract (a marshmallow class), its envelope, the register of all types.

Name of a type: ``<subject>.<past participle>.v<N>``. Wire form: CloudEvents 1.0, structured JSON
(https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md), plus two extension attributes,
``correlationid`` (the first event of the chain) and ``causationid`` (the event that led to this one).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/cloudevents+json"
BATCH_CONTENT_TYPE = "application/cloudevents-batch+json"
SCHEMA_BASE = "https://musubi.example/contracts/"


class Record(Schema):
    """A record that crosses a service border. Readers ignore fields that they do not know."""

    class Meta:
        """Fields added by a newer sender are left out, not refused."""

        unknown = EXCLUDE


class EventContract(Record):
    """The data of one event type; its docstring says when, and once per what, it is emitted."""

    type: ClassVar[str] = ""
    source: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Enter every class that names a type in the register; a type belongs to one class."""
        super().__init_subclass__(**kwargs)
        if cls.type:
            if cls.type in CONTRACTS:
                raise TypeError(
                    f"{cls.type} is the type of {CONTRACTS[cls.type].__name__} already: choose another name"
                )
            CONTRACTS[cls.type] = cls


CONTRACTS: dict[str, type[EventContract]] = {}


@dataclass(frozen=True, slots=True)
class Event:
    """One fact that happened, as it travels.

    ``id`` is a UUIDv7 string and the same at every delivery; ``source`` is the emitting service; ``subject`` the id of
    the record it is about; ``time`` RFC 3339 in UTC; ``data`` obeys the contract of ``type``.
    """

    id: str
    type: str
    source: str
    subject: str
    time: str
    correlation_id: str
    causation_id: str | None
    data: dict[str, Any]

    def to_wire(self) -> dict[str, Any]:
        """The CloudEvents attributes as a dict that is ready for JSON."""
        wire: dict[str, Any] = {
            "specversion": SPEC_VERSION,
            "id": self.id,
            "source": f"musubi/{self.source}",
            "type": self.type,
            "subject": self.subject,
            "time": self.time,
            "datacontenttype": "application/json",
            "dataschema": schema_url(self.type),
            "correlationid": self.correlation_id,
            "data": self.data,
        }
        if self.causation_id:
            wire["causationid"] = self.causation_id
        return wire

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Event":
        """Read an envelope. KeyError or TypeError where it is none; the data are checked by the caller."""
        return cls(
            id=wire["id"],
            type=wire["type"],
            source=wire["source"].rpartition("/")[2],
            subject=wire["subject"],
            time=wire["time"],
            correlation_id=wire.get("correlationid") or wire["id"],
            causation_id=wire.get("causationid"),
            data=wire["data"],
        )


def schema_url(event_type: str) -> str:
    """The ``dataschema`` of a type; the same JSON Schema lies in ``contracts/published``."""
    return f"{SCHEMA_BASE}{event_type}.json"
