"""Which process reads which mailbox: by leases, so that one mailbox has one reader however many replicas run."""

import subprocess
import time

import eventlet
import pytest

from chassis import clock
from chassis.owners import is_gone, new_owner
from mail_ingest_service import store
from mail_ingest_service.models import Lease
from mail_ingest_service.runner import Runner
from tests.infra import eventually
from tests.mail_ingest_service.conftest import mail


@pytest.fixture
def make_runner(db, connector, parser):
    """Runners of one database, as two replicas have them; stopped at the end."""
    runners = []

    def make():
        runners.append(Runner(db, connector, parser))
        return runners[-1]

    yield make
    for runner in runners:
        runner.stop()


@pytest.fixture
def free_box(db, make_box):
    """A saved mailbox that nobody reads, looked at by order only."""

    def make():
        box = make_box(refresh="none")
        with db.session() as session:
            store.release_leases(session, owner="this-test")
        return box

    return make


def settle(check):
    """Let the greenlets run until the check holds."""
    return eventually(lambda: eventlet.sleep(0.01) or check(), timeout=60)


def test_two_replicas_share_the_mailboxes_and_never_read_the_same_one(make_runner, free_box):
    boxes = {free_box().id for _ in range(3)}
    first, second = make_runner(), make_runner()
    first.tick()
    late = free_box().id
    second.tick()
    first.tick()
    assert set(first.running) == boxes
    assert set(second.running) == {late}


def test_when_a_replica_stops_the_other_one_takes_its_mailboxes_at_once(make_runner, free_box, events):
    box = free_box()
    first, second = make_runner(), make_runner()
    first.tick()
    box.account.append(mail("引き継ぎ"))
    first.stop()
    second.tick()
    assert set(second.running) == {box.id}
    settle(lambda: len(events("mail_message.received")) == 1)


def test_a_reader_whose_lease_was_taken_is_stopped(make_runner, free_box, db):
    box = free_box()
    runner = make_runner()
    runner.tick()
    with db.session() as session:
        session.get(Lease, box.id).owner = "another"
    runner.tick()
    assert runner.running == {}


def test_a_wish_that_another_replica_noted_makes_the_reader_look(make_runner, free_box, db, events):
    box = free_box()
    runner = make_runner()
    runner.tick()
    settle(lambda: runner.running[box.id].reader.version == 1)
    settle(lambda: not runner.running[box.id].thread.dead)
    box.account.append(mail("すぐに"))
    with db.session() as session:
        store.want_synchronization(session, box.id, now=clock.now())
    runner.tick()
    settle(lambda: len(events("mail_message.received")) == 1)


def test_only_a_process_that_is_seen_to_be_gone_here_loses_its_lease_before_time():
    me = new_owner()
    place, pid, _ = me.split(":")
    with subprocess.Popen(["true"]) as ended:
        pass
    assert is_gone(f"{place}:{ended.pid}:abc", me=me)
    assert not is_gone(me, me=me)
    assert not is_gone(f"{place}:{pid}:abc", me=me)
    assert not is_gone(f"{place}:1:abc", me=me)
    assert not is_gone(f"elsewhere:{ended.pid}:abc", me=me)
    assert not is_gone("no name of ours", me=me)


def test_a_removed_mailbox_is_read_no_longer(make_runner, free_box, db):
    box = free_box()
    runner = make_runner()
    runner.tick()
    with db.transaction() as tx:
        store.set_health(tx.session, box.id, removed_at=clock.now())
    runner.tick()
    assert runner.running == {}


def test_a_reader_that_ended_is_started_again(make_runner, free_box):
    box = free_box()
    runner = make_runner()
    runner.tick()
    runner.running[box.id].thread.kill()
    settle(lambda: runner.running[box.id].thread.dead)
    runner.tick()
    assert not runner.running[box.id].thread.dead


def test_a_mail_that_comes_while_the_other_folders_are_read_is_not_slept_through(make_box):
    box = make_box(refresh="push")
    reader = box.reader
    work = reader._load()
    with reader._connector.open(work.mailbox) as connection:
        reader._read(work, connection)
        box.account.append(mail("その間に"))
        began = time.monotonic()
        assert reader._listen(work, connection)
        assert time.monotonic() - began < 60
        work = reader._load()
        reader._read(work, connection)
        place = work.folders[0][0]
        assert connection.examine(place.folder) == reader._memories[place.folder_id].status
