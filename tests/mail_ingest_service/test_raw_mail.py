"""The identity of a mail's bytes does not depend on how they came in."""

from datetime import UTC, datetime
from itertools import repeat

from hypothesis import given
from hypothesis import strategies as st

from mail_ingest_service.raw_mail import in_memory, spooled
from mail_ingest_service.sync import Head

HEAD = Head(1, 1, datetime(2026, 11, 22, tzinfo=UTC))
PIECES = st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b"\r\r\n", "髙".encode()]), min_size=1, max_size=30)


@given(PIECES)
def test_a_mail_that_came_in_pieces_has_the_hash_and_the_bytes_of_the_whole(pieces):
    whole = b"".join(pieces)
    mail = spooled(HEAD, pieces)
    assert mail is not None
    assert mail.sha256 == in_memory(HEAD, whole).sha256
    assert (b"".join(mail.chunks()), mail.beginning(), mail.size) == (whole, whole, len(whole))
    mail.close()


def test_line_ends_make_no_other_mail():
    assert in_memory(HEAD, b"a\r\nb\r\n").sha256 == in_memory(HEAD, b"a\nb\n").sha256
    assert in_memory(HEAD, b"a\nb\n").sha256 != in_memory(HEAD, b"a\nb").sha256


def test_nothing_is_no_mail():
    assert spooled(HEAD, []) is None


def test_of_a_mail_without_end_only_the_beginning_is_kept():
    mail = spooled(HEAD, repeat(b"0123456789"), most=25)
    assert mail is not None
    assert (mail.size, b"".join(mail.chunks())) == (30, b"0123456789" * 3)
    mail.close()
