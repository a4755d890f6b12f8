"""The customers whom the demo's company, 株式会社よつば計測, knows before the first mail is read. All invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TANAKA = "田中 太郎 <tanaka@abc.co.jp>"
TANAKA_MOBILE = "田中太郎 <taro..tanaka@docomo.ne.jp>"
SUZUKI = "鈴木 花子 <suzuki@abc.co.jp>"
ABC_OFFICE = "ABC商事 <info@abc.co.jp>"
TAKAHASHI = "髙橋 一郎 <ichiro@takahashi-koumuten.example>"
YAMAMOTO = "山本 美咲 <yamamoto@midori-foods.example>"
SATO_COUPLE = "佐藤歯科 <sato@sato-dental.example>"
CLARKE = "Emma Clarke <emma.clarke@harbourfinch.example>"
CLARKE_PRIVATE = "Emma C. <emma.c@letterbox.example>"
MEYER = "Lucas Meyer <l.meyer@meyer-labor.example>"


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization to create; ``addresses`` belong to nobody in particular."""

    name: str
    addresses: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact to create; ``organization`` by name, ``boss`` by address: of somebody who comes before."""

    last_name: str
    first_name: str
    kana: tuple[str, str]
    organization: str
    addresses: tuple[str, ...]
    title: str = ""
    boss: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


ABC, TAKAHASHI_BUILDERS, MIDORI, DENTIST = "ABC商事株式会社", "髙橋工務店", "みどり食品株式会社", "佐藤歯科医院"
HARBOUR, LABOR = "Harbour & Finch Ltd", "Labor Meyer GmbH"
DECIDES = {"decision_maker": True}
# Numbers and postal codes that are given to nobody: 000 where Japan has none, and those kept for films elsewhere.
ORGANIZATIONS = (
    Organization(ABC, ("info@abc.co.jp",), {
        "phones": ["03-0000-1200"], "industry": "卸売業", "employees": 120,
        "billing_postal_code": "100-0000", "billing_state": "東京都", "billing_city": "千代田区",
        "billing_street": "見本町1-2-3 見本ビル5階", "tags": ["重要"],
    }),
    Organization(TAKAHASHI_BUILDERS, (), {"billing_state": "埼玉県", "billing_city": "さいたま市", "employees": 6}),
    Organization(MIDORI, (), {
        "phones": ["06-0000-0100"], "billing_state": "大阪府", "billing_city": "大阪市北区", "employees": 340,
    }),
    Organization(DENTIST, (), {"billing_state": "東京都", "billing_city": "世田谷区"}),
    Organization(HARBOUR, (), {
        "phones": ["+44 20 7946 0100"], "billing_street": "12 Example Quay", "billing_city": "London",
        "billing_country": "United Kingdom",
    }),
    Organization(LABOR, (), {"billing_city": "Berlin", "billing_country": "Deutschland"}),
)  # fmt: skip
CONTACTS = (
    Contact("伊藤", "誠", ("イトウ", "マコト"), ABC, ("ito@abc.co.jp",), "代表取締役社長", more=DECIDES),
    Contact(
        "加藤", "裕子", ("カトウ", "ユウコ"), ABC, ("kato@abc.co.jp",), "購買部長", "ito@abc.co.jp",
        {**DECIDES, "department": "購買部", "phones": ["03-0000-1210"]},
    ),
    Contact(
        "田中", "太郎", ("タナカ", "タロウ"), ABC, ("tanaka@abc.co.jp", "taro..tanaka@docomo.ne.jp"), "品質管理課長",
        "ito@abc.co.jp", {
            "department": "品質管理課", "phones": ["03-0000-1234", {"number": "090-0000-1234", "kind": "mobile"}],
            "mailing_postal_code": "100-0000", "mailing_state": "東京都", "mailing_city": "千代田区",
            "mailing_street": "見本町1-2-3 見本ビル5階", "tags": ["温湿度計"],
            "description": "電話は午前中に。納品書は2部必要。",
        },
    ),
    Contact(
        "鈴木", "花子", ("スズキ", "ハナコ"), ABC, ("suzuki@abc.co.jp",), "購買担当", "kato@abc.co.jp",
        {"department": "購買部", "phones": ["03-0000-1211"], "mailing_state": "東京都"},
    ),
    Contact(
        "髙橋", "一郎", ("タカハシ", "イチロウ"), TAKAHASHI_BUILDERS, ("ichiro@takahashi-koumuten.example",), "代表",
        more={**DECIDES, "phones": [{"number": "080-0000-5678", "kind": "mobile"}]},
    ),
    Contact(
        "小川", "直樹", ("オガワ", "ナオキ"), MIDORI, ("ogawa@midori-foods.example",), "品質保証部長", more=DECIDES,
    ),
    Contact(
        "山本", "美咲", ("ヤマモト", "ミサキ"), MIDORI, ("yamamoto@midori-foods.example",), "品管",
        "ogawa@midori-foods.example",
    ),
    Contact("佐藤", "健", ("サトウ", "ケン"), DENTIST, ("sato@sato-dental.example",), "院長", more=DECIDES),
    Contact("佐藤", "恵", ("サトウ", "メグミ"), DENTIST, ("sato@sato-dental.example",), "副院長"),
    Contact(
        "Clarke", "Emma", ("", ""), HARBOUR, ("emma.clarke@harbourfinch.example", "emma.c@letterbox.example"),
        "Head of Operations", more={**DECIDES, "phones": ["+44 20 7946 0123"], "mailing_city": "London"},
    ),
    Contact(
        "Meyer", "Lucas", ("", ""), LABOR, ("l.meyer@meyer-labor.example",), "Laborleiter",
        more={"phones": ["+49 30 23125 001"], "mailing_city": "Berlin"},
    ),
)  # fmt: skip
