"""Lists as files: CSV that no spreadsheet calculates and that an import reads as the same records; CP932; vCard."""

import csv
import io

import pytest

from contracts.errors import Invalid

WHOLE = {
    "salutation": "様",
    "last_name": "=HYPERLINK(1)",
    "first_name": "'+太郎",
    "last_name_kana": "タナカ",
    "title": "@部長",
    "department": "－営業",
    "assistant": "\u3000x",
    "lead_source": "Trade Show",
    "addresses": ["tanaka@abc.example", "b@abc.example", "c@abc.example"],
    "tags": ["a,b", "得意先"],
    "phones": [
        {"number": "+1 212-555-0100", "kind": "home"},
        {"number": "03-1234-5678 ext. 12", "kind": "work"},
        {"number": "内線 12; 13", "kind": "other"},
        {"number": "090-1234-5678", "kind": "assistant"},
    ],
    "birthday": "1980-01-02",
    "do_not_call": True,
    "portal": True,
    "decision_maker": True,
    "support_start": "2026-01-01",
    "support_end": "2026-12-31",
    "description": '一行目\n"二行目", 😀',
    "mailing_postal_code": "100-0001",
    "mailing_state": "東京都",
    "other_street": "-1-2-3",
    "source": "Web form",
}
KEPT_OUT = frozenset(
    {
        "id",
        "number",
        "version",
        "created_at",
        "updated_at",
        "modified_by",
        "organization_id",
        "reports_to_id",
        "owner_id",
    }
)


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_is_exported_is_imported_as_the_same_contact(contacts, exchange, language):
    organization = contacts.service.create_organization(data={"name": "㈱ABC"})
    boss = contacts.add("社長", "boss@abc.example")
    links = {"organization_id": organization["id"], "reports_to_id": boss["id"]}
    made = contacts.service.create_contact(data={**WHOLE, **links})
    text = exchange.export(language=language, query="HYPERLINK")
    assert not any(cell[:1] in tuple("=+-@\t＝＋－＠") for row in rows(text) for cell in row.values() if cell)
    contacts.service.delete_contact(id=made["id"])
    assert exchange.run(text)["created"] == 1
    again = next(person for person in exchange.people() if person["last_name"] == WHOLE["last_name"])
    assert {**again, **dict.fromkeys(KEPT_OUT)} == {**made, **dict.fromkeys(KEPT_OUT)}
    assert (again["organization_id"], again["reports_to_id"]) == (organization["id"], boss["id"])


def test_an_export_overwrites_itself_without_any_change(contacts, exchange):
    made = contacts.service.create_contact(data=WHOLE)
    done = exchange.run(exchange.export(), on_match="overwrite", match_by=["number"])
    assert (done["skipped"], done["refused"]) == (1, 0)
    assert contacts.service.contact(id=made["id"]) == made


def test_an_export_without_all_its_characters_overwrites_itself_without_any_change(contacts, exchange):
    made = contacts.service.create_contact(data={**WHOLE, "first_name": "𠮷野〜", "tags": ["葛󠄀", "b"], "title": "課長"})
    text = exchange.export(format="csv_cp932").replace("課長", "部長").encode("cp932")
    done = exchange.run(text, on_match="overwrite", match_by=["number"])
    assert (done["updated"], done["refused"]) == (1, 0)
    after = contacts.service.contact(id=made["id"])
    assert {name for name in made if after[name] != made[name]} == {"title", "version", "updated_at", "modified_by"}


def test_organizations_are_exported_and_imported(contacts, exchange):
    made = contacts.service.create_organization(
        data={"name": "+ABC", "employees": 1200, "billing_city": "千代田区", "website": "https://abc.example"}
    )
    text = exchange.export("organization")
    contacts.service.delete_organization(id=made["id"])
    exchange.run(text, kind="organization")
    [again] = contacts.service.organizations()["items"]
    assert {**again, **dict.fromkeys(KEPT_OUT)} == {**made, **dict.fromkeys(KEPT_OUT)}


def test_the_file_holds_the_list_in_its_order_part_by_part(contacts, exchange):
    exchange.run("姓,都道府県\n" + "".join(f"人{number:04},東京都\n" for number in range(1_100)) + "外,大阪府\n")
    tokyo = {"match": "all", "conditions": [{"field": "mailing_state", "operator": "equals", "value": "東京都"}]}
    found = [row["Last name"] for row in rows(exchange.export(filter=tokyo, sort="-last_name"))]
    assert found == [f"人{number:04}" for number in reversed(range(1_100))]


def test_what_cp932_lacks_is_told(contacts, exchange):
    contacts.add("𠮷田", first_name="髙〜😀", title="部長")
    [row] = rows(exchange.export(format="csv_cp932", language="ja"))
    assert (row["姓"], row["名"], row["役職"]) == ("〓田", "髙～〓", "部長")
    assert row["表せない文字のある項目（〓）"] == "姓, 名"


def test_a_list_without_anybody_has_its_header_alone(exchange):
    assert exchange.export(language="ja").startswith("姓,名,姓（カナ）")
    assert rows(exchange.export()) == []


def test_vcards_hold_the_list(contacts, exchange):
    contacts.add("田中", "tanaka@abc.example", first_name="太郎")
    text = exchange.export(format="vcard")
    assert "VERSION:4.0\r\n" in text
    assert "N:田中;太郎;;;\r\n" in text
    contacts.service.delete_contact(id=exchange.people()[0]["id"])
    assert exchange.run(text)["created"] == 1


def test_those_that_were_chosen_are_exported_and_nothing_else(contacts, exchange):
    one, two, _ = (contacts.add(name) for name in ("一", "二", "三"))
    lines = exchange.export(ids=[two["id"], one["id"]], sort="created_at").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["一", "二"]
    with pytest.raises(Invalid):
        exchange.export(ids=["all"])
