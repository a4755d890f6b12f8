"""Who wants no mailings: since when, who wrote it down, by what way it came in; through merges and what is undone."""

import pytest
import time_machine

from tests.contacts_service.exchange.uploading import HANAKO, Exchange

TARO = {"staff_user_id": "01a20e37-0000-7000-8000-000000000002", "name": "太郎", "source": "api"}
AT_SCREEN = {**HANAKO, "source": "screen"}
MONDAY, TUESDAY, FRIDAY = (f"2026-11-{day}T09:00:00.000000Z" for day in (23, 24, 27))
BY_HANAKO = (True, MONDAY, HANAKO["staff_user_id"], "screen")
BY_TARO = (True, TUESDAY, TARO["staff_user_id"], "api")
NOBODY = (False, None, None, None)


class People:
    """Contacts of a service that opt out and in."""

    def __init__(self, contacts):
        self.service = contacts.service

    def add(self, at=MONDAY, by=AT_SCREEN, *, out=True, name="田中"):
        with time_machine.travel(at, tick=False):
            return self.service.create_contact(data={"last_name": name, "email_opt_out": out}, actor=by)["id"]

    def say(self, id, out, *, at, by):
        version = self.service.contact(id=id)["version"]
        with time_machine.travel(at, tick=False):
            self.service.update_contact(id=id, data={"email_opt_out": out}, version=version, actor=by)

    def noted(self, id):
        found = self.service.contact(id=id)
        return tuple(found[name] for name in ("email_opt_out", "opted_out_at", "opted_out_by", "opted_out_source"))

    def merge(self, survivor, *others, **chosen):
        self.service.merge_contacts(survivor_id=survivor, other_ids=list(others), actor=TARO, values=chosen)

    def unmerge(self, id):
        return self.service.unmerge_contact(id=id, actor=TARO)

    def mass(self, *ids, **data):
        asked = {"record_kind": "contact", "action": "update", "ids": list(ids), "data": data}
        with time_machine.travel(FRIDAY, tick=False):
            return self.service.begin_mass_change(**asked, actor=TARO)["id"]


@pytest.fixture
def people(contacts):
    return People(contacts)


def test_an_opt_out_is_noted_once_told_and_forgotten_when_one_opts_in(contacts, people):
    new, other = people.add(), people.add(out=False)
    people.say(other, True, at=TUESDAY, by=TARO)
    people.say(other, True, at=FRIDAY, by=AT_SCREEN)
    assert (people.noted(new), people.noted(other)) == (BY_HANAKO, BY_TARO)
    told = [event.data for event in contacts.published() if event.type == "contact.opted_out.v1"]
    assert [(each["opted_out_at"], each["opted_out_by"], each["opted_out_source"]) for each in told] == [
        BY_HANAKO[1:],
        BY_TARO[1:],
    ]
    people.say(new, False, at=FRIDAY, by=TARO)
    assert people.noted(new) == NOBODY
    [change, _] = contacts.service.contact_changes(id=new)["items"]
    assert change["fields"] == [{"field": "email_opt_out", "old": True, "new": False}]


def test_an_organization_opts_out_as_a_contact_does(contacts):
    with time_machine.travel(MONDAY, tick=False):
        made = contacts.service.create_organization(data={"name": "㈱", "email_opt_out": True}, actor=AT_SCREEN)
    assert (made["opted_out_at"], made["opted_out_by"], made["opted_out_source"]) == BY_HANAKO[1:]
    contacts.service.update_organization(id=made["id"], data={"email_opt_out": False}, version=1)
    assert [name for name, _ in contacts.said() if "opted" in name] == [
        "organization.opted_out",
        "organization.opted_in",
    ]


def test_a_survivor_gets_the_opt_out_as_it_was_said_and_gives_it_back(people):
    survivor, other = people.add(out=False), people.add(TUESDAY, TARO)
    people.merge(survivor, other)
    assert people.noted(survivor) == BY_TARO
    people.unmerge(other)
    assert (people.noted(survivor), people.noted(other)) == (NOBODY, BY_TARO)


def test_a_survivor_that_had_opted_out_itself_keeps_its_own(people):
    survivor, other = people.add(), people.add(TUESDAY, TARO)
    people.merge(survivor, other)
    assert people.noted(survivor) == BY_HANAKO
    people.unmerge(other)
    assert (people.noted(survivor), people.noted(other)) == (BY_HANAKO, BY_TARO)


def test_an_opt_out_that_was_chosen_away_comes_back_as_it_was(people):
    survivor, other = people.add(), people.add(out=False)
    people.merge(survivor, other, email_opt_out=other)
    assert people.noted(survivor) == NOBODY
    people.unmerge(other)
    assert people.noted(survivor) == BY_HANAKO


def test_what_was_said_since_the_merge_stays_with_the_survivor(people):
    survivor, other = people.add(out=False), people.add()
    people.merge(survivor, other)
    people.say(survivor, False, at=MONDAY, by=TARO)
    people.say(survivor, True, at=TUESDAY, by=TARO)
    assert "email_opt_out" in [each["field"] for each in people.unmerge(other)["kept"]]
    assert (people.noted(survivor), people.noted(other)) == (BY_TARO, BY_HANAKO)


def test_whoever_stays_part_of_the_survivor_gets_no_mailings_still(people):
    survivor, first, second = people.add(out=False), people.add(), people.add(TUESDAY, TARO)
    people.merge(survivor, first, second)
    assert people.noted(survivor) == BY_HANAKO
    people.unmerge(first)
    assert people.noted(survivor) == BY_TARO


def test_a_change_of_many_is_noted_as_one_and_its_undoing_puts_the_earlier_opt_out_back(people):
    out, known = people.add(out=False), people.add()
    made = people.mass(out, known, email_opt_out=True)
    assert people.noted(out) == (True, FRIDAY, TARO["staff_user_id"], "mass_change")
    assert people.noted(known) == BY_HANAKO
    people.service.undo_mass_change(id=made, actor=TARO)
    assert people.noted(out) == NOBODY
    made = people.mass(known, email_opt_out=False)
    assert people.noted(known) == NOBODY
    people.service.undo_mass_change(id=made, actor=TARO)
    assert people.noted(known) == BY_HANAKO


def test_a_file_opts_out_in_the_name_of_who_imports_it_and_is_undone(contacts, people):
    known, exchange = people.add(name="鈴木"), Exchange(contacts)
    with time_machine.travel(FRIDAY, tick=False):
        made = exchange.run("姓,メール配信停止\n山田,はい\n鈴木,いいえ\n", match_by=["name"], on_match="overwrite")
    new = next(each["id"] for each in exchange.people() if each["last_name"] == "山田")
    assert people.noted(new) == (True, FRIDAY, HANAKO["staff_user_id"], "import")
    assert people.noted(known) == NOBODY
    exchange.undo(made)
    assert people.noted(known) == BY_HANAKO
