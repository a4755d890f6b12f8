"""Hostile and broken bytes: bounded time, clean strings, and a mail that is still listed with its sender and subject.

The big mails are made here; a few lines describe megabytes.
"""

import contextlib
import time
from collections.abc import Iterator

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mail_ingest_service import parsing
from mail_ingest_service.excerpts import excerpt
from mail_ingest_service.parsing import MailUnparseable, PartMissing, attachment_bytes, parse, parse_headers

HEAD = b"From: tanaka@abc.co.jp\r\nSubject: Order\r\n"


def nested(levels: int, core: bytes = b"the core") -> bytes:
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(levels))
    return HEAD + opened + b"Content-Type: text/plain\r\n\r\n" + core + b"\r\n"


def many_parts(count: int) -> bytes:
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * count
        + b"--b--\r\n"
    )


def many_recipients(count: int) -> bytes:
    everybody = b",\r\n ".join(b'"Kunde, %d" <k%d@abc.co.jp>' % (i, i) for i in range(count))
    return HEAD + b"To: " + everybody + b"\r\n\r\nHello all\r\n"


def body(data: bytes, content_type: bytes = b"text/plain; charset=utf-8", more: bytes = b"") -> bytes:
    return HEAD + b"Content-Type: " + content_type + b"\r\n" + more + b"\r\n" + data


