"""What an organization is a member of, and its members."""

import pytest

from chassis.ids import new_id
from contacts_service import hierarchy
from contracts.errors import NotFound


def firm(id, above=None, *, deleted=False):
    told = {"number": "ACC1", "name": id, "industry": "", "sort_name": id}
    return {"id": id, "member_of_id": above, "deleted_at": "now" if deleted else None, **told}


def shown(line, *below, most=500):
    nodes, whole = hierarchy.drawn(line, {one["id"]: one for one in below}, most=most)
    return [(node["id"], node["member_of_id"], node["level"], node["place"]) for node in nodes], whole


def test_the_line_comes_first_then_its_members_level_by_level_and_by_name():
    line = [firm("me", "mid"), firm("mid", "top"), firm("top")]
    below = [firm("b", "me"), firm("a", "me"), firm("b1", "b")]
    assert shown(line, *below) == (
        [
            ("top", None, 0, "above"),
            ("mid", "top", 1, "above"),
            ("me", "mid", 2, "itself"),
            ("a", "me", 3, "below"),
            ("b", "me", 3, "below"),
            ("b1", "b", 4, "below"),
        ],
        True,
    )


def test_who_stands_below_one_in_the_recycle_bin_stands_below_the_next_one_above():
    line = [firm("me", "gone"), firm("gone", "top", deleted=True), firm("top")]
    nodes, _ = shown(line, firm("lost", "me", deleted=True), firm("child", "lost"))
    assert nodes == [("top", None, 0, "above"), ("me", "top", 1, "itself"), ("child", "me", 2, "below")]


def test_what_is_cut_off_leaves_no_hole_and_is_told():
    nodes, whole = shown([firm("me")], firm("a", "me"), firm("a1", "a"), firm("b", "me"), most=2)
    assert ([node[0] for node in nodes], whole) == (["me", "a", "b"], False)
    assert "first 500 organizations" in str(hierarchy.note(whole))
    assert hierarchy.note(True) is None


def test_a_group_is_read_from_its_middle_through_what_is_in_the_recycle_bin(contacts, monkeypatch):
    service = contacts.service

    def made(name, above=None):
        return service.create_organization(data={"name": name, "member_of_id": above})["id"]

    top = made("持株会社")
    middle = made("事業会社", top)
    sold = made("売却済み", middle)
    leaf, sibling = made("工場", sold), made("販売", middle)
    made("無関係", top)
    service.delete_organization(id=sold)
    answer = service.organization_hierarchy(id=middle)
    assert [(node["id"], node["member_of_id"]) for node in answer["nodes"]] == [
        (top, None),
        (middle, top),
        (sibling, middle),
        (leaf, middle),
    ]
    assert answer["note"] is None
    monkeypatch.setattr(hierarchy, "MOST_DRAWN", 1)
    cut = service.organization_hierarchy(id=middle)
    assert ([node["id"] for node in cut["nodes"]], bool(cut["note"])) == ([top, middle, sibling], True)
    for id in (sold, new_id()):
        with pytest.raises(NotFound):
            service.organization_hierarchy(id=id)
