"""Calls between services, on every carrier: answers, refusals, and deadlines that both sides keep."""

import time
from collections.abc import Callable
from types import SimpleNamespace

import eventlet
import orjson
import pytest
import structlog

from chassis import Services, deadline
from chassis.ids import new_id
from chassis.messages import Outgoing
from chassis.runner import Process
from chassis.topology import RPC_EXCHANGE
from contracts.errors import Conflict, IdempotencyConflict, InternalError, Invalid, ServiceTimeout, ServiceUnavailable
from tests.infra import eventually
from tests.patched.sample.service import FAULTS, SampleService
from tests.patched.test_broker_faults import links_of
from tests.patched.test_carriers import listening, publish


def test_a_call_is_answered(services: Services) -> None:
    assert services.mail_ingest.echo(text="結び") == "結び"


def test_a_service_calls_another(services: Services) -> None:
    assert services.sample.relay_call(text="through") == "through"


def test_a_refusal_arrives_as_the_same_error(services: Services) -> None:
    with pytest.raises(Conflict, match="never be done") as caught:
        services.sample.refuse()
    assert caught.value.fields == {"name": ["Choose another."]}
    assert caught.value.extra == {"hint": "none"}


def test_an_unexpected_error_tells_the_caller_no_details(services: Services) -> None:
    with pytest.raises(InternalError) as caught:
        services.sample.crash()
    assert "secret" not in str(caught.value)


def test_a_call_with_wrong_arguments_is_refused(services: Services) -> None:
    with pytest.raises(Invalid, match="text"):
        services.mail_ingest.echo(words="x")


def test_a_call_to_a_service_that_never_ran_is_refused_at_once(services: Services) -> None:
    with pytest.raises(ServiceUnavailable, match="nobody is not running"):
        services.nobody.anything()


def test_a_call_that_takes_too_long_ends_at_the_timeout(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSUBI_RPC_TIMEOUT", "0.5")
    with pytest.raises(ServiceTimeout):
        services.sample.slow(seconds=2, mark="late")


def test_a_call_whose_caller_gave_up_is_never_begun(
    start: Callable[..., Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    process = start(SampleService)
    process.runner.stop()
    monkeypatch.setenv("MUSUBI_RPC_TIMEOUT", "0.5")
    with Services("test") as client:
        with pytest.raises(ServiceTimeout):
            client.sample.slow(seconds=0, mark="stale")
        monkeypatch.setenv("MUSUBI_RPC_TIMEOUT", "30")
        start(SampleService)
        assert eventually(lambda: client.sample.slow(seconds=0, mark="fresh")) == "fresh"
    assert "stale" not in FAULTS["open"]


def test_what_a_service_calls_has_less_time_than_its_caller_gave(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSUBI_RPC_TIMEOUT", "30")
    callers, callees = services.sample.times_left()
    assert callees <= deadline.SHARE * callers
    assert callers <= deadline.SHARE * 30


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """``later(20)``: by the clock that deadlines are kept by twenty seconds more have gone by."""
    gone = [0.0]
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + sum(gone)))
    return gone.append


def test_a_call_that_goes_on_after_its_caller_gave_up_writes_nothing(
    services: Services, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSUBI_RPC_TIMEOUT", "30")
    late = eventlet.spawn(services.sample.write_when_let, subject="late")
    eventually(lambda: FAULTS["open"] == ["late"])
    later(30)
    FAULTS["let_go_on"].send()
    with pytest.raises(ServiceTimeout, match="nothing was changed"):
        late.wait()
    services.sample.write_when_let(subject="in time")
    assert services.sample.effects() == ["in time"]


def test_several_calls_can_share_the_time_of_one(services: Services, later: Callable[[float], None]) -> None:
    with deadline.within(30):
        assert services.sample.slow(seconds=0, mark="first") == "first"
        later(29.5)
        with pytest.raises(ServiceTimeout):
            services.sample.slow(seconds=1, mark="second")
        later(0.5)
        with pytest.raises(ServiceTimeout, match="is over"):
            services.sample.slow(seconds=0, mark="third")
    assert set(FAULTS["open"]) <= {"first", "second"}


def test_a_call_that_is_known_to_take_long_is_given_more_than_the_usual_time(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSUBI_RPC_TIMEOUT", "0.1")
    with deadline.within(20):
        assert services.sample.slow(seconds=0.2, mark="long") == "long"


def test_a_call_with_a_deadline_that_is_no_number_is_answered(services: Services, carrier_url: str) -> None:
    call = Outgoing(
        orjson.dumps({"args": [0, "from afar"], "kwargs": {}}),
        exchange=RPC_EXCHANGE,
        routing_key="sample.slow",
        headers={"x-deadline": "soon"},
        message_id="foreign",
    )
    publish(carrier_url, call)
    eventually(lambda: FAULTS["open"] == ["from afar"])


def test_what_a_call_leads_to_bears_the_correlation_id_of_who_called(services: Services, carrier_url: str) -> None:
    bodies: list[bytes] = []
    with listening(carrier_url, "mail_ingest.events", "#", bodies):
        with structlog.contextvars.bound_contextvars(correlation_id="request-7"):
            services.sample.have_emitted(subject=new_id())
        eventually(lambda: bodies)
    assert orjson.loads(bodies[0])["correlationid"] == "request-7"


def test_more_calls_than_may_wait_are_refused_at_once(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSUBI_RPC_PENDING", "3")
    monkeypatch.setenv("MUSUBI_RPC_TIMEOUT", "30")
    waiting = [eventlet.spawn(services.sample.held, mark=str(number)) for number in range(3)]
    eventually(lambda: len(FAULTS["open"]) == 3)
    with pytest.raises(ServiceUnavailable, match="too many calls"):
        services.sample.slow(seconds=0, mark="one more")
    assert services.mail_ingest.echo(text="others answer") == "others answer"
    FAULTS["let_go_on"].send()
    assert [greenlet.wait() for greenlet in waiting] == ["0", "1", "2"]


def test_an_answer_waits_for_the_link_that_sends_it(start: Callable[..., Process]) -> None:
    process = start(SampleService)
    (container,) = process.runner.containers
    with Services("test") as client:
        answer = eventlet.spawn(client.sample.slow, seconds=0.02, mark="answered")
        eventually(lambda: FAULTS["open"])
        for link in links_of(container):
            if link.name.endswith("publishing"):
                link.abort("a test")
        assert answer.wait() == "answered"


def test_a_request_with_an_idempotency_key_runs_once(services: Services) -> None:
    key = new_id()
    assert services.mail_ingest.once(request="a", idempotency_key=key) == 1
    assert services.mail_ingest.once(request="a", idempotency_key=key) == 1
    with pytest.raises(IdempotencyConflict):
        services.mail_ingest.once(request="b", idempotency_key=key)
    assert services.mail_ingest.once(request="a") == 2
