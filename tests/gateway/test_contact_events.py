"""What another system, with another AMQP library, hears when people work with contacts through the API."""

import json

import pika
import pytest

from tests.gateway.conftest import System
from tests.infra import eventually
from tests.infra.services import ServiceProcesses

HEARD = [
    "contact.created.v1",
    "contact.updated.v1",
    "contact.opted_out.v1",
    "contact.updated.v1",
    "contact.opted_in.v1",
    "contact.updated.v1",
    "contact.portal_enabled.v1",
    "contact.updated.v1",
    "contact.portal_disabled.v1",
    "contact.deleted.v1",
    "contact.restored.v1",
    "contact.created.v1",
    "contact.merged.v1",
    "contact.unmerged.v1",
]


@pytest.fixture
def system(amqp_url, sqlite_url):
    """Contacts, staff and the gateway, each a process, on RabbitMQ; the queues of all others are there."""
    with ServiceProcesses(["contacts", "staff", "gateway"], amqp_url=amqp_url, database_url=sqlite_url) as processes:
        processes.musubi("migrate")
        system = System(processes)
        yield system
        system.close()


@pytest.fixture
def heard(amqp_url, system):
    """The events of contacts that pika gets in a queue of its own; call it for those so far."""
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, "contacts.events", "contact.#")
        events = []

        def so_far():
            while (got := channel.basic_get(queue, auto_ack=True))[0] is not None:
                events.append(json.loads(got[2]))
            return events

        yield so_far


def test_every_change_of_a_contact_is_heard_once_and_in_order(system, heard):
    api = system.admin
    made = api.post("/contacts", json={"last_name": "田中", "addresses": ["tanaka@abc.example"]})
    path, etag = f"/contacts/{made.json()['id']}", made.headers["ETag"]
    for change in ({"email_opt_out": True}, {"email_opt_out": False}, {"portal": True}, {"portal": False}):
        answer = api.patch(path, json=change, headers={"If-Match": etag})
        etag = answer.headers["ETag"]
    api.delete(path)
    api.post(f"{path}/restore")
    other = api.post("/contacts", json={"last_name": "田中", "email_opt_out": False}).json()
    api.post(f"{path}/merge", json={"other_ids": [other["id"]]})
    api.post(f"/contacts/{other['id']}/unmerge")
    eventually(lambda: len(heard()) >= len(HEARD))
    assert [event["type"] for event in heard()] == HEARD
    assert {event["subject"] for event in heard()} == {made.json()["id"], other["id"]}
    assert len({event["id"] for event in heard()}) == len(HEARD)
    assert heard()[1]["data"]["changes"] == [{"field": "email_opt_out", "old": False, "new": True}]
