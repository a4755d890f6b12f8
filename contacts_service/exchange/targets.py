"""What a column of a file may be: a field of a record, or something that leads to one; known by many names. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contacts_service import fields
from contacts_service.likeness import bare
from contracts.addresses import canonical_address

# Who has the name of an organization, a boss's number or a whole name in one cell names no field of ours.
ORGANIZATION, REPORTS_TO, MEMBER_OF, WHOLE_NAME, NUMBER = "organization", "reports_to", "member_of", "name", "number"
# Who stands above a record: found when all rows are in, for it may come in a later one.
SUPERIOR = {"contact": REPORTS_TO, "organization": MEMBER_OF}
# Columns of a phone number that say what kind of number it is.
PHONES = {f"phones.{kind}": kind for kind in ("work", "mobile", "home", "fax", "assistant", "other")}


@dataclass(frozen=True, slots=True)
class Target:
    """What a column may be mapped to; ``names``: what it is called, in English and Japanese first."""

    name: str
    names: tuple[str, ...]

    def label(self, language: str) -> str:
        """What it is called in English or Japanese."""
        return self.names[1 if language == "ja" else 0]


def _targets(table: str) -> dict[str, Target]:
    """One a line: the name, then what it is called, with | between."""
    rows = [[word.strip() for word in line.split("|")] for line in table.strip().splitlines()]
    return {name: Target(name, tuple(names)) for name, *names in rows}


_COMMON = """
addresses      | Email | メールアドレス | Mail | \
               E-mail address | Email address | メール | E-mail 1 - Value | 電子メール
phones         | Phone | 電話番号 | Telephone | Tel | 電話 | TEL | Phone number | Phone 1 - Value | 代表電話
phones.work    | Work phone | 会社電話 | Office phone | Business phone | 勤務先電話 | 直通電話 | 会社電話番号
phones.mobile  | Mobile phone | 携帯電話 | Mobile | Cell | Cell phone | 携帯 | 携帯番号 | 携帯電話番号
phones.home    | Home phone | 自宅電話 | 自宅電話番号
phones.fax     | Fax | FAX番号 | Fax number | ファックス | ファクス | Business fax | FAX
phones.assistant | Assistant's phone | 秘書電話 | Assistant phone
phones.other   | Other phone | その他の電話
description    | Description | 備考 | Note | Notes | Comment | Memo | メモ | 説明 | コメント
tags           | Tags | タグ | Categories | カテゴリ | Labels | 分類
email_opt_out  | No marketing mails | メール配信停止 | Email opt out | メルマガ停止 | Opt out
notify_owner   | Notify owner | 担当者に通知
owner_id       | Owner (id) | 担当者（ID） | Owner id
source         | Source | 登録経路 | Record source
number         | Number | 番号 | No. | Record number | 管理番号
"""
_POSTAL = (
    ("postal_code", "postal code", "郵便番号", ("zip", "zip code", "postcode", "〒")),
    ("state", "state", "都道府県", ("prefecture", "region", "province", "県")),
    ("city", "city", "市区町村", ("town", "市町村")),
    ("street", "street", "番地", ("street address", "address", "住所", "address 1", "町名番地")),
    ("po_box", "PO box", "私書箱", ()),
    ("country", "country", "国", ("country/region", "国名")),
)
_CONTACTS = """
last_name      | Last name | 姓 | Family name | Surname | 苗字 | 名字 | 氏 | 名前（姓） | 姓（漢字）
first_name     | First name | 名 | Given name | Forename | 名前（名） | 名（漢字）
name           | Name | 氏名 | Full name | 名前 | お名前 | \
               Contact | Contact name | 担当者名 | 顧客名 | 表示名 | Display name
last_name_kana | Last name (kana) | 姓（カナ） | セイ | せい | \
               Furigana last name | 姓カナ | 姓（ふりがな） | 姓ふりがな | Yomi last name
first_name_kana | First name (kana) | 名（カナ） | メイ | めい | \
               Furigana first name | 名カナ | 名（ふりがな） | 名ふりがな | Yomi first name
name_kana      | Name (kana) | 氏名（カナ） | フリガナ | ふりがな | カナ | 氏名カナ | よみがな | Furigana
salutation     | Salutation | 敬称 | Name prefix | Prefix
organization   | Organization | 会社名 | Company | Organisation | Account | 会社 | \
               勤務先 | 企業名 | 顧客企業 | 法人名 | 組織名 | Account name | Company name
