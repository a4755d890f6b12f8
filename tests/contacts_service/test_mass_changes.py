"""The same done to many records: few of them at once, very many piece by piece; undone as a whole, however many."""

from datetime import timedelta

import pytest
import time_machine

from chassis import clock
from contacts_service import background
from contacts_service.jobs import leases
from contacts_service.mass import changing, mass_changes
from contracts.errors import IdempotencyConflict, Invalid, NotFound
from tests.contacts_service.asking import condition, every

HANAKO = {"staff_user_id": "01a20e37-0000-7000-8000-000000000001", "name": "花子"}
TARO = {"staff_user_id": "01a20e37-0000-7000-8000-000000000002", "name": "太郎"}
COUNTED = ("records", "done", "changed", "unchanged", "refused")


class Mass:
    """Mass changes of a contacts service, and somebody who works on them."""

    def __init__(self, contacts):
        self.service, self.worker = contacts.service, background.worker(contacts.service.db, staff=None)

    def begin(self, action, ids=None, *, kind="contact", selection=None, **data):
        asked = {"record_kind": kind, "action": action, "ids": ids, "selection": selection, "data": data}
        return self.service.begin_mass_change(**asked, actor=HANAKO)

    def undo(self, made):
        self.service.undo_mass_change(id=made["id"], actor=TARO)
        return self.work(made)

    def work(self, made):
        while self.worker.step():
            pass
        return self.service.mass_change(id=made["id"])

    def problems(self, made):
        return {each["label"]: each["problem"] for each in self.service.mass_change_problems(id=made["id"])["items"]}


def counts(made):
    return made["state"], *(made[name] for name in COUNTED)


@pytest.fixture
def mass(contacts):
    return Mass(contacts)


@pytest.fixture
def by_piece(mass, monkeypatch):
    """As if a handful were very many."""
    monkeypatch.setattr(mass_changes, "AT_ONCE", 0)
    monkeypatch.setattr(changing, "PIECE", 2)
    return mass


def test_few_are_changed_at_once_and_what_cannot_be_is_told(contacts, mass):
    owner = TARO["staff_user_id"]
    first, second = contacts.add("一", tags=["旧"]), contacts.add("二", tags=["VIP"], owner_id=owner)
    gone = contacts.add("三")
    contacts.service.delete_contact(id=gone["id"])
    contacts.published()
    ids = [second["id"], first["id"], gone["id"], "01a20e37-0000-7000-8000-000000000abc"]
    made = mass.begin("update", ids, owner_id=owner, add_tags=["VIP"], remove_tags=["旧"])
    assert counts(made) == ("finished", 4, 4, 1, 1, 2)
    assert contacts.said() == [("contact.updated", first["id"])]
    read = contacts.service.contact(id=first["id"])
    assert (read["owner_id"], read["tags"], read["version"], read["modified_by"]) == (
        *(owner, ["VIP"], 2),
        HANAKO["staff_user_id"],
    )
    told = mass.problems(made)
    assert ("recycle bin" in told["三"], "no such contact" in told[""]) == (True, True)


def test_all_that_a_list_shows_are_changed_and_none_that_come_later(contacts, by_piece):
    for number in range(5):
        contacts.add(str(number), title="課長" if number else "部長")
    made = by_piece.begin("update", selection={"filter": every(condition("title", "equals", "課長"))}, title="係長")
    assert counts(made) == ("changing", 4, 0, 0, 0, 0)
    later = contacts.add("5", title="課長")
    assert counts(by_piece.work(made)) == ("finished", 4, 4, 4, 0, 0)
    titles = [each["title"] for each in contacts.service.contacts(sort="created_at")["items"]]
    assert titles == ["部長", *["係長"] * 4, "課長"]
    assert contacts.service.contact(id=later["id"])["version"] == 1


