"""Files become contacts and organizations; what cannot be taken is told row by row; progress is told as it goes."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chassis import clock, testing
from chassis.ids import new_id
from contacts_service import background
from contacts_service.exchange import importing, store
from contacts_service.jobs import leases
from contracts.errors import Conflict, Invalid, NotFound, PreconditionFailed, ServiceUnavailable
from services.staff.service import StaffService
from tests.contacts_service.exchange.uploading import HANAKO, Exchange, counts

USER = {"name": "花子", "role": "staff", "password": "correct horse 馬"}

LIST = """姓,名,セイ,メイ,会社,メール,電話番号,携帯,生年月日,タグ
田中,太郎,タナカ,タロウ,株式会社ABC,tanaka@abc.example,03-1234-5678,090-1234-5678,昭和55年1月2日,"得意先, 展示会"
鈴木,花子,スズキ,ハナコ,㈱ABC,suzuki@abc.example,,,,
𠮷田,😀,,,,,,,,
"""


def test_a_list_becomes_contacts_with_their_organization(contacts, exchange):
    made = exchange.run(LIST)
    assert (made["state"], counts(made), made["organizations_created"]) == ("finished", (3, 0, 0, 0), 1)
    tanaka, suzuki, yoshida = exchange.people()
    assert (tanaka["first_name_kana"], tanaka["birthday"], tanaka["tags"]) == (
        "タロウ",
        "1980-01-02",
        ["得意先", "展示会"],
    )
    assert [phone["shown"] for phone in tanaka["phones"]] == ["03-1234-5678", "090-1234-5678"]
    assert [phone["kind"] for phone in tanaka["phones"]] == ["work", "mobile"]
    assert tanaka["organization_id"] == suzuki["organization_id"]
    assert contacts.service.organization(id=tanaka["organization_id"])["name"] == "株式会社ABC"
    assert (yoshida["last_name"], yoshida["first_name"], yoshida["organization_id"]) == ("𠮷田", "😀", None)
    assert (tanaka["source"], tanaka["owner_id"]) == ("Import", HANAKO["staff_user_id"])
    assert contacts.who("tanaka@abc.example") == [("contact", "田中 太郎")]
    assert contacts.service.contacts(query="たなか")["items"][0]["id"] == tanaka["id"]
    [change] = contacts.service.contact_changes(id=tanaka["id"])["items"]
    assert (change["what"], change["staff_name"]) == ("created", "花子")


def test_the_same_events_are_published_as_for_typed_contacts(contacts, exchange):
    exchange.run(LIST)
    said = [each for each in contacts.said() if not each[0].startswith("import.")]
    assert [name for name, _ in said] == [
        *("organization.created", "contact.created", "address.assigned", "contact.created", "address.assigned"),
        "contact.created",
    ]


def test_the_preview_tells_what_is_made_of_the_first_rows(exchange):
    made = exchange.upload("氏名,メール,靴\n田中 太郎,tanaka@abc.example,27\n鈴木,nobody,\n")
    assert (made["state"], made["columns"], made["mapping"]) == (
        "ready",
        ["氏名", "メール", "靴"],
        ["name", "addresses", None],
    )
    good, bad = made["preview"]["rows"]
    assert good["values"] == {"last_name": "田中", "first_name": "太郎", "addresses": ["tanaka@abc.example"]}
    assert (good["line"], good["problems"]) == (2, [])
    assert bad["problems"][0].startswith("メール: nobody is no mail address")


def test_a_file_that_was_not_recognised_is_read_as_one_says(exchange):
    made = exchange.upload("田中|太郎\n鈴木|花子\n".encode("cp932"))
    wrong = exchange.change(made, format={"encoding": "utf-8", "delimiter": ",", "header": True})
    assert wrong["preview"]["problem"] == "Line 1 cannot be read as UTF-8. Choose another encoding."
    right = exchange.change(
        wrong, format={"encoding": "cp932", "delimiter": "|", "header": False}, mapping=["last_name", "first_name"]
    )
    assert [row["cells"] for row in right["preview"]["rows"]] == [["田中", "太郎"], ["鈴木", "花子"]]
    assert right["columns"] == ["Column 1", "Column 2"]


def test_rows_that_cannot_be_taken_are_told_and_the_others_come_in(exchange):
    rows = [
        *(
            "姓,メール,生年月日,サポート開始日,サポート終了日,会社",
            "田中,tanaka@abc.example,1980-01-02,,,",
            ",x@abc.example,,,,",
        ),
        *("鈴木,kein@,,,,", "佐藤,,31.12.1980,,,", "高橋,,,2026-12-01,2026-01-01,", f"{'長' * 10_000},,,,,"),
        *("伊藤,,,,,,,", "渡辺\0,,,,,", "山本,,,,,ACC99"),
    ]
    made = exchange.run("\n".join(rows))
    assert (made["state"], counts(made)) == ("finished", (1, 0, 0, 8))
    report = exchange.report(made).splitlines()
    assert report[0] == "姓,メール,生年月日,サポート開始日,サポート終了日,会社,Line,Problem"
    told = "\n".join(report[1:])
    for part in (
        *(",x@abc.example,,,,,3,姓: Is required: fill it in.", "鈴木,kein@,,,,,4,", "メール: kein@ is no mail address"),
        *("佐藤,,31.12.1980,,,,5,", "生年月日: Must be a date", '6,"サポート終了日: Support ends before it begins'),
        *(
            "7,姓: Is longer than 255",
            "8,The row has 8 cells",
            "9,姓: Holds control characters",
            "10,会社: There is no",
        ),
    ):
        assert part in told


def test_a_name_is_no_owner_and_no_column_of_names_is_taken_for_one(exchange):
    made = exchange.upload("姓,Owner,担当者（ID）\n田中,花子,花子\n")
    assert made["mapping"] == ["last_name", None, "owner_id"]
    assert made["preview"]["rows"][0]["problems"][0].startswith("担当者（ID）: Must be the id of a staff user")


class Away:
    """A service that is not there; whoever works on jobs ends then, for the test to go on."""

    asked_by: Any

    def owners_among(self, ids):
        self.asked_by.stop()
        raise ServiceUnavailable("staff is not running.")


@pytest.fixture
def staff(tmp_path):
    return testing.instance(StaffService, testing.migrated_sqlite(tmp_path, StaffService))


def test_rows_that_put_nobody_real_in_charge_are_refused(contacts, staff):
    hanako, jiro = (staff.create_staff_user(data={**USER, "login": login})["id"] for login in ("hanako", "jiro"))
    staff.update_staff_user(id=jiro, data={"active": False}, version=1)
    contacts.add("鈴木", owner_id=jiro)
    contacts.add("佐藤", owner_id=hanako)
    # As long as nobody can say who works here the import waits.
    away = Away()
    exchange = Exchange(contacts, away)
    away.asked_by = exchange.worker
    rows = f"田中,{hanako}\n木村,{jiro}\n森,{new_id()}\n林,\n鈴木,{jiro}\n佐藤,{jiro}\n"
    made = exchange.upload(f"姓,担当者（ID）\n{rows}")
    exchange.change(made, match_by=["name"], on_match="overwrite")
    exchange.service.start_import(id=made["id"], actor=HANAKO)
    exchange.worker.run()
    assert exchange.service.import_(id=made["id"])["state"] == "importing"
    Exchange(contacts, staff).work()
    made = exchange.service.import_(id=made["id"])
    # 鈴木 stays with whom it was.
    assert (made["state"], counts(made)) == ("finished", (2, 0, 1, 3))
    told = exchange.report(made)
    assert all(f'{line},"担当者（ID）: This is no active staff user' in told for line in (3, 4, 7))
    owned = {each["last_name"]: each["owner_id"] for each in exchange.people()}
    assert owned == {"鈴木": jiro, "佐藤": hanako, "田中": hanako, "林": HANAKO["staff_user_id"]}


def test_a_file_that_is_broken_writes_nothing_at_all(contacts, exchange):
    made = exchange.run("姓,名\n" + "田中,太郎\n" * 600 + '"鈴木,花子\n')
    assert (made["state"], made["done"], exchange.people()) == ("failed", 0, [])
    assert made["problem"].startswith('Line 602 has a quote (") that is never closed.')
    assert [event.type for event in contacts.published()] == ["import.started.v1", "import.failed.v1"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04\0\0\0\0"])
def test_what_is_no_list_is_forgotten_at_once(contacts, exchange, content):
    with pytest.raises(Invalid):
        exchange.upload(content)
    assert contacts.service.imports()["items"] == []
    with contacts.service.db.session() as session:
        assert store.imports(session, limit=10, after=None) == []


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"mapping": ["last_name"]}, "mapping"),
        ({"mapping": ["last_name", "shoe"]}, "mapping"),
        ({"mapping": ["last_name", "last_name"]}, "mapping"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(exchange, settings, field):
    made = exchange.upload("姓,名\n田中,太郎\n")
    with pytest.raises(Invalid) as refused:
        exchange.change(made, **settings)
    assert list(refused.value.fields) == [field]


def test_without_a_column_for_the_name_nothing_can_be_started(exchange):
    made = exchange.upload("メール\ntanaka@abc.example\n")
    with pytest.raises(Invalid, match="cannot be started"):
        exchange.service.start_import(id=made["id"])


def test_what_was_started_is_neither_changed_nor_forgotten_and_is_started_once(contacts, exchange):
    made = exchange.upload(LIST)
    with pytest.raises(PreconditionFailed):
        exchange.service.update_import(id=made["id"], data={}, version=9)
    for _ in range(2):
        exchange.service.start_import(id=made["id"], idempotency_key="once")
    for refused in (
        lambda: exchange.change(made, on_match="merge"),
        lambda: exchange.service.discard_import(id=made["id"]),
        lambda: exchange.service.undo_import(id=made["id"]),
    ):
        with pytest.raises(Conflict):
            refused()
    exchange.work()
    assert len(exchange.people()) == 3


def test_a_file_that_was_not_started_can_be_forgotten(exchange):
    made = exchange.upload(LIST)
    exchange.service.discard_import(id=made["id"])
    with pytest.raises(NotFound):
        exchange.service.import_(id=made["id"])


def test_progress_is_told_as_it_goes(contacts, exchange):
    made = exchange.run("姓\n" + "".join(f"人{number}\n" for number in range(600)))
    assert (made["rows"], made["done"]) == (600, 600)
    told = [
        (event.type, event.data["done"], event.data["rows"]) for event in contacts.published() if "import" in event.type
    ]
    assert told == [
        *(("import.started.v1", 0, None), ("import.advanced.v1", 0, 600), ("import.advanced.v1", 250, 600)),
        *(("import.advanced.v1", 500, 600), ("import.finished.v1", 600, 600)),
    ]


def test_who_is_killed_half_way_leaves_the_rest_to_another_who_doubles_nothing(contacts, exchange):
    made = exchange.upload("姓,メール\n" + "".join(f"人{number},p{number}@abc.example\n" for number in range(600)))
    exchange.service.start_import(id=made["id"])
    assert [exchange.worker.step() for _ in range(2)] == [True, True]
    other = background.worker(contacts.service.db, staff=None)
    assert not other.step()
    with time_machine.travel(clock.now() + leases.LEASE_TIME + timedelta(seconds=1), tick=False):
        assert other.step()
        # The one who was thought dead wakes up, and has no say any more.
        row = exchange.service.import_(id=made["id"])
        with pytest.raises(leases.LeaseLost), contacts.service.db.transaction() as tx:
            importing.held(tx, row["id"], exchange.worker.owner, store.IMPORTING)
        while other.step():
            pass
    assert counts(exchange.service.import_(id=made["id"])) == (600, 0, 0, 0)
    assert contacts.service.contacts_count()["count"] == 600


def test_an_import_can_be_stopped_and_what_came_in_undone(contacts, exchange):
    made = exchange.upload("姓\n" + "".join(f"人{number}\n" for number in range(600)))
    exchange.service.start_import(id=made["id"])
    for _ in range(2):
        exchange.worker.step()
    stopped = exchange.service.stop_import(id=made["id"])
    exchange.work()
    assert (stopped["state"], stopped["created"], contacts.service.contacts_count()["count"]) == ("finished", 250, 250)
    assert exchange.undo(made)["undone"] == 250
    assert contacts.service.contacts_count()["count"] == 0


def test_a_mapping_is_saved_and_proposed_for_the_next_file_like_it(exchange):
    text = "Who,靴,Mail to\n田中,27,tanaka@abc.example\n"
    made = exchange.upload(text)
    changed = exchange.change(made, mapping=["last_name", None, "addresses"], on_match="merge", match_by=["address"])
    saved = exchange.service.save_import_mapping(name="展示会", import_id=changed["id"])
    again = exchange.upload(text)
    assert (again["mapping"], again["on_match"]) == (["last_name", None, "addresses"], "merge")
    other = exchange.upload("Mail to,Who\nsuzuki@abc.example,鈴木\n")
    chosen = exchange.change(other, saved_mapping_id=saved["id"])
    assert chosen["mapping"] == ["addresses", "last_name"]
    assert [each["name"] for each in exchange.service.import_mappings(record_kind="contact")["items"]] == ["展示会"]
    exchange.service.delete_import_mapping(id=saved["id"])
    assert exchange.service.import_mappings(record_kind="contact")["items"] == []
    assert exchange.upload(text)["on_match"] == "skip"
    with pytest.raises(NotFound):
        exchange.change(chosen, saved_mapping_id=saved["id"])
    back = exchange.service.restore_import_mapping(id=saved["id"])
    assert exchange.service.import_mappings(record_kind="contact")["items"] == [back]
    exchange.service.delete_import_mapping(id=saved["id"])
    anew = exchange.service.save_import_mapping(name="展示会", import_id=changed["id"])
    assert exchange.service.restore_import_mapping(id=saved["id"]) == anew


def test_vcards_are_imported(exchange):
    cards = "".join(f"BEGIN:VCARD\nVERSION:3.0\nN:{name};太郎;;;\nORG:ABC\nEND:VCARD\n" for name in ("田中", "鈴木"))
    made = exchange.run(cards)
    assert (made["format"]["type"], counts(made), made["organizations_created"]) == ("vcard", (2, 0, 0, 0), 1)


def test_organizations_are_imported_with_whom_they_are_members_of(contacts, exchange):
    made = exchange.run("会社名,親会社,従業員数\n支社,本社,1200\n本社,,\n孫,ない,\n", kind="organization")
    assert (counts(made), made["links"], made["unlinked"]) == ((3, 0, 0, 0), 2, 1)
    branch, head, _ = contacts.service.organizations(sort="created_at")["items"]
    assert (branch["name"], branch["member_of_id"], branch["employees"]) == ("支社", head["id"], 1200)
    assert "親会社: There is no organization ない" in exchange.report(made)


def test_files_that_nobody_started_are_forgotten_after_a_day(contacts, exchange):
    made = exchange.upload(LIST)
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        background.worker(contacts.service.db, staff=None).step()
    with pytest.raises(NotFound):
        exchange.service.import_(id=made["id"])
