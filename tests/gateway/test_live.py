"""The live feed of the running system."""

import json
import threading
from queue import Queue
from typing import Any

import httpx

from gateway.live import CLIENTS_EACH
from tests.gateway.post import new_contact


class Feed:
    """A client of the live feed, reading in a thread: ``events`` is a queue of (id, type, data)."""

    def __init__(self, client, **headers):
        self.events: Queue[tuple[str | None, str, Any]] = Queue()
        self.opened = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(client, headers), daemon=True)
        self._thread.start()
        assert self.opened.wait(10)

    def _read(self, client, headers):
        fields = {}
        try:
            with client.stream("GET", "/live", headers=headers) as answer:
                for line in answer.iter_lines():
                    self.opened.set()
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    if not line:
                        self._tell(fields)
                        fields = {}
        except httpx.HTTPError:
            self.opened.set()

    def _tell(self, fields):
        if "event" in fields:
            self.events.put((fields.get("id"), fields["event"], json.loads(fields["data"])))

    def until(self, event_type):
        while True:
            found = self.events.get(timeout=60)
            if found[1] == event_type:
                return found


def test_the_live_feed_brings_an_event_the_moment_it_happens(system, api):
    with system.client(system.token("root", "read")) as client:
        feed = Feed(client)
        contact = new_contact(api, last_name="生放送").json()
        event_id, _, event = feed.until("contact.created.v1")
    assert event["data"]["contact"]["id"] == contact["id"]
    assert (event["id"], event["specversion"]) == (event_id, "1.0")


def test_who_comes_back_to_the_live_feed_gets_what_was_missed(system, api):
    with system.client(system.token("root", "read")) as client, system.client(system.token("root", "read")) as again:
        feed = Feed(client)
        new_contact(api, last_name="先")
        last, _, _ = feed.until("contact.created.v1")
        missed = new_contact(api, last_name="後").json()
        feed.until("contact.created.v1")
        _, _, event = Feed(again, **{"Last-Event-ID": last}).until("contact.created.v1")
    assert event["data"]["contact"]["id"] == missed["id"]


def test_who_comes_back_too_late_is_told_of_the_gap(system):
    with system.client(system.token("root", "read")) as client:
        feed = Feed(client, **{"Last-Event-ID": "01a20521-0000-7000-8000-000000000000"})
        assert feed.until("gap")[2] == {}


def test_asking_for_the_head_of_the_live_feed_takes_no_place_in_it(system):
    with system.client(system.token("root", "read")) as client:
        assert {client.head("/live").status_code for _ in range(CLIENTS_EACH + 1)} == {200}
