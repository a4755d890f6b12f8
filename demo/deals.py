"""What the demo's company is selling when its first mails are read: opportunities, quotes, invoices. All invented."""

from dataclasses import dataclass, field
from typing import Any

# The number fits its check digit, and no registry gives out such a one.
ISSUER = {
    "name": "株式会社よつば計測",
    "postal_code": "101-0021",
    "address": "東京都千代田区外神田0-0-0\nよつばビル5階",
    "phone": "03-0000-0000",
    "email": "sales@yotsuba.example",
    "registration_number": "T7999901000001",
    "bank_account": "みつば銀行 本店 普通 0000000\nカ）ヨツバケイソク",
}


def line(name: str, unit_price: str, quantity: str = "1", unit: str = "", **more: Any) -> dict[str, Any]:
    """A line of a quote."""
    return {"name": name, "unit_price": unit_price, "quantity": quantity, "unit": unit, **more}


@dataclass(frozen=True, slots=True)
class Deal:
    """A sale to a contact, named by its mail address, as far as it has come.

    ``stages``: where the quote goes after it is written; ``invoice``: where its invoice goes, none: there is none.
    """

    address: str
    name: str
    amount: str
    stage: str
    closes_in_days: int
    lines: tuple[dict[str, Any], ...] = ()
    stages: tuple[str, ...] = ()
    invoice: tuple[str, ...] | None = None
    notes: str = ""
    more: dict[str, Any] = field(default_factory=dict)


CALIBRATION = line("校正（トレーサビリティ証明書付き）", "8000", "12", "台")
DEALS = (
    Deal(
        "tanaka@abc.co.jp", "温湿度計 TH-20 の入れ替え（本社）", "250000", "Proposal or Price Quote", 30,
        (line("温湿度計 TH-20", "12500", "12", "台", description="測定範囲 -20～60℃、防水"), CALIBRATION),
        ("Delivered",), None, "納期はご注文から2週間です。",
    ),
    Deal(
        "suzuki@abc.co.jp", "温湿度計の定期校正", "132000", "Closed Won", -7,
        (CALIBRATION, line("出張費", "24000")), ("Delivered", "Accepted"), ("Sent",),
        more={"closing_reason": "前年からの継続"},
    ),
    Deal(
        "yamamoto@midori-foods.example", "冷蔵庫用ロガーの導入", "86800", "Closed Won", -20,
        (
            line("データロガー DL-5", "14800", "5", "台"),
            line("出張費", "10000"),
            line("ご試飲用の緑茶", "400", "7", "箱", tax_rate=8),
        ),
        ("Delivered", "Accepted"), ("Sent", "Paid"), more={"closing_reason": "納期"},
    ),
    Deal(
        "emma.clarke@harbourfinch.example", "Data loggers for the London warehouse", "180000", "Qualification", 60,
        (line("Data logger DL-5", "14800", "10", "pcs", tax_rate=0), line("Shipping", "32000", tax_rate=0)),
    ),
    Deal("ichiro@takahashi-koumuten.example", "現場用の温湿度計", "62500", "Prospecting", 90),
)  # fmt: skip
