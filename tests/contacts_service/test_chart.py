"""Charts of organizations: who stands below whom."""

import pytest

from contacts_service import chart
from contracts.errors import NotFound

HERE, ELSEWHERE = "here", "elsewhere"


def person(id, boss=None, *, decides=False, organization=HERE, deleted=None):
    names = {"number": "CON1", "last_name": id, "first_name": "", "title": "", "department": "", "sort_name": id}
    links = {"organization_id": organization, "reports_to_id": boss}
    return {**names, **links, "id": id, "decision_maker": decides, "deleted_at": deleted}


def shown(*people, most=chart.MOST_DRAWN):
    nodes = chart.drawn({one["id"]: one for one in people}, HERE, most=most)
    return [(node["id"], node["reports_to_id"]) for node in nodes]


def test_everybody_comes_after_the_boss_and_who_stands_alone_comes_last():
    people = [person("alone"), person("c", "b"), person("b", "a"), person("a"), person("d", "a", decides=True)]
    assert shown(*people) == [("a", None), ("d", "a"), ("b", "a"), ("c", "b"), ("alone", None)]


def test_a_chart_is_cut_from_below():
    people = [person("top"), *(person(f"{number}", "top") for number in range(5)), person("below", "0")]
    assert [id for id, boss in shown(*people, most=6)] == ["top", "0", "1", "2", "3", "4"]


def test_decision_makers_are_not_what_is_cut_off():
    assert shown(person("a"), person("b"), person("z", decides=True), most=1) == [("z", None)]


def test_the_boss_of_an_outsider_is_not_asked_for():
    people = {"a": person("a", "boss"), "boss": person("boss", "president", organization=ELSEWHERE)}
    assert chart.bosses_to_read(people, HERE) == set()
    assert chart.bosses_to_read({"a": people["a"]}, HERE) == {"boss"}
    assert shown(*people.values()) == [("boss", None), ("a", "boss")]


def test_a_chart_says_how_many_it_does_not_show():
    nodes = [{"place": chart.MEMBER}, {"place": chart.OUTSIDE}]
    assert chart.note(nodes, 1) is None
    assert "1 of 2 people" in str(chart.note(nodes, 2))
    assert "1 of more than 5,000 people" in str(chart.note(nodes, chart.MOST_READ + 1))


def test_a_chart_shows_members_their_bosses_outside_and_vacant_posts(contacts):
    service = contacts.service
    abc = service.create_organization(data={"name": "エービーシー"})["id"]
    holding = service.create_organization(data={"name": "持株会社"})["id"]
    president = contacts.add("髙松", title="社長", organization_id=holding, decision_maker=True)
    chief = contacts.add("佐藤", title="部長", organization_id=abc, reports_to_id=president["id"])
    tanaka = contacts.add("田中", organization_id=abc, reports_to_id=chief["id"])
    contacts.add("鈴木", organization_id=holding, reports_to_id=chief["id"])
    gone = contacts.add("山本", organization_id=abc)
    for left in (chief, gone):
        service.delete_contact(id=left["id"])
    answer = service.organization_chart(id=abc)
    assert [
        (node["label"], node["place"], node["reports_to_id"], node["decision_maker"]) for node in answer["nodes"]
    ] == [
        ("髙松", "outside", None, True),
        ("佐藤", "vacant", president["id"], False),
        ("田中", "member", chief["id"], False),
    ]
    assert answer["note"] is None
    assert tanaka["decision_maker"] is False


def test_an_organization_without_people_has_an_empty_chart(contacts):
    service = contacts.service
    abc = service.create_organization(data={"name": "エービーシー"})["id"]
    assert service.organization_chart(id=abc) == {"nodes": [], "note": None}
    service.delete_organization(id=abc)
    with pytest.raises(NotFound):
        service.organization_chart(id=abc)


def test_an_event_says_who_decides(contacts):
    contacts.add("田中", decision_maker=True)
    [created] = contacts.published()
    assert created.data["contact"]["decision_maker"] is True
