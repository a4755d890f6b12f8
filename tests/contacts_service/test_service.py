"""The service of contacts on SQLite and PostgreSQL: records and address book."""

import pytest

from chassis import clock
from chassis.ids import new_id
from contacts_service import domain, fields, store
from contracts.errors import Conflict, IdempotencyConflict, Invalid, NotFound, PreconditionFailed


def test_contacts_are_numbered_from_con1_and_organizations_from_acc1(contacts):
    numbers = [contacts.add("田中")["number"], contacts.add("鈴木")["number"]]
    organization = contacts.service.create_organization(data={"name": "株式会社エービーシー"})
    assert [*numbers, organization["number"]] == ["CON1", "CON2", "ACC1"]


def test_a_contact_reads_as_it_was_saved(contacts):
    organization = contacts.service.create_organization(data={"name": "株式会社エービーシー"})
    data = {
        "last_name": "田中",
        "first_name": "一郎",
        "last_name_kana": "タナカ",
        "first_name_kana": "イチロウ",
        "title": "部長",
        "department": "営業部",
        "organization_id": organization["id"],
        "addresses": ["Tanaka@abc.co.jp", "ichiro@tanaka.example"],
        "phones": [{"number": "+81312345678", "kind": "work", "shown": "03-1234-5678"}],
        "description": "午前中に電話",
        "source": "Mail Manager",
    }
    made = contacts.service.create_contact(data=data, actor={"staff_user_id": "7", "name": "山田"})
    read = contacts.service.contact(id=made["id"])
    assert read == made
    assert {name: read[name] for name in data} == data
    assert (read["version"], read["owner_id"], read["label"]) == (1, "7", "田中 一郎")


def test_a_new_contact_is_announced_with_each_of_its_addresses(contacts):
    made = contacts.add("田中", "tanaka@abc.co.jp", "ichiro@tanaka.example")
    assert contacts.said() == [
        ("contact.created", made["id"]),
        ("address.assigned", "tanaka@abc.co.jp"),
        ("address.assigned", "ichiro@tanaka.example"),
    ]


def test_an_address_is_found_exactly_whatever_its_case_and_never_by_a_part_of_it(contacts):
    contacts.add("田中", "tanaka@abc.co.jp")
    assert contacts.who("TANAKA@ABC.co.jp") == [("contact", "田中")]
    assert contacts.who("atanaka@abc.co.jp") == []
    assert contacts.who("tanaka@abc.co.jp.example") == []


def test_a_second_address_of_a_contact_finds_it_too(contacts):
    contacts.add("田中", "tanaka@abc.co.jp", "ichiro@tanaka.example")
    assert contacts.who("ichiro@tanaka.example") == [("contact", "田中")]


def test_both_forms_of_an_internationalized_domain_are_one_address(contacts):
    contacts.add("田中", "info@日本語.jp")
    assert contacts.who("info@xn--wgv71a119e.jp") == [("contact", "田中")]


def test_two_contacts_with_one_address_are_both_found(contacts):
    contacts.add("田中", "family@tanaka.example")
    contacts.add("田中", "family@tanaka.example", first_name="花子")
    assert contacts.who("family@tanaka.example") == [("contact", "田中"), ("contact", "田中 花子")]


def test_a_gmail_spelling_is_shown_as_weak(contacts):
    contacts.add("田中", "ichiro.tanaka@gmail.com")
    answer = contacts.service.resolve_addresses(addresses=["ichirotanaka+crm@gmail.com", "other@gmail.com"])
    [likely] = answer["ichirotanaka+crm@gmail.com"]
    assert likely["weak"] is True
    assert answer["other@gmail.com"] == []


def test_a_thousand_addresses_are_answered_at_once(contacts):
    moment = clock.now()
    with contacts.service.db.transaction() as tx:
        numbers = store.take_numbers(tx.session, "contact", count=1_000)
        values = [
            fields.new_values({"last_name": "山田", "addresses": [f"yamada{index}@abc.example"]}, fields.CONTACT_FIELDS)
            for index in range(1_000)
        ]
        rows = [
            domain.new_row(new_id(), number=number, values=row, moment=moment)
            for number, row in zip(numbers, values, strict=True)
        ]
        entries = [
            entry
            for row in rows
            for entry in domain.book_entries(
                "contact", row["id"], label="山田", organization_id=None, typed=row["addresses"]
            )
        ]
        store.add_contacts(tx.session, rows, entries=entries)
    asked = [f"Yamada{index}@abc.example" for index in range(1_000)]
    answer = contacts.service.resolve_addresses(addresses=asked)
    assert [len(answer[address]) for address in asked] == [1] * 1_000
    assert contacts.add("次")["number"] == "CON1001"


