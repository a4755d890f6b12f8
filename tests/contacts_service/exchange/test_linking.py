"""Rows come in any order: who stands above whom is seen to when all are in, and told row by row where it cannot be."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import aliased

from chassis import clock
from contacts_service.background import worker
from contacts_service.jobs import leases
from contacts_service.models import Contact
from tests.contacts_service.exchange.uploading import HANAKO, counts

# Everybody is named before he comes: by name, by mail address, by number; the clerk by another organization's too.
STAFF = """姓,名,会社,メール,上司
係,一郎,結び商事,clerk@abc.example,部長 次郎
部長,次郎,結び商事,head@abc.example,<BOSS@abc.example>
部長,次郎,別の会社,other@abc.example,CON1
社長,三郎,結び商事,boss@abc.example,
"""


def links(made):
    return made["links"], made["links_done"], made["unlinked"]


def above(exchange):
    """Who stands above each contact, by their mail addresses."""
    people = exchange.people()
    names = {person["id"]: "".join(person["addresses"]) for person in people}
    return {names[person["id"]]: names.get(person["reports_to_id"]) for person in people}


def test_a_row_names_whoever_comes_later_by_name_address_or_number(contacts, exchange):
    contacts.add("会長", "chair@abc.example")
    made = exchange.run(STAFF)
    assert (made["state"], counts(made), links(made)) == ("finished", (4, 0, 0, 0), (3, 3, 0))
    assert above(exchange) == {
        "chair@abc.example": None,
        # A namesake within the organization is meant before all others.
        "clerk@abc.example": "head@abc.example",
        "head@abc.example": "boss@abc.example",
        "other@abc.example": "chair@abc.example",
        "boss@abc.example": None,
    }


def test_each_link_is_told_as_a_change_after_all_rows_are_in(contacts, exchange):
    exchange.run("姓,上司\n係,部長\n部長,\n")
    events = contacts.published()
    kinds = ["started", "advanced", "created", "created", "advanced", "updated", "finished"]
    assert [event.type.split(".")[1] for event in events] == kinds
    head = exchange.people()[1]["id"]
    assert events[-2].data["changes"] == [{"field": "reports_to_id", "old": None, "new": head}]
    assert (events[-1].data["links"], events[-1].data["links_done"], events[-1].data["unlinked"]) == (1, 1, 0)


def test_what_cannot_be_is_told_row_by_row_and_all_else_is_imported(contacts, exchange):
    rows = ["姓,メール,上司", "一,1@abc.example,2@abc.example", "二,2@abc.example,三", "三,3@abc.example,1@abc.example"]
    rows += ["四,4@abc.example,四", "五,5@abc.example,nobody@abc.example", "六,6@abc.example,CON99", "七,,七さん"]
    rows += ["八,8@abc.example,重", "重,,", "重,,", f"九,,{'長' * 3_000}"]
    made = exchange.run("\n".join(rows), match_by=["number"])
    assert (made["state"], counts(made), links(made)) == ("finished", (11, 0, 0, 0), (9, 9, 7))
    assert {name: boss for name, boss in above(exchange).items() if boss} == {
        "1@abc.example": "2@abc.example",
        "2@abc.example": "3@abc.example",
    }
    report = exchange.report(made).splitlines()
    assert [line.split(",")[3] for line in report[1:]] == ["4", "5", "6", "7", "8", "9", "12"]
    for line, told in zip(
        report[1:],
        [
            "上司: This would be a circle: 三 → 一 → 二 → 三.",
            "上司: This would be a circle: 四 → 四.",
            "上司: There is no contact nobody@abc.example",
            "上司: There is no contact CON99",
            "上司: There is no contact 七さん",
            "上司: Several contacts may be meant by 重: CON9, CON10.",
            "上司: There is no contact 長長",
        ],
        strict=True,
    ):
        assert told in line
        assert "All else of this row was imported." in line


@pytest.mark.parametrize(
    ("on_match", "counted", "boss"),
    [
        ("skip", (0, 0, 2, 0), "old@abc.example"),
        ("merge", (0, 1, 1, 0), "old@abc.example"),
        ("overwrite", (0, 2, 0, 0), "new@abc.example"),
    ],
)
def test_whom_a_known_contact_reports_to_is_left_added_or_replaced(contacts, exchange, on_match, counted, boss):
    old, _ = contacts.add("旧", "old@abc.example"), contacts.add("新", "new@abc.example")
    contacts.add("田中", "has@abc.example", reports_to_id=old["id"])
    contacts.add("鈴木", "lacks@abc.example")
    text = "姓,メール,上司\n田中,has@abc.example,new@abc.example\n鈴木,lacks@abc.example,new@abc.example\n"
    made = exchange.run(text, on_match=on_match, match_by=["address"])
    found = above(exchange)
    assert (counts(made), found["has@abc.example"]) == (counted, boss)
    assert found["lacks@abc.example"] == (None if on_match == "skip" else "new@abc.example")
    assert exchange.undo(made)["kept"] == 0
    assert above(exchange)["has@abc.example"] == "old@abc.example"
    assert above(exchange)["lacks@abc.example"] is None


def test_undone_the_people_of_a_file_are_gone_with_their_links(contacts, exchange):
    made = exchange.run("姓,名,会社,メール,上司\n係,一,結び,a@abc.example,b@abc.example\n長,二,結び,b@abc.example,\n")
    undone = exchange.undo(made)
    assert (undone["undone"], undone["kept"], exchange.people(), contacts.service.organizations()["items"]) == (
        *(3, 0),
        *([], []),
    )


def many(count):
    """A file of rows each of which reports to the next one, in lines of ten; and who is above whom."""
    place = [f"p{number}@abc.example" for number in range(count)]
    under = {one: place[number + 1] for number, one in enumerate(place) if number % 10 != 9}
    return "姓,メール,上司\n" + "".join(f"人{one},{one},{under.get(one, '')}\n" for one in place), under


def test_who_is_killed_among_the_links_leaves_the_rest_to_another(contacts, exchange):
    text, under = many(600)
    made = exchange.upload(text)
    exchange.service.start_import(id=made["id"], actor=HANAKO)
    while exchange.service.import_(id=made["id"])["links_done"] == 0:
        assert exchange.worker.step()
    half = exchange.service.import_(id=made["id"])
    assert (half["state"], links(half)) == ("linking", (540, 250, 0))
    other = worker(contacts.service.db, staff=None)
    with time_machine.travel(clock.now() + leases.LEASE_TIME + timedelta(seconds=1), tick=False):
        while other.step():
            pass
    done = exchange.service.import_(id=made["id"])
    assert (done["state"], counts(done), links(done)) == ("finished", (600, 0, 0, 0), (540, 540, 0))
    with contacts.service.db.session() as session:
        boss = aliased(Contact)
        pairs = select(Contact.addresses, boss.addresses).join(boss, Contact.reports_to_id == boss.id)
        assert {one: above for [one], [above] in session.execute(pairs)} == under
    assert exchange.undo(made)["undone"] == 600


def test_stopped_among_the_links_the_rows_stay_and_can_be_undone(contacts, exchange):
    made = exchange.upload(many(300)[0])
    exchange.service.start_import(id=made["id"], actor=HANAKO)
    while exchange.service.import_(id=made["id"])["state"] != "linking":
        exchange.worker.step()
    stopped = exchange.service.stop_import(id=made["id"])
    assert (stopped["state"], stopped["problem"][:35]) == ("finished", "Stopped: all rows were imported, bu")
    exchange.work()
    assert links(exchange.service.import_(id=made["id"])) == (270, 0, 0)
    assert exchange.undo(made)["undone"] == 300


def test_a_line_without_end_is_refused(contacts, exchange):
    rows = "".join(f"人{number},p{number}@abc.example,p{number - 1}@abc.example\n" for number in range(1, 251))
    made = exchange.run("姓,メール,上司\n人0,p0@abc.example,\n" + rows)
    assert links(made) == (250, 250, 2)
    assert exchange.report(made).count("More than 100 would stand above one another.") == 2


def test_cards_name_their_superiors_in_any_order_and_an_export_names_them_again(contacts, exchange):
    card = "BEGIN:VCARD\nVERSION:4.0\nN:{};;;;\nEMAIL:{}\n{}END:VCARD\n"
    boss = "RELATED;TYPE=x-manager:mailto:b@abc.example\n"
    made = exchange.run(card.format("係", "a@abc.example", boss) + card.format("長", "b@abc.example", ""))
    assert (links(made), above(exchange)["a@abc.example"]) == ((1, 1, 0), "b@abc.example")
    text = exchange.export(format="vcard")
    assert boss.strip() in text
    exchange.undo(made)
    exchange.run(text)
    assert above(exchange) == {"a@abc.example": "b@abc.example", "b@abc.example": None}


def test_a_card_takes_nothing_away_that_it_says_nothing_of(contacts, exchange):
    boss = contacts.add("長")
    contacts.add("係", "a@abc.example", title="主任", tags=["得意先"], reports_to_id=boss["id"])
    card = "BEGIN:VCARD\nVERSION:3.0\nN:係;一郎;;;\nEMAIL:a@abc.example\nEND:VCARD\n"
    assert counts(exchange.run(card, on_match="overwrite", match_by=["address"])) == (0, 1, 0, 0)
    after = exchange.people()[1]
    assert (after["first_name"], after["title"], after["tags"]) == ("一郎", "主任", ["得意先"])
    assert after["reports_to_id"] == boss["id"]
