"""The cursor against a plain model of an IMAP folder: arrivals, removals, restarts and renewals in every order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_ingest_service import sync
from mail_ingest_service.sync import Cursor, Head, Status

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
MEGABYTE = 1024 * 1024

STEPS = st.lists(
    st.sampled_from(["arrive", "expunge_first", "expunge_last", "read", "crash_in_mid_read", "recreate"]), max_size=60
)


class Folder:
    """A folder as a server keeps it, and what one reader has taken from it; every mail has a number of its own."""

    def __init__(self) -> None:
        self.uidvalidity, self.uidnext = 1, 1
        self.mails: dict[int, int] = {}
        self.numbers = 0
        self.taken: set[int] = set()
        self.deliveries: list[tuple[int, int]] = []
        self.cursor = Cursor()

    def arrive(self) -> None:
        self.numbers += 1
        self._put(self.numbers)

    def _put(self, number: int) -> None:
        self.mails[self.uidnext] = number
        self.uidnext += 1

    def expunge_first(self) -> None:
        self.mails.pop(min(self.mails, default=0), None)

    def expunge_last(self) -> None:
        self.mails.pop(max(self.mails, default=0), None)

    def recreate(self) -> None:
        mails, self.mails = self.mails, {}
        self.uidvalidity, self.uidnext = self.uidvalidity + 1, 1
        for number in mails.values():
            self._put(number)

    def read(self, *, batches: int | None = None) -> None:
        status = Status(self.uidvalidity, self.uidnext, len(self.mails))
        cursor = sync.resumed(self.cursor, status, now=NOW + timedelta(days=self.uidvalidity * 2))
        heads = []
        for low, high in sync.windows(cursor, status):
            found = [uid for uid in self.mails if low <= uid <= (high or self.uidnext)]
            heads += [Head(uid, 10, NOW) for uid in sync.unread([*found, *self.mails][:-1] + found, cursor)]
        for batch in list(sync.batches(heads, max_count=2))[:batches]:
            self.deliveries += [(self.uidvalidity, head.uid) for head in batch]
            self.taken |= {self.mails[head.uid] for head in batch}
            cursor = sync.passed(cursor, batch)
            self.cursor = cursor

    def crash_in_mid_read(self) -> None:
        self.read(batches=1)


@given(STEPS)
def test_whatever_happens_each_mail_that_lies_in_the_folder_is_taken_and_no_uid_twice(steps):
    folder = Folder()
    for step in steps:
        getattr(folder, step)()
    folder.read()
    assert set(folder.mails.values()) <= folder.taken
    assert len(folder.deliveries) == len(set(folder.deliveries))


@given(st.lists(st.integers(1, 30 * MEGABYTE), max_size=80), st.integers(1, 20))
def test_batches_keep_the_order_and_stay_within_number_and_bytes(sizes, most):
    heads = [Head(uid, size, NOW) for uid, size in enumerate(sizes, start=1)]
    batches = list(sync.batches(heads, max_count=most))
    assert [head for batch in batches for head in batch] == heads
    for batch in batches:
        assert 1 <= len(batch) <= most
        assert len(batch) == 1 or sum(head.size for head in batch) <= sync.MAX_BYTES
        assert len(batch) == 1 or all(head.size <= sync.BIG for head in batch)


def test_the_first_batches_are_small_and_the_next_ones_twice_as_large_up_to_the_most():
    heads = [Head(uid, 10, NOW) for uid in range(1, 1_001)]
    assert [len(batch) for batch in sync.batches(heads)] == [50, 100, 200, 300, 300, 50]


@given(st.integers(0, 300_000), st.integers(1, 300_000))
def test_windows_cover_every_uid_between_cursor_and_uidnext_once(last, uidnext):
    ranges = [(low, high or 0) for low, high in sync.windows(Cursor(1, last), Status(1, uidnext, 0))]
    covered = sum(high - low + 1 for low, high in ranges)
    assert covered == max(uidnext - 1 - last, 0)
    assert all(high - low < sync.WINDOW for low, high in ranges)
    assert ranges == sorted(ranges)


def test_a_server_that_does_not_name_uidnext_is_asked_for_all_above_the_cursor():
    assert list(sync.windows(Cursor(1, 41), Status(1, None, 3))) == [(42, None)]


def test_the_last_mail_that_a_server_repeats_is_not_read_again():
    assert sync.unread([41], Cursor(1, 41)) == []


def test_another_uidvalidity_begins_anew_and_forgets_modseq():
    before = Cursor(uidvalidity=7, last_uid=500, modseq=90)
    assert sync.resumed(before, Status(8, 501, 500), now=NOW) == Cursor(8, 0, None, 1, NOW)


def test_a_server_that_renews_uidvalidity_all_the_time_is_read_again_five_times_only():
    cursor = Cursor(uidvalidity=1, last_uid=10)
    for number in range(2, 2 + sync.MAX_RESYNCS):
        cursor = sync.resumed(cursor, Status(number, 11, 10), now=NOW)
    with pytest.raises(sync.TooManyResyncs):
        sync.resumed(cursor, Status(99, 11, 10), now=NOW + timedelta(hours=23))
    assert sync.resumed(cursor, Status(99, 11, 10), now=NOW + timedelta(hours=25)).resyncs == 1


@given(st.integers(0, 60 * MEGABYTE))
def test_the_pieces_of_a_mail_follow_one_another_and_reach_beyond_its_stated_size(size):
    pieces = list(sync.pieces(size))
    assert [offset for offset, _ in pieces] == [number * sync.CHUNK for number in range(len(pieces))]
    assert sum(length for _, length in pieces) > size


def test_what_was_held_and_is_no_longer_listed_has_vanished():
    assert sync.vanished({3: "", 1: "", 2: ""}, [2]) == [1, 3]


def test_only_flags_that_differ_and_mails_that_we_hold_are_noted():
    assert sync.changed_flags({1: "", 2: "\\Seen"}, {1: "\\Seen", 2: "\\Seen", 3: "\\Seen"}) == {1: "\\Seen"}


@given(st.integers(1, 200), st.floats(0, 1), st.booleans())
def test_pauses_after_failures_grow_up_to_a_quarter_of_an_hour(failures, jitter, refused):
    this = sync.pause(failures, "push", jitter=jitter, refused=refused) or 0
    following = sync.pause(failures + 1, "push", jitter=jitter, refused=refused) or 0
    assert 0.75 <= this <= following <= 900


def test_a_refused_password_is_not_tried_again_within_45_seconds():
    assert sync.pause(1, "1", jitter=1, refused=True) == 45


@pytest.mark.parametrize(("refresh", "seconds"), [("none", None), ("1", 60), ("5", 300), ("10", 600), ("push", 300)])
def test_without_failures_the_refresh_time_counts(refresh, seconds):
    assert sync.pause(0, refresh, jitter=0.5) == seconds
