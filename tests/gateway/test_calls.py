"""How views call services: one time for all calls of a request, a key for each write, clicks that may be repeated."""

from types import SimpleNamespace

import pytest

from chassis import deadline, testing
from contacts_service.service import ContactsService
from contracts.errors import ServiceTimeout
from gateway.app import create_app
from tests.gateway.small import bearer
from tests.gateway.test_parts import MESSAGE, PANEL, UUID

CLICK = f"/api/v1/messages/{UUID}/actions/add_contact"


class Contacts:
    """Notes what it is asked, and how much time for it is left."""

    def __init__(self):
        self.times = []
        self.keys = []

    def contacts(self, **_):
        self.times.append(deadline.time_for_a_call(60))
        return {"items": [], "next": None}

    def create_contact(self, *, data, actor, idempotency_key):
        self.keys.append(idempotency_key)
        return {**data, "id": UUID, "version": 1}


class History:
    """Does not answer before it is well."""

    def __init__(self):
        self.well = False
        self.linked = []

    def link_mail(self, *, record, **_):
        if not self.well:
            raise ServiceTimeout("history did not answer within 4 s.")
        self.linked.append(record["id"])
        return {}


@pytest.fixture
def back_ends(staff, tmp_path):
    contacts = testing.instance(ContactsService, testing.migrated_sqlite(tmp_path, ContactsService))
    yield SimpleNamespace(
        staff=staff,
        contacts=contacts,
        history=History(),
        matcher=SimpleNamespace(open_panel=lambda **_: PANEL),
        mail_ingest=SimpleNamespace(message=lambda **_: MESSAGE),
    )
    contacts.db.engine.dispose()


@pytest.fixture
def click(back_ends, staff):
    """Clicks “Add contact” beside the mail."""
    client, headers = create_app(back_ends).test_client(), bearer(staff)
    return lambda **body: client.post(CLICK, json=body, headers=headers)


def ids_of(contacts):
    return [one["id"] for one in contacts.contacts()["items"]]


def test_all_calls_of_a_request_share_the_time_of_one_and_the_next_request_has_its_own(staff):
    contacts = Contacts()
    client, headers = create_app(SimpleNamespace(staff=staff, contacts=contacts)).test_client(), bearer(staff)
    for _ in range(2):
        assert client.get("/api/v1/contacts", headers=headers).status_code == 200
    assert [3.5 < seconds <= 4 for seconds in contacts.times] == [True, True]
    assert deadline.time_for_a_call(60) == 60


def test_a_write_without_a_key_gets_one_of_its_own_for_the_broker_may_deliver_it_twice(staff):
    contacts = Contacts()
    client, headers = create_app(SimpleNamespace(staff=staff, contacts=contacts)).test_client(), bearer(staff)
    for named in ({}, {}, {"Idempotency-Key": "mine"}, {"Idempotency-Key": "mine"}):
        client.post("/api/v1/contacts", json={"last_name": "田中"}, headers={**headers, **named})
    assert len(set(contacts.keys[:2])) == 2
    assert None not in contacts.keys
    assert contacts.keys[2] == contacts.keys[3]
    assert contacts.keys[3].endswith(":mine")


def test_a_second_click_goes_on_where_the_first_one_failed_halfway(back_ends, click):
    assert click().status_code == 504
    [made] = ids_of(back_ends.contacts)
    back_ends.history.well = True
    answer = click()
    assert (answer.status_code, answer.json["record"]["id"]) == (201, made)
    assert ids_of(back_ends.contacts) == back_ends.history.linked == [made]


def test_a_click_with_other_values_is_another_one(back_ends, click):
    back_ends.history.well = True
    first, second = (click(addresses=[], title=title).json["record"]["id"] for title in ("主任", "課長"))
    assert set(ids_of(back_ends.contacts)) == {first, second}


def test_a_click_after_what_the_last_one_made_was_deleted_makes_it_anew(back_ends, click):
    back_ends.history.well = True
    first = click().json["record"]["id"]
    back_ends.contacts.delete_contact(id=first)
    second = click().json["record"]["id"]
    assert ids_of(back_ends.contacts) == [second] != [first]
