"""Invented customers for the benchmarks of lists: contacts of organizations, as many as asked for, in PostgreSQL."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import clock, migrations
from chassis.bulk import insert_many
from chassis.engine import make_engine
from chassis.ids import new_id
from contacts_service import domain, fields, models
from contacts_service.models import Contact, Organization

CHUNK = 5_000
CONTACTS_EACH = 20
OWNERS = tuple(new_id() for _ in range(50))
SURNAMES = (
    "佐藤 サトウ,鈴木 スズキ,高橋 タカハシ,田中 タナカ,伊藤 イトウ,渡辺 ワタナベ,"
    "山本 ヤマモト,中村 ナカムラ,小林 コバヤシ,加藤 カトウ,吉田 ヨシダ,山田 ヤマダ,"
    "佐々木 ササキ,山口 ヤマグチ,松本 マツモト,井上 イノウエ,木村 キムラ,林 ハヤシ,"
    "斎藤 サイトウ,清水 シミズ,山崎 ヤマザキ,森 モリ,池田 イケダ,橋本 ハシモト,阿部 アベ,"
    "石川 イシカワ,山下 ヤマシタ,中島 ナカジマ,石井 イシイ,小川 オガワ,前田 マエダ,"
    "岡田 オカダ,長谷川 ハセガワ,藤田 フジタ,後藤 ゴトウ,近藤 コンドウ,村上 ムラカミ,"
    "遠藤 エンドウ,青木 アオキ,坂本 サカモト,千葉 チバ,久保 クボ,松井 マツイ,千田 センダ,"
    "野口 ノグチ,菊地 キクチ,木下 キノシタ,佐野 サノ,大西 オオニシ,杉本 スギモト"
)
GIVEN = (
    "太郎 タロウ,花子 ハナコ,健一 ケンイチ,美咲 ミサキ,大輔 ダイスケ,由美 ユミ,誠 マコト,"
    "恵子 ケイコ,翔太 ショウタ,陽子 ヨウコ,学 マナブ,直美 ナオミ"
)
TITLES = (
    ("", 40),
    ("主任", 15),
    ("係長", 10),
    ("課長", 12),
    ("部長", 8),
    ("取締役", 3),
    ("代表取締役社長", 2),
    ("営業担当", 10),
)
STATES = (
    ("東京都", 11),
    ("大阪府", 7),
    ("神奈川県", 7),
    ("愛知県", 6),
    ("埼玉県", 6),
    ("千葉県", 5),
    ("北海道", 4),
    ("鳥取県", 1),
    ("福岡県", 4),
)
CITIES = ("中央区", "北区", "港区", "西区", "南区", "青葉区", "緑区", "泉市", "山手市", "川口町")


def database(url: str, count: int) -> None:
    """``count`` contacts in the PostgreSQL database of the URL; they are made unless they are there already."""
    migrations.upgrade(models, url)
    engine = make_engine(url)
    with engine.begin() as connection:
        there = connection.scalar(text("SELECT count(*) FROM contacts"))
        for index in Contact.__table__.indexes if not there else ():
            index.drop(connection)
    if not there:
        with Session(engine) as session:
            _fill(session, count)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("SET maintenance_work_mem = '512MB'"))
            for index in Contact.__table__.indexes:
                index.create(connection)
            connection.execute(text("VACUUM (ANALYZE)"))
    engine.dispose()


def _fill(session: Session, count: int) -> None:
    chance = random.Random(7)
    organizations: list[str] = []
    for rows in _chunked(_organizations(chance, count // CONTACTS_EACH)):
        insert_many(session, Organization, rows)
        organizations += [row["id"] for row in rows]
    session.commit()
    for rows in _chunked(_contacts(chance, count, organizations)):
        insert_many(session, Contact, rows)
        session.commit()


def _chunked(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _organizations(chance: random.Random, count: int) -> Iterator[dict[str, Any]]:
    empty = fields.empty(fields.ORGANIZATION_FIELDS)
    for number in range(1, count + 1):
        name = f"株式会社{chance.choice(CITIES)[:1]}{spelt(chance, SURNAMES)[0]}{number}"
        values = {**empty, "name": name, "billing_state": _weighted(chance, STATES)}
        yield domain.new_row(new_id(), number=f"ACC{number}", values=values, moment=clock.now())


def _contacts(chance: random.Random, count: int, organizations: list[str]) -> Iterator[dict[str, Any]]:
    empty = fields.empty(fields.CONTACT_FIELDS)
    for number in range(1, count + 1):
        (last, last_kana), (first, first_kana) = spelt(chance, SURNAMES), spelt(chance, GIVEN)
        values = {
            **empty,
            "last_name": last,
            "first_name": first,
            "last_name_kana": last_kana,
            "first_name_kana": first_kana,
            "title": _weighted(chance, TITLES),
            "organization_id": chance.choice(organizations),
            "owner_id": chance.choice(OWNERS),
            "mailing_state": _weighted(chance, STATES),
            "mailing_city": chance.choice(CITIES),
            "birthday": date(1950, 1, 1) + timedelta(days=chance.randrange(18_000)),
            "addresses": [f"c{number}@company{number % 50_000}.example.jp"],
            "phones": [{"number": f"+8190{chance.randrange(10**8):08}", "kind": "mobile"}],
            "email_opt_out": chance.random() < 0.1,
        }
        yield domain.new_row(new_id(), number=f"CON{number}", values=values, moment=clock.now())


def spelt(chance: random.Random, names: str) -> tuple[str, str]:
    written, _, kana = chance.choice(names.split(",")).partition(" ")
    return written, kana


def _weighted(chance: random.Random, choices: tuple[tuple[str, int], ...]) -> str:
    return chance.choices([word for word, _ in choices], weights=[weight for _, weight in choices])[0]
