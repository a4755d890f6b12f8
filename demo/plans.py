"""What the demo's company has to do with its customers when its first mails are read, and what it did. All invented."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Plan:
    """An activity with contacts, named by their mail addresses, so many days after the first start.

    ``at``: the hour and minute in Japan, None for the whole day. ``more``: further fields.
    """

    kind: str
    subject: str
    days: int
    at: str | None
    addresses: tuple[str, ...]
    more: dict[str, Any] = field(default_factory=dict)


PLANS = (
    Plan("to_do", "見積書 (温湿度計 TH-20 10台) を送る", 1, "17:00", ("tanaka@abc.co.jp",),
         {"priority": "High", "reminder_minutes": 60}),
    Plan("to_do", "校正証明書の再発行を確認する", -1, None, ("ichiro@takahashi-koumuten.example",),
         {"status": "In Progress"}),
    Plan("call", "納期の確認", 1, "10:30", ("suzuki@abc.co.jp",), {"direction": "out", "reminder_minutes": 10}),
    Plan("meeting", "年間保守契約の打合せ", 3, "14:00", ("tanaka@abc.co.jp", "suzuki@abc.co.jp"),
         {"place": "ABC商事 本社 3階会議室", "reminder_minutes": 30}),
    Plan("visit", "工場の定期点検", 8, None, ("yamamoto@midori-foods.example",), {"place": "みどり食品 川越工場"}),
    Plan("call", "Order of spare sensors", -2, "18:00", ("emma.clarke@harbourfinch.example",),
         {"status": "Held", "direction": "in", "duration_seconds": 540, "result": "Twelve sensors, delivery in June."}),
)  # fmt: skip