def test_one_click_undoes_it_but_for_those_that_somebody_changed_since(contacts, by_piece):
    made = [contacts.add(str(number), tags=[str(number)]) for number in range(5)]
    change = by_piece.work(by_piece.begin("update", selection={}, title="係長", add_tags=["春"]))
    contacts.service.update_contact(id=made[1]["id"], data={"title": "社長"}, version=2)
    contacts.service.delete_contact(id=made[2]["id"])
    contacts.published()
    undone = by_piece.undo(change)
    assert (undone["state"], undone["undone"], undone["kept"]) == ("undone", 3, 2)
    told = by_piece.problems(change)
    assert {label: "changed since" in problem for label, problem in told.items()} == {"1": True, "2": True}
    now = {each["last_name"]: (each["title"], each["tags"]) for each in contacts.service.contacts()["items"]}
    assert now == {"0": ("", ["0"]), "1": ("社長", ["1", "春"]), "3": ("", ["3"]), "4": ("", ["4"])}
    assert [name for name, _ in contacts.said()] == ["contact.updated"] * 3
    [last, *_] = contacts.service.contact_changes(id=made[0]["id"])["items"]
    assert last["staff_name"] == "太郎"


def test_links_that_come_back_close_no_circle_with_one_that_somebody_made_since(contacts, mass):
    third, other = contacts.add("三"), contacts.add("他")
    second = contacts.add("二", reports_to_id=third["id"])
    first = contacts.add("一", reports_to_id=second["id"])
    change = mass.begin("update", [first["id"], second["id"]], reports_to_id=other["id"])
    contacts.service.update_contact(id=third["id"], data={"reports_to_id": first["id"]}, version=1)
    undone = mass.undo(change)
    assert (undone["undone"], undone["kept"]) == (1, 1)
    [(kept, reason)] = mass.problems(change).items()
    assert (kept in ("一", "二"), "below the same one" in reason) == (True, True)
    boss = {each["id"]: each["reports_to_id"] for each in contacts.service.contacts()["items"]}
    line = [third["id"]]
    while boss[line[-1]]:
        assert boss[line[-1]] not in line
        line.append(boss[line[-1]])
    assert line[-1] == other["id"]


def test_what_was_deleted_comes_back_with_its_addresses_and_what_was_restored_goes(contacts, by_piece):
    made = [contacts.add(str(number), f"p{number}@abc.example") for number in range(3)]
    gone = by_piece.work(by_piece.begin("delete", [each["id"] for each in made]))
    assert (counts(gone), contacts.service.contacts()["items"]) == (("finished", 3, 3, 3, 0, 0), [])
    assert contacts.who("p1@abc.example") == []
    contacts.service.restore_contact(id=made[0]["id"])
    assert by_piece.undo(gone)["undone"] == 3
    assert contacts.who("p1@abc.example") == [("contact", "1")]
    contacts.service.delete_contact(id=made[1]["id"])
    back = by_piece.work(by_piece.begin("restore", [each["id"] for each in made]))
    assert counts(back) == ("finished", 3, 3, 1, 2, 0)
    by_piece.undo(back)
    assert len(contacts.service.contacts()["items"]) == 2


def test_an_organization_with_contacts_stays_and_the_others_go(contacts, mass):
    firms = [contacts.service.create_organization(data={"name": name}) for name in ("本社", "支社")]
    contacts.add("田中", organization_id=firms[0]["id"])
    made = mass.begin("delete", kind="organization", selection={})
    assert (counts(made), list(mass.problems(made))) == (("finished", 2, 2, 1, 0, 1), ["本社"])
    assert mass.undo(made)["undone"] == 1
    moved = mass.begin("update", [contacts.add("鈴木")["id"]], organization_id=firms[1]["id"])
    assert moved["changed"] == 1


def test_what_one_record_refuses_leaves_no_trace_of_it(contacts, mass):
    boss = contacts.add("部長")
    staff = contacts.add("田中", reports_to_id=boss["id"])
    contacts.published()
    made = mass.begin("update", [boss["id"], staff["id"]], reports_to_id=staff["id"], title="係長")
    assert (counts(made)[-1], contacts.said()) == (2, [])
    assert contacts.service.contact(id=boss["id"])["title"] == ""


def test_it_can_be_stopped_and_what_was_done_undone(contacts, by_piece):
    for number in range(5):
        contacts.add(str(number))
    made = by_piece.begin("delete", selection={})
    by_piece.worker.step()
    stopped = contacts.service.cancel_mass_change(id=made["id"])
    assert counts(by_piece.work(made)) == ("stopped", 5, 2, 2, 0, 0)
    assert stopped["state"] == "stopped"
    contacts.service.undo_mass_change(id=made["id"])
    # Nobody looks at those that it did not come to.
    assert len(list(iter(by_piece.worker.step, False))) == 2
    assert contacts.service.mass_change(id=made["id"])["undone"] == 2
    assert len(contacts.service.contacts()["items"]) == 5