def test_a_save_says_what_changed_and_which_addresses_moved(contacts):
    made = contacts.add("田中", "old@abc.co.jp", "stays@abc.co.jp")
    contacts.published()
    data = {"title": "社長", "addresses": ["stays@abc.co.jp", "new@abc.co.jp"]}
    saved = contacts.service.update_contact(id=made["id"], data=data, version=1)
    updated, released, assigned = contacts.published()
    assert (saved["version"], saved["title"]) == (2, "社長")
    assert updated.data["changed"] == ["addresses", "title"]
    assert (released.type, released.data["canonical"]) == ("address.released.v1", "old@abc.co.jp")
    assert (assigned.type, assigned.data["canonical"]) == ("address.assigned.v1", "new@abc.co.jp")
    assert contacts.who("old@abc.co.jp") == []
    [primary] = contacts.service.resolve_addresses(addresses=["stays@abc.co.jp"])["stays@abc.co.jp"]
    assert primary["reason"] == "primary_address"


def test_a_new_name_shows_at_the_address_at_once_without_address_events(contacts):
    made = contacts.add("田中", "tanaka@abc.co.jp")
    contacts.published()
    contacts.service.update_contact(id=made["id"], data={"last_name": "佐藤"}, version=1)
    assert contacts.who("tanaka@abc.co.jp") == [("contact", "佐藤")]
    assert contacts.said() == [("contact.updated", made["id"])]


def test_a_save_that_changes_nothing_says_nothing_and_keeps_the_version(contacts):
    made = contacts.add("田中", "tanaka@abc.co.jp")
    contacts.published()
    saved = contacts.service.update_contact(id=made["id"], data={"last_name": "田中 "}, version=1)
    assert (saved["version"], contacts.said()) == (1, [])


def test_a_save_on_an_outdated_version_is_refused(contacts):
    made = contacts.add("田中")
    contacts.service.update_contact(id=made["id"], data={"title": "部長"}, version=1)
    with pytest.raises(PreconditionFailed):
        contacts.service.update_contact(id=made["id"], data={"title": "課長"}, version=1)
    assert contacts.service.contact(id=made["id"])["title"] == "部長"


def test_a_deleted_contact_is_gone_from_list_and_address_book(contacts):
    made = contacts.add("田中", "tanaka@abc.co.jp")
    contacts.published()
    contacts.service.delete_contact(id=made["id"])
    assert contacts.said() == [("contact.deleted", made["id"]), ("address.released", "tanaka@abc.co.jp")]
    assert contacts.who("tanaka@abc.co.jp") == []
    assert contacts.service.contacts()["items"] == []
    with pytest.raises(NotFound):
        contacts.service.contact(id=made["id"])


def test_a_merge_gives_the_survivor_the_others_addresses_and_missing_values(contacts):
    survivor = contacts.add("田中", "tanaka@abc.co.jp", title="部長")
    other = contacts.add("田中", "ichiro@tanaka.example", "TANAKA@abc.co.jp", title="課長", first_name="一郎")
    contacts.published()
    merged = contacts.service.merge_contacts(survivor_id=survivor["id"], other_ids=[other["id"]])
    assert merged["addresses"] == ["tanaka@abc.co.jp", "ichiro@tanaka.example"]
    assert (merged["title"], merged["first_name"]) == ("部長", "一郎")
    events = contacts.published()
    moved = [(event.type, event.data["canonical"], event.subject) for event in events if "canonical" in event.data]
    assert moved == [
        ("address.released.v1", "ichiro@tanaka.example", other["id"]),
        ("address.released.v1", "tanaka@abc.co.jp", other["id"]),
        ("address.assigned.v1", "ichiro@tanaka.example", survivor["id"]),
    ]
    assert events[-1].type == "contact.merged.v1"
    assert (events[-1].data["contact_id"], events[-1].data["survivor_id"]) == (other["id"], survivor["id"])


