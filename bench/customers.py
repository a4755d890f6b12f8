"""Invented customers for the benchmarks of lists: contacts of organizations, as many as asked for, in PostgreSQL."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Engine, MetaData, Table, text
from sqlalchemy.orm import Session

from chassis import clock, migrations
from chassis.bulk import insert_many
from chassis.columns import Id
from chassis.engine import make_engine
from chassis.ids import new_id
from contacts_service import changes, domain, fields, likeness, models, store
from contacts_service.kinds import CONTACT, ORGANIZATION, Kind
from contacts_service.models import BookEntry, Change, Contact, MatchKey, Organization

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


# Their indexes are made when all rows are in.
FILLED = (Organization, Contact, BookEntry, MatchKey, Change)
# Match keys on their way: who shares one is known when all are there.
GIVEN_KEYS = Table("given_keys", MetaData(), Column("key", BigInteger), Column("record_id", Id))
KEYS_ENTERED = "INSERT INTO match_keys SELECT key, record_id, count(*) OVER (PARTITION BY key) > 1 FROM given_keys"


def database(url: str, count: int) -> None:
    """``count`` contacts in the PostgreSQL database of the URL, as the service would have entered them.

    They are made unless they are there already.
    """
    migrations.upgrade(models, url)
    engine = make_engine(url)
    with engine.begin() as connection:
        there = connection.scalar(text("SELECT count(*) FROM contacts"))
    if not there:
        _without_indexes(engine, lambda session: _fill(session, count))
    engine.dispose()


def _without_indexes(engine: Engine, fill: Callable[[Session], None]) -> None:
    """Fill tables whose indexes and keys come afterwards, as a restore of a backup does it."""
    indexes = [index for model in FILLED for index in model.__table__.indexes]
    with engine.begin() as connection:
        keys = [(table, *_primary_key(connection, table)) for table in ("addresses", "match_keys")]
        for index in indexes:
            index.drop(connection)
        for table, name, _ in keys:
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    with engine.connect() as connection, Session(connection) as session:
        fill(session)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SET maintenance_work_mem = '512MB'"))
        for table, name, definition in keys:
            connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))
        for index in indexes:
            index.create(connection)
        connection.execute(text("VACUUM (ANALYZE)"))


def _primary_key(connection: Connection, table: str) -> tuple[str, str]:
    """Its name and definition."""
    named = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = :table ::regclass"
    name, definition = connection.execute(text(f"{named} AND contype = 'p'"), {"table": table}).one()
    return name, definition


def _fill(session: Session, count: int) -> None:
    chance = random.Random(7)
    organizations: list[str] = []
    GIVEN_KEYS.create(session.connection())
    for rows in _chunked(_organizations(chance, count // CONTACTS_EACH)):
        _enter(session, ORGANIZATION, rows)
        organizations += [row["id"] for row in rows]
    for rows in _chunked(_contacts(chance, count, organizations)):
        _enter(session, CONTACT, rows)
    for setting in ("statement_timeout = 0", "work_mem = '256MB'"):
        session.execute(text(f"SET LOCAL {setting}"))
    session.execute(text(KEYS_ENTERED))
    GIVEN_KEYS.drop(session.connection())
    for kind, last in ((ORGANIZATION, count // CONTACTS_EACH), (CONTACT, count)):
        store.take_numbers(session, kind.name, count=last)
    session.commit()


def _enter(session: Session, kind: Kind, rows: list[dict[str, Any]]) -> None:
    """Records with their addresses, match keys and what was done to them."""
    insert_many(session, kind.model, rows)
    insert_many(session, BookEntry, [entry for row in rows for entry in changes.entries_of(kind, row)])
    keys = [{"key": key, "record_id": row["id"]} for row in rows for key in likeness.keys(kind.name, row)]
    insert_many(session, GIVEN_KEYS, keys)
    store.add_changes(session, [changes.noted(row["id"], "created", None) for row in rows])
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