title          | Title | 役職 | Job title | Position | 肩書 | 肩書き | Organization title
department     | Department | 部署 | 部門 | 部署名 | 所属 | Organization department
reports_to     | Reports to | 上司 | Manager | Manager's name
lead_source    | Lead source | きっかけ | リードソース
birthday       | Birthday | 誕生日 | 生年月日 | Date of birth | Birth date
assistant      | Assistant | 秘書 | Assistant's name
do_not_call    | Do not call | 電話不可 | 電話禁止
decision_maker | Decision maker | 決裁者 | キーマン
reference      | Reference customer | 紹介可能 | 事例紹介
last_action_on | Last action | 最終対応日 | Last activity
portal         | Portal user | ポータル利用
support_start  | Support begins | サポート開始日 | Support start
support_end    | Support ends | サポート終了日 | Support end
"""
_ORGANIZATIONS = """
name           | Name | 会社名 | Organization | Company | Account | \
               Organization name | Company name | 企業名 | 法人名 | 組織名 | 名称 | 顧客企業
website        | Website | ウェブサイト | Web | Homepage | URL | ホームページ | Web site | サイト
ticker_symbol  | Ticker symbol | 証券コード | Ticker
ownership      | Ownership | 所有形態
employees      | Employees | 従業員数 | Number of employees | 社員数
annual_revenue | Annual revenue | 年間売上 | 年商 | 売上高 | Revenue
industry       | Industry | 業種 | 業界
type           | Type | 種別 | 取引区分
rating         | Rating | 評価
sic_code       | SIC code | 産業分類コード | SIC
member_of      | Member of | 親会社 | Parent | Parent organization | Parent company
"""
_KINDS_OF_POSTAL = {
    "mailing": ("", "", ("mailing", "work", "business", "勤務先", "会社", "郵送先")),
    "other": ("Other ", "その他の", ("other", "home", "自宅")),
    "billing": ("Billing ", "請求先", ("", "mailing", "本社")),
    "shipping": ("Shipping ", "配送先", ("shipping", "送付先", "納品先")),
}


def _postal(*kinds: str) -> dict[str, Target]:
    found = {}
    for kind in kinds:
        english, japanese, marks = _KINDS_OF_POSTAL[kind]
        for part, name, called, others in _POSTAL:
            shown = f"{english}{name}" if english else name.capitalize().replace("Po box", "PO box")
            every = [f"{mark} {word}" for mark in marks for word in (name, called, *others)]
            # The address that most lists have, and have no more than.
            further = [name, called, *others] if kind in ("mailing", "billing") else []
            names = dict.fromkeys([shown, f"{japanese}{called}", *further, *every])
            found[f"{kind}_{part}"] = Target(f"{kind}_{part}", tuple(names))
    return found


TARGETS: Mapping[str, Mapping[str, Target]] = {
    "contact": {**_targets(_CONTACTS), **_postal(*fields.CONTACT_POSTAL), **_targets(_COMMON)},
    "organization": {**_targets(_ORGANIZATIONS), **_postal(*fields.ORGANIZATION_POSTAL), **_targets(_COMMON)},
}
# Headers that say the same in another column: the first phone is "Phone", all of them with their kinds "All phones".
_FURTHER = {
    "addresses": ("Further emails", "他のメールアドレス", "Email 2", "E-mail 2 - Value", "メールアドレス2", "Email 3"),
    "phones": ("All phones", "すべての電話番号", "Phone 2", "電話番号2", "Phone 2 - Value"),
}


def further_names(name: str) -> tuple[str, ...]:
    """What the column of all but the first mail address, or of all phones, is called: English and Japanese first."""
    return _FURTHER[name]


def _known(kind: str) -> dict[str, str]:
    known: dict[str, str] = {}
    for target in TARGETS[kind].values():
        for name in (*target.names, target.name, *_FURTHER.get(target.name, ())):
            known.setdefault(bare(name), target.name)
    return known


_KNOWN: Mapping[str, Mapping[str, str]] = {kind: _known(kind) for kind in TARGETS}
_PHONE = re.compile(r"(?:\+|0)[\d ()-]{8,18}\d")
# Several columns may lead to these; to every other target only one.
SHARED = frozenset({"addresses", "phones", *PHONES, "tags", "description"})


def target_of(kind: str, header: str) -> str | None:
    """What a column with this header is, however it is written; None where nobody can know."""
    return _KNOWN[kind].get(bare(header))


def content_of(cells: Sequence[str]) -> str | None:
    """What a column without a name holds, where that is plain: mail addresses or phone numbers."""
    if cells and all(map(canonical_address, cells)):
        return "addresses"
    return "phones" if cells and all(map(_PHONE.fullmatch, cells)) else None


def proposed(kind: str, headers: Sequence[str]) -> list[str | None]:
    """What each column is, as far as its header tells; each target once, but for those that may come several times."""
    taken: set[str] = set()
    found: list[str | None] = []
    for header in headers:
        target = target_of(kind, header)
        if target in taken and target not in SHARED:
            target = None
        found.append(target)
        taken |= {target} if target else set()
    return found
