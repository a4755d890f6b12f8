"""Attachments piece by piece: decoded once by a child, within its limits, and kept in few files."""

from base64 import b64decode, encodebytes

import pytest

from contracts.errors import Conflict
from mail_ingest_service.attachments import DecodedParts
from mail_ingest_service.models import RawChunk
from mail_ingest_service.parse_pool import ParsePool
from tests.mail_ingest_service.conftest import mail
from tests.mail_ingest_service.test_parse_pool import cpu_bomb

ZIP = bytes(range(256)) * 12_000


class Counting:
    """The real pool; ``parts`` names what it was asked for, in order."""

    def __init__(self, pool: ParsePool) -> None:
        self.parts: list[str] = []
        self._pool = pool

    def write_part(self, key, path, part, *, into):
        self.parts.append(part)
        return self._pool.write_part(key, path, part, into=into)


def with_files(*contents: bytes) -> bytes:
    head = b"From: a@example.jp\r\nSubject: files\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    part = b"--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n%s"
    return head + b"".join(part % encodebytes(data).replace(b"\n", b"\r\n") for data in contents) + b"--b--\r\n"


@pytest.fixture
def counting(parser):
    return Counting(parser)


def received(service, box, raw):
    box.account.append(raw)
    box.read()
    return service.messages()["items"][0]["id"]


def whole(service, mail_id, part, length):
    content, size = b"", 1
    while len(content) < size:
        piece = service.attachment(id=mail_id, part=part, offset=len(content), length=length)
        content, size = content + b64decode(piece["content"]), piece["size"]
    return content


def test_an_attachment_is_decoded_once_for_all_its_pieces(service, make_box, counting):
    service.reading.attachments = DecodedParts(counting)
    mail_id = received(service, make_box(), with_files(ZIP, b"small"))
    assert whole(service, mail_id, "1", 1_000_000) == ZIP
    assert whole(service, mail_id, "2", 2) == b"small"
    assert whole(service, mail_id, "1", 3_000_000) == ZIP
    assert b64decode(service.attachment(id=mail_id, part="1", offset=len(ZIP))["content"]) == b""
    assert counting.parts == ["1", "2"]


@pytest.mark.parametrize("limits", [{"most": 2}, {"most_bytes": 2 * len(ZIP)}])
def test_only_the_latest_used_are_kept(service, make_box, counting, limits):
    service.reading.attachments = DecodedParts(counting, **limits)
    mail_id = received(service, make_box(), with_files(ZIP, ZIP[1:] + b"2", ZIP[1:] + b"3"))
    for part in ("1", "2", "1", "3", "1", "2"):
        service.attachment(id=mail_id, part=part, length=10)
    assert counting.parts == ["1", "2", "3", "2"]
    assert len(service.reading.attachments._files) == 2


def test_one_larger_than_all_that_may_be_kept_is_still_read_piece_by_piece(service, make_box, counting):
    service.reading.attachments = DecodedParts(counting, most_bytes=1_000)
    mail_id = received(service, make_box(), with_files(ZIP))
    assert whole(service, mail_id, "1", 1_000_000) == ZIP
    assert counting.parts == ["1"]


def test_an_attachment_that_costs_too_much_is_refused_in_words_and_the_next_one_is_read(service, make_box, db):
    box = make_box()
    mail_id = received(service, box, with_files(ZIP))
    with db.transaction() as tx:
        tx.session.execute(RawChunk.__table__.update().values(content=cpu_bomb()))
    pool = ParsePool(cpu_seconds=0.3)
    service.reading.attachments = DecodedParts(pool)
    with pytest.raises(Conflict, match=r"cannot be read\. Parsing the mail took more than 0\.3 seconds of CPU"):
        service.attachment(id=mail_id, part="1")
    with db.transaction() as tx:
        tx.session.execute(RawChunk.__table__.update().values(content=with_files(b"small")))
    assert whole(service, mail_id, "1", 10) == b"small"
    pool.close()


def test_a_part_that_the_mail_no_longer_shows_is_refused_in_words(service, make_box, db):
    mail_id = received(service, make_box(), with_files(b"first", b"second"))
    with db.transaction() as tx:
        tx.session.execute(RawChunk.__table__.update().values(content=mail()))
    with pytest.raises(Conflict, match="no part '2'"):
        service.attachment(id=mail_id, part="2")
