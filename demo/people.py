"""The customers whom the demo's company, 株式会社よつば計測, knows before the first mail is read. All invented."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact to create; ``organization`` by name."""

    last_name: str
    first_name: str
    kana: tuple[str, str]
    organization: str
    addresses: tuple[str, ...]
    title: str = ""


ORGANIZATIONS = (
    Organization("ABC商事株式会社", ("info@abc.co.jp",)),
    Organization("髙橋工務店"),
    Organization("みどり食品株式会社"),
    Organization("佐藤歯科医院"),
    Organization("Harbour & Finch Ltd"),
    Organization("Labor Meyer GmbH"),
)
CONTACTS = (
    Contact("田中", "太郎", ("タナカ", "タロウ"), "ABC商事株式会社", ("tanaka@abc.co.jp", "taro..tanaka@docomo.ne.jp")),
    Contact("鈴木", "花子", ("スズキ", "ハナコ"), "ABC商事株式会社", ("suzuki@abc.co.jp",), "購買担当"),
    Contact("髙橋", "一郎", ("タカハシ", "イチロウ"), "髙橋工務店", ("ichiro@takahashi-koumuten.example",), "代表"),
    Contact("山本", "美咲", ("ヤマモト", "ミサキ"), "みどり食品株式会社", ("yamamoto@midori-foods.example",), "品管"),
    Contact("佐藤", "健", ("サトウ", "ケン"), "佐藤歯科医院", ("sato@sato-dental.example",), "院長"),
    Contact("佐藤", "恵", ("サトウ", "メグミ"), "佐藤歯科医院", ("sato@sato-dental.example",), "副院長"),
    Contact(
        "Clarke", "Emma", ("", ""), "Harbour & Finch Ltd",
        ("emma.clarke@harbourfinch.example", "emma.c@letterbox.example"), "Head of Operations",
    ),
    Contact("Meyer", "Lucas", ("", ""), "Labor Meyer GmbH", ("l.meyer@meyer-labor.example",), "Laborleiter"),
)  # fmt: skip