BOMBS = {
    "100 levels": nested(100),
    "1,000 levels": nested(1_000),
    "200 levels around 5 MB": nested(200, b"x" * 5_000_000),
    "20,000 parts": many_parts(20_000),
    "10,000 recipients": many_recipients(10_000),
    "20,000 recipients": many_recipients(20_000),
    "1,000 attachments of lines that are nearly boundaries": body(
        (b"--b\r\nContent-Type: application/zip\r\n\r\n" + b"--bx\r\n" * 1_000) * 1_000,
        b"multipart/mixed; boundary=b",
    ),
    "a line of 10 MB": body(b"x" * 10_000_000),
    "quoted-printable of 10 MB": body(b"=41" * 3_500_000, more=b"Content-Transfer-Encoding: quoted-printable\r\n"),
    "a header field of 1 MB": HEAD + b"X-Junk: " + b"y" * 1_000_000 + b"\r\n\r\nhi",
    "a header of 50,000 fields": HEAD + b"X-Junk: y\r\n" * 50_000 + b"\r\nhi",
    "a header of 50,000 lines that are no fields": HEAD
    + b"no field at all\r\n" * 50_000
    + b"To: a@abc.co.jp\r\n\r\nhi",
    "a subject of 60,000 encoded words": b"From: tanaka@abc.co.jp\r\nSubject: Order"
    + b" =?utf-8?B?44GC?=" * 60_000
    + b"\r\n\r\nhi",
    "open comments": HEAD + b"To: " + b"(" * 500_000 + b"\r\n\r\nhi",
    "colons": HEAD + b"To: a@b.c " + b":" * 500_000 + b"\r\nCc: <" + b"a," * 250_000 + b"\r\n\r\nhi",
    "open quotes": HEAD + b"To: " + b'"\\' * 300_000 + b"\r\n\r\nhi",
    "open angles": HEAD + b"To: " + b"<" * 500_000 + b"\r\n\r\nhi",
    "open encoded words": HEAD + b"To: " + b"=?a?q?" * 100_000 + b"\r\n\r\nhi",
    "parameters without end": HEAD + b"Content-Type: text/plain" + b'; a="\\' * 100_000 + b"\r\n\r\nhi",
    "continuations without end": HEAD
    + b"Content-Type: text/plain"
    + b"".join(b"; a*%d*=x" % i for i in range(50_000))
    + b"\r\n\r\nhi",
    "comments in Authentication-Results": HEAD
    + b"Authentication-Results: "
    + b"(" * 50_000
    + b")" * 50_000
    + b"\r\n\r\nhi",
    "boundaries that are none": body(b"--bx\r\n" * 500_000, b"multipart/mixed; boundary=b"),
    "nested HTML": body(b"<div>" * 100_000 + b"words", b"text/html"),
    "nested HTML tables": body(b"<table><tr><td>" * 5_000 + b"words", b"text/html"),
    "HTML that never closes a tag": body(b"<style " * 100_000, b"text/html"),
    "2 MB of HTML": body(b"<p>Hello <b>you</b></p>\n" * 80_000, b"text/html"),
    "escapes of ISO-2022-JP": body(b"\x1b$B!!" * 300_000 + b"\xff", b"text/plain; charset=iso-2022-jp"),
    "beginnings of quotations": body(b"On 1 \n" * 5_000 + b"2026/11/22 20:00 <\n" * 5_000 + b"From: a\n" * 5_000),
    "spaces": HEAD + b"To: " + b" " * 200_000 + b"\r\n\r\n" + b" " * 2_000_000 + b"x",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_read_within_seconds_and_keeps_its_sender_and_subject(bomb):
    begun = time.process_time()
    mail = parse(BOMBS[bomb])
    assert time.process_time() - begun < 5
    assert [sender["address"] for sender in mail.from_] == ["tanaka@abc.co.jp"]
    assert mail.subject.startswith("Order")
    assert_clean(mail.as_dict())


@pytest.mark.parametrize("bomb", BOMBS)
def test_the_last_part_of_a_bomb_is_cut_out_within_seconds(bomb):
    parts = [attachment["part"] for attachment in parse(BOMBS[bomb]).attachments] or ["1"]
    begun = time.process_time()
    with contextlib.suppress(PartMissing):
        assert len(attachment_bytes(BOMBS[bomb], parts[-1])) <= len(BOMBS[bomb])
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("bomb", BOMBS)
def test_the_header_pass_of_a_bomb_takes_a_moment(bomb):
    begun = time.process_time()
    headers = parse_headers(BOMBS[bomb])
    assert time.process_time() - begun < 0.5
    assert [sender["address"] for sender in headers.from_] == ["tanaka@abc.co.jp"]


def test_a_text_below_ninety_nine_levels_is_found():
    assert parse(nested(99)).text.strip() == "the core"


def test_what_lies_deeper_than_anybody_nests_is_told_not_read():
    assert parse(nested(1_000)).defects == ["parts nested deeper than 100 levels were not read"]


def test_of_many_recipients_all_are_counted_and_the_first_kept():
    mail = parse(many_recipients(10_000))
    assert mail.recipient_count == 10_000
    assert len(mail.to) == parsing.MAX_ADDRESSES
    assert mail.to[0] == {"name": "Kunde, 0", "address": "k0@abc.co.jp"}


def test_a_part_of_seven_megabytes_comes_back_byte_for_byte():
    data = bytes(range(256)) * 28_672
    encoded = b"\r\n".join(_base64_lines(data))
    raw = body(
        b"--b\r\n\r\nsee attachment\r\n--b\r\nContent-Type: application/zip; name=big.zip\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded + b"\r\n--b--\r\n",
        b"multipart/mixed; boundary=b",
    )
    [attachment] = parse(raw).attachments
    assert (attachment["name"], attachment["size"]) == ("big.zip", len(data))
    assert attachment_bytes(raw, attachment["part"]) == data


def test_a_part_that_is_not_there_is_refused_in_words():
    with pytest.raises(LookupError, match=r"no part '7\.1'"):
        attachment_bytes(body(b"x"), "7.1")


@pytest.mark.parametrize("raw", [b"", b"\r\n", b" \n\t\n", b"\0" * 1_000])
def test_an_empty_mail_is_refused_in_words(raw):
    with pytest.raises(MailUnparseable, match=r"^The mail is empty\.$"):
        parse(raw)
    assert parse_headers(raw).from_ == []


MAIL_PIECES = st.sampled_from(
    [
        b"From: ",
        b"To: ",
        b"Subject: ",
        b"Content-Type: ",
        b"multipart/mixed; boundary=b",
        b"text/html; charset=",
        b"iso-2022-jp",
        b"utf-16",
        b"utf-7",
        b"\r\n",
        b"\n",
        b"\r",
        b" ",
        b"\r\n\r\n",
        b"--b\r\n",
        b"--b--",
        b"=?utf-7?Q?+2AA-?=",
        b"=?",
        b"?=",
        b"?B?",
        b"\x1b$B",
        b"\x1b(I",
        b"\x1b",
        b"\0",
        b"@",
        b"<",
        b">",
        b'"',
        b"(",
        b",",
        b";",
        b":",
        b"a@b.jp",
        b"\xff",
        b"\xed\xa0\x80",
        b"\x83\x5c",
        "結".encode(),
        b"Content-Transfer-Encoding: base64\r\n",
        b"message/rfc822",
        b"multipart/report; report-type=delivery-status; boundary=b",
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Action: failed\r\n",
        b"*0*=",
        b"%ED%A0%80",
        b"Authentication-Results: ",
        b"References: <",
        b"Date: Sun, 22 Nov 2026 20:00:00 +0900",
        b"<p>",
        b"&#xD800;",
        b"&#0;",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=400) | st.lists(MAIL_PIECES | st.binary(max_size=6), max_size=60).map(b"".join))
@example(HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-")
@example(HEAD + b"Content-Type: text/html\r\n\r\n<p>&#xD800;&#0;\x00</p>")
def test_any_bytes_give_clean_strings_or_a_reason(raw):
    assert_clean(parse_headers(raw).as_dict())
    try:
        mail = parse(raw)
    except MailUnparseable:
        return
    assert_clean(mail.as_dict())
    for attachment in mail.attachments:
        assert len(attachment_bytes(raw, attachment["part"])) >= 0


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(["> a", "On x wrote:", "-- ", "差出人: a", "送信日時: b", "\n", "text"]), max_size=30
    ).map("\n".join)
)
def test_an_excerpt_is_a_piece_of_the_text_and_never_empty_for_words(text):
    found = excerpt(text)
    assert len(found) <= 2_000
    assert bool(found) == bool(text.strip())


def assert_clean(value: object) -> None:
    orjson.dumps(value)  # refuses lone surrogates
    for text in strings(value):
        assert "\0" not in text
        assert len(text) <= parsing.MAX_TEXT


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings(list(value) + list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def _base64_lines(data: bytes) -> Iterator[bytes]:
    import binascii

    return (binascii.b2a_base64(data[i : i + 57], newline=False) for i in range(0, len(data), 57))