def test_who_is_killed_half_way_leaves_the_rest_to_another_who_does_nothing_twice(contacts, by_piece):
    made = [contacts.add(str(number)) for number in range(5)]
    change = by_piece.begin("update", selection={}, title="係長")
    by_piece.worker.step()
    other = background.worker(contacts.service.db, staff=None)
    assert not other.step()
    with time_machine.travel(clock.now() + leases.LEASE_TIME + timedelta(seconds=1), tick=False):
        assert other.step()
        with contacts.service.db.session() as session:
            row = mass_changes.existing(session, change["id"])
        # The one who was thought dead wakes up, and has no say any more.
        with pytest.raises(leases.LeaseLost):
            changing.change_piece(contacts.service.db, by_piece.worker.owner, row, breathe=lambda: None)
        while other.step():
            pass
    assert counts(contacts.service.mass_change(id=change["id"])) == ("finished", 5, 5, 5, 0, 0)
    assert [contacts.service.contact(id=each["id"])["version"] for each in made] == [2] * 5


def test_a_piece_that_cannot_be_done_ends_it_and_says_so(contacts, by_piece, monkeypatch):
    contacts.add("一")
    made = by_piece.begin("update", selection={}, title="係長")
    monkeypatch.setattr("contacts_service.jobs.writing.update", lambda *_: 1 / 0)
    assert by_piece.work(made)["problem"].startswith("It ended by an error on our side")


def test_the_same_request_has_one_effect(contacts, mass):
    ids = [contacts.add("一")["id"]]
    asked = {"record_kind": "contact", "action": "update", "ids": ids, "idempotency_key": "once"}
    first, again = (mass.service.begin_mass_change(**asked, data={"title": "係長"}) for _ in "ab")
    assert first == again
    assert len(mass.service.mass_changes()["items"]) == 1
    with pytest.raises(IdempotencyConflict):
        mass.service.begin_mass_change(**asked, data={"title": "社長"})


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"ids": []}, "ids"),
        ({"ids": ["all"]}, "ids"),
        ({"ids": [f"01a20e37-0000-7000-8000-{number:012}" for number in range(1_001)]}, "ids"),
        ({"ids": None}, "ids"),
        (
            {"ids": None, "selection": {"sort": "name", "filter": {"match": "all", "conditions": [{}]}}},
            "filter.conditions.0.field",
        ),
        ({"record_kind": "ship"}, "record_kind"),
        ({"action": "merge"}, "action"),
        ({"data": {}}, "data"),
        ({"action": "delete"}, "data"),
        ({"data": {"shoe": 27}}, "shoe"),
        ({"data": {"add_tags": "VIP"}}, "add_tags"),
        ({"data": {"birthday": "31.12.1980"}}, "birthday"),
        ({"data": {"organization_id": "01a20e37-0000-7000-8000-000000000abc"}}, "organization_id"),
        ({"data": {"reports_to_id": "01a20e37-0000-7000-8000-000000000abc"}}, "reports_to_id"),
    ],
)
def test_what_no_record_could_take_is_refused_before_anything_begins(contacts, mass, asked, field):
    right = {"record_kind": "contact", "action": "update", "data": {"title": "係長"}}
    with pytest.raises(Invalid) as refused:
        contacts.service.begin_mass_change(**right | {"ids": [contacts.add("一")["id"]]} | asked)
    assert list(refused.value.fields) == [field]
    assert mass.service.mass_changes()["items"] == []


def test_too_many_are_refused_with_what_to_do(contacts, mass, monkeypatch):
    monkeypatch.setattr(mass_changes, "MOST", 2)
    for name in "一二三":
        contacts.add(name)
    with pytest.raises(Invalid, match="Narrow the filter"):
        mass.begin("delete", selection={})
    assert len(contacts.service.contacts()["items"]) == 3


def test_what_is_of_long_ago_is_forgotten(contacts, mass):
    made = mass.begin("delete", [contacts.add("一")["id"]])
    with time_machine.travel(clock.now() + timedelta(days=91), tick=False):
        mass.worker.step()
    with pytest.raises(NotFound):
        mass.service.mass_change_problems(id=made["id"])