def test_who_asks_for_a_contact_that_was_merged_away_is_told_the_survivor(contacts):
    survivor, other = contacts.add("田中"), contacts.add("田仲")
    contacts.service.merge_contacts(survivor_id=survivor["id"], other_ids=[other["id"]])
    with pytest.raises(NotFound) as refusal:
        contacts.service.contact(id=other["id"])
    assert refusal.value.extra == {"survivor_id": survivor["id"]}


def test_a_contact_cannot_be_merged_into_itself(contacts):
    made = contacts.add("田中")
    with pytest.raises(Invalid):
        contacts.service.merge_contacts(survivor_id=made["id"], other_ids=[made["id"]])


def test_a_contact_of_an_organization_that_is_not_there_is_refused(contacts):
    with pytest.raises(Invalid) as refusal:
        contacts.add("田中", organization_id=new_id())
    assert list(refusal.value.fields) == ["organization_id"]
    assert contacts.add("鈴木")["number"] == "CON1"


def test_an_organization_with_contacts_is_not_deleted(contacts):
    organization = contacts.service.create_organization(data={"name": "ABC", "addresses": ["info@abc.co.jp"]})
    made = contacts.add("田中", organization_id=organization["id"])
    with pytest.raises(Conflict):
        contacts.service.delete_organization(id=organization["id"])
    contacts.service.delete_contact(id=made["id"])
    contacts.service.delete_organization(id=organization["id"])
    assert contacts.who("info@abc.co.jp") == []


def test_a_candidate_names_the_organization_of_the_contact(contacts):
    organization = contacts.service.create_organization(data={"name": "ABC"})
    contacts.add("田中", "tanaka@abc.co.jp", organization_id=organization["id"])
    [candidate] = contacts.service.resolve_addresses(addresses=["tanaka@abc.co.jp"])["tanaka@abc.co.jp"]
    assert candidate["organization_id"] == organization["id"]


def test_a_request_that_is_repeated_with_its_key_is_done_once(contacts):
    made = [
        contacts.service.create_contact(data={"last_name": "田中"}, idempotency_key="click-1")["id"] for _ in range(2)
    ]
    assert made[0] == made[1]
    assert len(contacts.service.contacts()["items"]) == 1
    with pytest.raises(IdempotencyConflict):
        contacts.service.create_contact(data={"last_name": "鈴木"}, idempotency_key="click-1")


def test_a_list_is_newest_first_in_pages_without_gap_or_overlap(contacts):
    made = [contacts.add(f"田中{number}")["id"] for number in range(5)]
    first = contacts.service.contacts(limit=2)
    second = contacts.service.contacts(limit=2, cursor=first["next"])
    last = contacts.service.contacts(limit=2, cursor=second["next"])
    seen = [record["id"] for page in (first, second, last) for record in page["items"]]
    assert seen == made[::-1]
    assert last["next"] is None


@pytest.mark.parametrize("query", ["ﾀﾅｶ", "たなか", "田中", "TANAKA@", "con1", "03-1234"])
def test_a_quick_search_finds_by_furigana_name_address_number_and_phone(contacts, query):
    made = contacts.add("田中", "tanaka@abc.co.jp", last_name_kana="タナカ", phones=["03-1234-5678"])
    contacts.add("鈴木", "suzuki@xyz.example", last_name_kana="スズキ")
    assert [record["id"] for record in contacts.service.contacts(query=query)["items"]] == [made["id"]]


@pytest.mark.parametrize("query", ["%", "_", "\\"])
def test_signs_with_a_meaning_in_sql_mean_themselves_in_a_search(contacts, query):
    contacts.add("田中")
    assert contacts.service.contacts(query=query)["items"] == []


@pytest.mark.parametrize("query", ["田\x00中", "田\ud800中"])
def test_characters_that_no_text_can_hold_do_no_harm_in_a_search(contacts, query):
    contacts.add("田中")
    assert len(contacts.service.contacts(query=query)["items"]) == 1


@pytest.mark.parametrize("broken", ["x", "WyJhIl0", "e30"])
def test_a_cursor_that_no_list_gave_out_is_refused(contacts, broken):
    with pytest.raises(Invalid):
        contacts.service.contacts(cursor=broken)


@pytest.mark.parametrize("record_id", ["CON1", "", None, 7, "01999999-0000-7000-8000-000000000000"])
def test_what_is_no_id_of_a_contact_is_not_found(contacts, record_id):
    with pytest.raises(NotFound):
        contacts.service.contact(id=record_id)
