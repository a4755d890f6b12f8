"""Dead letters are kept once each, whatever is written in them, and none holds up those behind it."""

from collections.abc import Callable
from typing import Any

import pytest

from chassis import Services
from chassis.link import Link
from chassis.messages import Outgoing
from chassis.publisher import Publisher
from tests.infra import eventually
from tests.patched.sample.service import FAULTS
from tests.patched.test_carriers import ids

NO_COLUMN_HOLDS = rb'{"id":"1\u00002","type":"mailbox\u0000removed"}'


@pytest.fixture(params=["embedded on SQLite", "RabbitMQ on PostgreSQL"])
def system(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The URL of the broker and the URL template of the databases."""
    names = ("embedded_url", "file_url") if request.param.startswith("embedded") else ("amqp_url", "server_url")
    broker, databases = map(request.getfixturevalue, names)
    return broker, databases


@pytest.fixture
def file_url(tmp_path: Any) -> str:
    return f"sqlite:///{tmp_path}/{{service}}.db"


@pytest.fixture
def server_url(make_databases: Callable[[list[str]], str]) -> str:
    return make_databases(["sample", "mail_ingest"])


@pytest.fixture
def carrier_url(system: tuple[str, str]) -> str:
    return system[0]


@pytest.fixture
def sqlite_url(system: tuple[str, str]) -> str:
    return system[1]


def die(url: str, *bodies: bytes, **headers: Any) -> None:
    """Publish bodies to the dead queue, as the service itself, the broker or a foreign client does."""
    link = Link("dying", url)
    publisher = Publisher(link)
    link.start()
    assert link.wait_ready(5)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    publisher.publish([Outgoing(body, exchange="", routing_key="sample.dead", headers=headers) for body in bodies])
    link.stop()


def letters(services: Services, *, at_least: int = 1) -> list[dict[str, Any]]:
    """The letters, newest first, when there are so many."""

    def listed() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = services.sample.dead_letters()["items"]
        return found if len(found) >= at_least else []

    return eventually(listed, timeout=60)


def test_a_letter_with_what_no_column_holds_is_kept_and_so_are_those_behind_it(
    services: Services, carrier_url: str
) -> None:
    die(carrier_url, NO_COLUMN_HOLDS, b"behind it")
    behind, odd = letters(services, at_least=2)
    assert (odd["event_id"], odd["event_type"]) == ("12", "mailboxremoved")
    assert services.sample.dead_letter(id=odd["id"])["body"] == NO_COLUMN_HOLDS.decode()
    assert services.sample.dead_letter(id=behind["id"])["body"] == "behind it"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("x_error", "NUL \0 and a lone surrogate \ud800"),
        ("x_error", "long" * 10_000),
        ("x_queue", "sample.\0" * 100),
        ("x_queue", 7),
        ("x_attempt", "many"),
        ("x_attempt", 2**40),
        ("x_count", "many"),
        ("x_death", "none"),
        ("x_death", [7]),
    ],
)
def test_a_letter_is_kept_whatever_its_headers_say(
    services: Services, carrier_url: str, header: str, value: Any
) -> None:
    die(carrier_url, b"odd", **{header: value})
    die(carrier_url, b"behind it")
    assert len(letters(services, at_least=2)) == 2


def test_a_letter_that_the_broker_delivers_again_is_kept_once(services: Services, carrier_url: str) -> None:
    die(carrier_url, b"once", b"once", b"another", b"[42,42]", b"last")
    kept = letters(services, at_least=4)
    bodies = [services.sample.dead_letter(id=letter["id"])["body"] for letter in kept]
    assert bodies == ["last", "42", "another", "once"]


def test_a_list_of_letters_is_read_page_by_page(services: Services, carrier_url: str) -> None:
    die(carrier_url, b"[1,2,3,4,5,6,7]")
    whole = letters(services, at_least=7)
    read: list[dict[str, Any]] = []
    following = None
    for size in (3, 3, 1):
        page = services.sample.dead_letters(limit=3, cursor=following)
        assert len(page["items"]) == size
        read += page["items"]
        following = page["next"]
    assert (read, following) == (whole, None)


def test_a_replayed_letter_that_dies_again_waits_again_with_its_new_error(services: Services) -> None:
    [subject] = ids(1)
    FAULTS["poison"] = {subject}
    services.mail_ingest.emit([subject])
    [first] = letters(services)
    services.sample.replay_dead_letter(id=first["id"])
    again = eventually(lambda: [letter for letter in letters(services) if not letter["replayed_at"]], timeout=60)
    assert [letter["id"] for letter in letters(services)] == [letter["id"] for letter in again] == [first["id"]]
    assert again[0]["died_at"] > first["died_at"]
