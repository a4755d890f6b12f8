"""The quick readers of FETCH answers say the same as IMAPClient, or nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient.response_parser import parse_fetch_response

from mail_ingest_service.imap_answers import bodies_in, heads_in, moment

FLAGS = st.lists(st.sampled_from([rb"\Seen", rb"\Answered", rb"\Flagged", b"$Label1", b"UID", b"NonJunk"]), unique=True)
MOMENTS = st.integers(631_152_000, 2_524_608_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ZONES = st.sampled_from([b"+0000", b"+0900", b"-0330", b"+1245"])


@st.composite
def lines(draw):
    items = [
        b"UID %d" % draw(st.integers(1, 2**32 - 1)),
        b"RFC822.SIZE %d" % draw(st.integers(0, 2**40)),
        b'INTERNALDATE "%s %s"' % (draw(MOMENTS).strftime("%d-%b-%Y %H:%M:%S").encode(), draw(ZONES)),
        b"FLAGS (%s)" % b" ".join(draw(FLAGS)),
        b"MODSEQ (%d)" % draw(st.integers(1, 2**60)),
    ]
    return b"%d (%s)" % (draw(st.integers(1, 10**6)), b" ".join(draw(st.permutations(items))))


@given(lines())
def test_heads_are_read_as_imapclient_reads_them(line):
    [(uid, head)] = (heads_in([line]) or {}).items()
    [(expected_uid, expected)] = parse_fetch_response([line], normalise_times=False).items()
    assert uid == head.uid == expected_uid
    assert head.size == expected[b"RFC822.SIZE"]
    assert head.received_at == expected[b"INTERNALDATE"]
    assert head.flags == tuple(sorted(flag.decode() for flag in expected[b"FLAGS"]))


@pytest.mark.parametrize(
    "answer",
    [
        [b"1 (FLAGS (\\Seen))"],
        [b"1 (UID 5 RFC822.SIZE 3)"],
        [b'1 (UID 5 RFC822.SIZE 3 FLAGS () INTERNALDATE "31-Feb-2026 10:00:00 +0000")'],
        [b"1 (UID 5 RFC822.SIZE 3 FLAGS () INTERNALDATE NIL)"],
        [(b"1 (UID 5 X {3}", b"abc"), b")"],
    ],
)
def test_what_looks_otherwise_is_left_to_imapclient(answer):
    assert heads_in(answer) is None


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_bodies_are_given_byte_for_byte(bodies):
    answer: list[Any] = []
    for uid, body in enumerate(bodies, start=1):
        answer += [(b"%d (UID %d BODY[] {%d}" % (uid, uid, len(body)), body), b" FLAGS (\\Seen) MODSEQ (7))"]
    assert bodies_in(answer) == dict(enumerate(bodies, start=1))


@pytest.mark.parametrize(
    "answer",
    [
        [b"1 (FLAGS (\\Seen))"],
        [(b"1 (BODY[] {3}", b"abc"), b" UID 5)"],
        [(b"1 (UID 5 BODY[] {3}", b"abc")],
        [(b"1 (UID 5 BODY[]<0> {3}", b"abc"), b")"],
    ],
)
def test_bodies_in_another_form_are_left_to_imapclient(answer):
    assert bodies_in(answer) is None


def test_a_day_of_one_digit_is_a_moment():
    assert moment(b" 4-Mar-2026 05:06:07 +0900") == datetime(2026, 3, 3, 20, 6, 7, tzinfo=UTC)
