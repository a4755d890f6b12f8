"""What is an image is kept and told by what it is; what is none is refused."""

import struct
import zlib
from base64 import b64decode, b64encode
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine

from chassis import clock
from contacts_service import background, pictures
from contacts_service.jobs.worker import KEPT
from contracts.errors import Conflict, Invalid, NotFound


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width=1, height=1):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * (width + 1) * min(height, 10))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def riff(form, data):
    body = b"WEBP" + form + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


PNG = png()
GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x02\x00\x03" + b"\0" * 12 + b"\xff\xd9"
WEBP = riff(b"VP8L", b"\x2f" + (2 | 3 << 14).to_bytes(4, "little") + b"\0")
LOSSY = riff(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 5, 7))
EXTENDED = riff(b"VP8X", b"\0" * 4 + (99).to_bytes(3, "little") + (49).to_bytes(3, "little"))


def encoded(content):
    return b64encode(content).decode()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (GIF, "image/gif"),
        (JPEG, "image/jpeg"),
        *[(each, "image/webp") for each in (WEBP, LOSSY, EXTENDED)],
    ],
)
def test_an_image_is_known_by_what_it_is(content, kind):
    assert pictures.checked(content) == kind
    for broken in (content[:-1], content + b"<script>", content[:12]):
        with pytest.raises(Invalid):
            pictures.checked(broken)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>",
        PNG.replace(b"IDAT", b"IDAX"),
        png(6_001, 1),
        png(0, 1),
        b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""),
        b"\xff\xd8\xff" + b"\xff" * 900,
        b"RIFF\x04\x00\x00\x00WAVE",
        PNG + b"\0" * 1_000_000,
    ],
)
def test_what_is_no_image_or_too_large_is_refused_with_what_to_do(content):
    with pytest.raises(Invalid) as refusal:
        pictures.checked(content)
    assert ":" in refusal.value.fields["image"][0]


def test_an_image_is_put_replaced_and_taken_away_and_the_history_tells_it(contacts):
    made, service = contacts.add(), contacts.service
    with pytest.raises(NotFound):
        service.image(kind="contact", id=made["id"])
    for content in (PNG, GIF):
        service.put_image(kind="contact", id=made["id"], content=encoded(content))
        found = service.image(kind="contact", id=made["id"])
        assert (b64decode(found["content"]), found["size"]) == (content, len(content))
    assert (found["content_type"], found["name"]) == ("image/gif", "CON1.gif")
    for bad in (encoded(b"no image"), "%%%"):
        with pytest.raises(Invalid):
            service.put_image(kind="contact", id=made["id"], content=bad)
    for _ in range(2):
        service.put_image(kind="contact", id=made["id"], content=None)
    with pytest.raises(NotFound):
        service.image(kind="contact", id=made["id"])
    told = [item["fields"] for item in service.contact_changes(id=made["id"])["items"]]
    words = [(each[0]["old"], each[0]["new"]) for each in told if each]
    assert words == [("image/gif", None), ("image/png", "image/gif"), (None, "image/png")]


def test_the_image_from_before_comes_back_until_nobody_wants_it_any_more(contacts):
    made, service = contacts.add(), contacts.service

    def shown():
        return service.image(kind="contact", id=made["id"])["content_type"]

    with pytest.raises(Conflict, match="Choose its file again"):
        service.restore_image(kind="contact", id=made["id"])
    for content in (PNG, GIF):
        service.put_image(kind="contact", id=made["id"], content=encoded(content))
    for kind in ("image/png", "image/gif"):
        service.restore_image(kind="contact", id=made["id"])
        assert shown() == kind
    for _ in range(2):
        service.put_image(kind="contact", id=made["id"], content=None)
    contacts.published()
    for _ in range(2):
        service.restore_image(kind="contact", id=made["id"], idempotency_key="once")
    assert shown() == "image/gif"
    [event] = contacts.published()
    assert event.data["changes"] == [{"field": "image", "old": None, "new": "image/gif"}]
    service.put_image(kind="contact", id=made["id"], content=None)
    with time_machine.travel(clock.now() + KEPT + timedelta(days=1), tick=False):
        background.worker(service.db, staff=None).step()
        with pytest.raises(Conflict):
            service.restore_image(kind="contact", id=made["id"])


def test_a_survivor_without_an_image_shows_that_of_the_one_merged_into_it_as_long_as_they_are_one(contacts):
    survivor, other, service = contacts.add(), contacts.add(), contacts.service
    service.put_image(kind="contact", id=other["id"], content=encoded(GIF))
    service.merge_contacts(survivor_id=survivor["id"], other_ids=[other["id"]])
    assert service.image(kind="contact", id=survivor["id"])["content_type"] == "image/gif"
    service.put_image(kind="contact", id=survivor["id"], content=encoded(PNG))
    assert service.image(kind="contact", id=survivor["id"])["content_type"] == "image/png"
    service.put_image(kind="contact", id=survivor["id"], content=None)
    service.unmerge_contact(id=other["id"])
    assert service.image(kind="contact", id=other["id"])["content_type"] == "image/gif"
    with pytest.raises(NotFound):
        service.image(kind="contact", id=survivor["id"])


def test_an_image_that_comes_or_goes_is_told_as_a_change(contacts):
    tanaka = contacts.add()
    contacts.published()
    for content in (encoded(PNG), encoded(GIF), None, None):
        contacts.service.put_image(kind="contact", id=tanaka["id"], content=content)
    told = [(event.type, event.data["changed"], event.data["changes"]) for event in contacts.published()]
    kinds = [None, "image/png", "image/gif", None]
    assert told == [
        ("contact.updated.v1", ["image"], [{"field": "image", "old": old, "new": new}]) for old, new in pairwise(kinds)
    ]
