"""Rows about somebody who is there already: skipped, overwriting or merging, found by what was chosen; and undone."""

import pytest

from tests.contacts_service.exchange.uploading import HANAKO, counts

TANAKA = {"last_name": "田中", "first_name": "太郎", "title": "課長", "phones": ["03-1234-5678"], "tags": ["古い"]}


@pytest.fixture
def tanaka(contacts):
    return contacts.service.create_contact(data={**TANAKA, "addresses": ["tanaka@abc.example"]})


def now(contacts, made):
    return contacts.service.contact(id=made["id"])


NEWER = "姓,名,メール,役職,部署,電話番号,タグ\n田中,太郎,TANAKA@abc.example,部長,営業,090-1234-5678,新しい\n"


def test_skipped_a_record_stays_as_it_is(contacts, exchange, tanaka):
    assert counts(exchange.run(NEWER, on_match="skip")) == (0, 0, 1, 0)
    assert now(contacts, tanaka) == tanaka


def test_overwritten_a_record_holds_what_the_file_says_where_it_says_nothing_too(contacts, exchange, tanaka):
    made = exchange.run(
        "姓,名,メール,役職,タグ\n田中,,tanaka@abc.example,部長,\n", on_match="overwrite", match_by=["address"]
    )
    after = now(contacts, tanaka)
    assert counts(made) == (0, 1, 0, 0)
    assert (after["first_name"], after["title"], after["tags"], after["version"]) == ("", "部長", [], 2)
    assert [phone["shown"] for phone in after["phones"]] == ["03-1234-5678"]


def test_merged_a_record_gets_what_it_lacks(contacts, exchange, tanaka):
    exchange.run(NEWER, on_match="merge", match_by=["address"])
    after = now(contacts, tanaka)
    assert (after["title"], after["department"], after["tags"]) == ("課長", "営業", ["古い", "新しい"])
    assert [phone["shown"] for phone in after["phones"]] == ["03-1234-5678", "090-1234-5678"]
    assert after["addresses"] == ["tanaka@abc.example"]
    change = contacts.service.contact_changes(id=tanaka["id"])["items"][0]
    assert (change["what"], [each["field"] for each in change["fields"]]) == (
        "updated",
        ["department", "phones", "tags"],
    )


@pytest.mark.parametrize(
    ("match_by", "row"),
    [
        (["number"], "CON1,別,,,"),
        (["address"], ",別,tanaka@ABC.example,,"),
        (["phone"], ",別,,０３－１２３４－５６７８,"),
        (["name"], ",㊐中,,,太郎"),
        (["number", "address"], "CON99,別,tanaka@abc.example,,"),
    ],
)
def test_a_record_is_found_by_what_was_chosen(contacts, exchange, tanaka, match_by, row):
    row = row.replace("㊐中", "田中")
    made = exchange.run(f"番号,姓,メール,電話番号,名\n{row}\n", on_match="skip", match_by=match_by)
    assert counts(made) == (0, 0, 1, 0)


def test_a_namesake_in_another_organization_is_somebody_else(contacts, exchange, tanaka):
    text = "姓,名,会社\n田中,太郎,別の会社\n"
    assert counts(exchange.run(text, match_by=["name"])) == (1, 0, 0, 0)
    assert counts(exchange.run(text, match_by=["name"])) == (0, 0, 1, 0)


def test_where_several_fit_nobody_is_changed_and_they_are_named(contacts, exchange, tanaka):
    contacts.add("田中", first_name="太郎")
    made = exchange.run("姓,名,役職\n田中,太郎,部長\n", on_match="overwrite", match_by=["name"])
    assert counts(made) == (0, 0, 0, 1)
    assert "CON1" in exchange.report(made)
    assert "CON2" in exchange.report(made)


def test_rows_about_one_another_in_one_file_become_one_record_changed_once(contacts, exchange, tanaka):
    rows = [
        "姓,メール,役職,部署",
        "鈴木,s@abc.example,係長,",
        "鈴木,s@abc.example,,営業",
        "田中,tanaka@abc.example,,一課",
    ]
    made = exchange.run("\n".join([*rows, "田中,tanaka@abc.example,,二課"]), on_match="merge", match_by=["address"])
    assert counts(made) == (1, 2, 1, 0)
    after, suzuki = exchange.people()
    assert (suzuki["title"], suzuki["department"], suzuki["version"]) == ("係長", "営業", 1)
    assert (after["department"], after["version"]) == ("一課", 2)
    skipped = exchange.run("姓,メール\n佐藤,x@abc.example\n佐藤,X@abc.example\n", on_match="skip", match_by=["address"])
    assert counts(skipped) == (1, 0, 1, 0)


def test_a_change_that_cannot_be_is_told_and_not_made(contacts, exchange, tanaka):
    rows = [
        "姓,メール,サポート開始日,サポート終了日",
        ",tanaka@abc.example,,",
        "田中,tanaka@abc.example,2026-02-01,2026-01-01",
    ]
    made = exchange.run("\n".join(rows), on_match="overwrite", match_by=["address"])
    assert (counts(made), now(contacts, tanaka)) == ((0, 0, 0, 2), tanaka)


def test_undone_everything_is_as_it_was_before(contacts, exchange, tanaka):
    made = exchange.run(
        NEWER + "鈴木,花子,suzuki@abc.example,,,,\n田中,太郎,tanaka@abc.example,部長,二課,,\n",
        on_match="overwrite",
        match_by=["address"],
    )
    assert counts(made) == (1, 2, 0, 0)
    undone = exchange.undo(made)
    assert (undone["state"], undone["undone"], undone["kept"]) == ("undone", 2, 0)
    after = now(contacts, tanaka)
    same = {name: value for name, value in tanaka.items() if name not in ("version", "updated_at", "modified_by")}
    assert {name: after[name] for name in same} == same
    assert [person["last_name"] for person in exchange.people()] == ["田中"]
    assert contacts.who("suzuki@abc.example") == []
    assert [person["last_name"] for person in exchange.people(deleted=True)] == ["鈴木"]
    assert exchange.undo(made)["undone"] == 2


def test_undone_what_somebody_changed_since_is_left_alone_and_told(contacts, exchange, tanaka):
    made = exchange.run("姓,メール,役職,会社\n田中,tanaka@abc.example,部長,ABC\n鈴木,,,ABC\n", on_match="overwrite")
    suzuki = exchange.people()[1]
    contacts.service.update_contact(id=suzuki["id"], data={"title": "主任"}, version=1, actor=HANAKO)
    undone = exchange.undo(made)
    assert (undone["undone"], undone["kept"]) == (1, 2)
    assert now(contacts, tanaka)["title"] == "課長"
    assert now(contacts, suzuki)["title"] == "主任"
    report = exchange.report(made)
    assert f"contact {suzuki['number']} was changed since" in report
    assert "others belong to organization ACC1" in report


def test_the_events_of_an_undoing_are_those_of_deleting_and_changing(contacts, exchange, tanaka):
    made = exchange.run(NEWER + "鈴木,花子,suzuki@abc.example,,,,\n", on_match="overwrite", match_by=["address"])
    contacts.published()
    exchange.undo(made)
    assert [name for name, _ in contacts.said()] == [
        *("contact.deleted", "address.released", "contact.updated", "import.advanced", "import.undone")
    ]
