"""Saved lists: one's own and shared ones; and the same done to many records at once."""

import pytest

from contracts.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed

HANAKO = {"staff_user_id": "01a20e37-0000-7000-8000-000000000001", "name": "花子"}
TARO = {"staff_user_id": "01a20e37-0000-7000-8000-000000000002", "name": "太郎"}
TOKYO = {"match": "all", "conditions": [{"field": "mailing_state", "operator": "equals", "value": "東京都"}]}


@pytest.fixture
def save(contacts):
    """Saves a list of Hanako's."""

    def saved(name="東京", actor=HANAKO, **data):
        given = {"record_kind": "contact", "name": name, "filter": TOKYO, "columns": ["label", "title"], **data}
        return contacts.service.create_list_view(data=given, actor=actor)

    return saved


def names(contacts, actor):
    return [view["name"] for view in contacts.service.list_views(record_kind="contact", actor=actor)["items"]]


def test_a_saved_list_is_ones_own_until_it_is_shared(contacts, save):
    made = save(sort="name")
    save("組織", record_kind="organization", filter={"match": "all", "conditions": []}, columns=[])
    assert (names(contacts, HANAKO), names(contacts, TARO)) == (["東京"], [])
    with pytest.raises(NotFound):
        contacts.service.list_view(id=made["id"], actor=TARO)
    contacts.service.update_list_view(id=made["id"], data={"shared": True}, version=1, actor=HANAKO)
    assert names(contacts, TARO) == ["東京"]
    read = contacts.service.list_view(id=made["id"], actor=TARO)
    assert (read["filter"], read["columns"], read["sort"]) == (TOKYO, ["label", "title"], "name")


def test_a_shared_list_is_changed_by_its_maker_or_an_admin_alone(contacts, save):
    made = save(shared=True)
    with pytest.raises(Forbidden, match="name of your own"):
        contacts.service.update_list_view(id=made["id"], data={"name": "x"}, version=1, actor=TARO)
    with pytest.raises(Forbidden):
        contacts.service.delete_list_view(id=made["id"], actor=TARO)
    changed = contacts.service.update_list_view(
        id=made["id"], data={"name": "首都圏"}, version=1, actor=TARO, may_manage=True
    )
    assert (changed["name"], changed["version"]) == ("首都圏", 2)
    with pytest.raises(PreconditionFailed):
        contacts.service.update_list_view(id=made["id"], data={"name": "x"}, version=1, actor=HANAKO)
    contacts.service.delete_list_view(id=made["id"], actor=HANAKO)
    assert names(contacts, HANAKO) == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"columns": ["search"]}, "columns"),
        ({"columns": ["title", "title"]}, "columns"),
        ({"sort": "tags"}, "sort"),
        ({"filter": {"match": "all", "conditions": [{}]}}, "filter.conditions.0.field"),
        ({"record_kind": "ship"}, "record_kind"),
    ],
)
def test_a_list_that_could_not_be_shown_is_not_saved(contacts, save, data, field):
    with pytest.raises(Invalid) as refusal:
        save(**data)
    assert list(refusal.value.fields) == [field]
    assert names(contacts, HANAKO) == []


def test_nobody_saves_lists_without_end(contacts, save, monkeypatch):
    monkeypatch.setattr("contacts_service.views.MOST_VIEWS", 2)
    save("一")
    save("二")
    with pytest.raises(Conflict, match="delete one"):
        save("三")
    save("三", actor=TARO)
