"""Documents: files that come in by pieces, stand with their record, and go and come back."""

import hashlib
from base64 import b64decode, b64encode

import pytest

from chassis.ids import new_id
from chassis.testing import published
from contracts.errors import Conflict, IdempotencyConflict, Invalid, NotFound, PreconditionFailed
from services.history import documents
from services.history.file_kinds import MAX_NAME, name_of, type_of
from tests.services.decisions import contact
from tests.services.history.timelines import MARUYAMA, timeline
from tests.services.merges import a_moment_later, merged, unmerged

PDF = b"%PDF-1.7\n" + bytes(range(256))


@pytest.fixture
def known():
    return contact()


def pieces_of(content):
    return [content[at : at + documents.PIECE] for at in range(0, len(content), documents.PIECE)]


def put(history, record, content=PDF, name="見積書.pdf", key=None, digest=None):
    made = history.begin_document(record=record, name=name, actor=MARUYAMA, idempotency_key=key)["id"]
    pieces = pieces_of(content)
    for position, piece in enumerate(pieces):
        history.take_document_piece(id=made, position=position, content=b64encode(piece).decode())
    digest = digest or hashlib.sha256(content).hexdigest()
    return history.complete_document(id=made, pieces=len(pieces), digest=digest)


def bytes_of(history, document, step=documents.PIECE):
    found = b""
    while len(found) < document["size"]:
        found += b64decode(history.document_content(id=document["id"], offset=len(found), length=step)["content"])
    return found


def told(history):
    return [event.type for event in published(history.db) if event.type.startswith("document.")]


def names(history, record, **which):
    return [each["name"] for each in history.documents(**record, **which)["items"]]


def test_a_file_comes_in_by_pieces_and_goes_out_byte_for_byte(history, known):
    content = PDF + b"x" * (2 * documents.PIECE)
    document = put(history, known, content)
    assert (document["name"], document["size"], document["content_type"]) == (
        "見積書.pdf",
        len(content),
        "application/pdf",
    )
    assert (document["author_name"], document["record"], document["version"]) == ("丸山", known, 1)
    assert bytes_of(history, document) == content
    assert bytes_of(history, document, step=300_000) == content
    assert history.document(id=document["id"]) == document
    assert history.documents(**known)["items"] == [document]
    event = published(history.db)[0]
    assert (event.type, event.data["digest"]) == ("document.added.v1", hashlib.sha256(content).hexdigest())


def test_it_stands_on_the_timeline_by_itself_and_by_kind(history, known):
    document = put(history, known)
    [entry] = history.entries(**known, kinds=["document"])["items"]
    assert (entry["title"], entry["about"]) == ("見積書.pdf", {"kind": "document", "id": document["id"]})
    assert history.entries(**known, kinds=["change"])["items"] == []


def test_one_key_puts_one_document_and_is_refused_for_another_file(history, known):
    first = put(history, known, key="k")
    assert put(history, known, key="k") == first
    assert (len(history.documents(**known)["items"]), told(history)) == (1, ["document.added.v1"])
    with pytest.raises(IdempotencyConflict):
        put(history, known, b"another", key="k")
    assert bytes_of(history, first) == PDF


def test_an_upload_that_was_cut_off_is_seen_nowhere_and_may_begin_again_with_its_key(history, known):
    cut = history.begin_document(record=known, name="a.pdf", actor=MARUYAMA, idempotency_key="k")["id"]
    history.take_document_piece(id=cut, position=0, content=b64encode(b"half").decode())
    assert (history.documents(**known)["items"], timeline(history, known)) == ([], [])
    with pytest.raises(NotFound):
        history.document(id=cut)
    history.discard_document(id=cut)
    assert bytes_of(history, put(history, known, name="a.pdf", key="k")) == PDF


def test_what_did_not_come_in_whole_is_no_document(history, known):
    with pytest.raises(Conflict):
        put(history, known, digest="0" * 64)
    made = history.begin_document(record=known, name="a.pdf")["id"]
    with pytest.raises(Invalid):
        history.complete_document(id=made, pieces=0, digest=hashlib.sha256(b"").hexdigest())
    short = b64encode(b"short").decode()
    for position in (0, 1):
        history.take_document_piece(id=made, position=position, content=short)
    with pytest.raises(Conflict):
        history.complete_document(id=made, pieces=2, digest=hashlib.sha256(b"shortshort").hexdigest())
    assert names(history, known) == []
    assert told(history) == []


def test_what_is_too_large_is_refused(history, known, monkeypatch):
    made = history.begin_document(record=known, name="a.pdf")["id"]
    for position, content in ((0, b"x" * (documents.PIECE + 1)), (48, b"x"), (-1, b"x"), (0, b"")):
        with pytest.raises(Invalid):
            history.take_document_piece(id=made, position=position, content=b64encode(content).decode())
    with pytest.raises(Invalid):
        history.take_document_piece(id=made, position=0, content="no base64!")
    monkeypatch.setattr(documents, "MAX_SIZE", 10)
    with pytest.raises(Invalid, match="larger"):
        put(history, known, b"12345678901")


def test_uploads_that_nobody_ended_are_forgotten_after_a_day(history, known, time_machine):
    time_machine.move_to("2026-11-20T00:00:00Z", tick=False)
    cut = history.begin_document(record=known, name="a.pdf")["id"]
    history.take_document_piece(id=cut, position=0, content=b64encode(b"half").decode())
    time_machine.move_to("2026-11-21T00:00:01Z", tick=False)
    put(history, known)
    with pytest.raises(NotFound):
        history.take_document_piece(id=cut, position=1, content=b64encode(b"half").decode())
    assert names(history, known) == ["見積書.pdf"]


def test_the_recycle_bin_takes_a_document_off_the_timeline_and_gives_it_back(history, known):
    document = put(history, known)
    with pytest.raises(PreconditionFailed):
        history.delete_document(id=document["id"], version=2)
    history.delete_document(id=document["id"], version=1, actor=MARUYAMA)
    assert (names(history, known), timeline(history, known)) == ([], [])
    assert names(history, known, deleted=True) == ["見積書.pdf"]
    for call in (history.document, lambda id: history.document_content(id=id, offset=0, length=1)):
        with pytest.raises(NotFound):
            call(id=document["id"])
    restored = history.restore_document(id=document["id"])
    with pytest.raises(Conflict):
        history.restore_document(id=document["id"])
    assert (bytes_of(history, restored), len(timeline(history, known))) == (PDF, 1)
    assert told(history) == ["document.added.v1", "document.removed.v1", "document.restored.v1"]


def test_the_recycle_bin_of_all_records_has_what_went_last_first_by_whom(history, known, time_machine):
    time_machine.move_to("2026-11-20T00:00:00Z", tick=False)
    made = [put(history, record, name=name) for record, name in ((known, "契約.pdf"), (contact(), "図面ÉＡ.PDF"))]
    put(history, known, name="残る.pdf")
    assert history.deleted_documents()["items"] == []
    for document in reversed(made):
        history.delete_document(id=document["id"], version=1, actor=MARUYAMA)
        time_machine.shift(60)
    first = history.deleted_documents(limit=1)
    rest = history.deleted_documents(limit=1, cursor=first["next"])
    assert [each["name"] for each in first["items"] + rest["items"]] == ["契約.pdf", "図面ÉＡ.PDF"]
    assert ({each["deleted_by"] for each in first["items"]}, rest["next"]) == ({MARUYAMA["staff_user_id"]}, None)
    for typed in (" 図面 ", "éa.p", "ＰＤＦ"):
        assert "図面ÉＡ.PDF" in [each["name"] for each in history.deleted_documents(query=typed)["items"]], typed
    assert history.deleted_documents(query="%")["items"] == []
    survivor = contact()
    history.on_record_event(merged(known, survivor))
    assert history.deleted_documents(query="契約")["items"][0]["record"] == survivor
    assert history.restore_document(id=made[0]["id"])["deleted_by"] is None


def test_documents_go_with_a_merge_and_come_back_out_of_it(history, known):
    survivor = contact()
    put(history, known, name="old.pdf")
    since = a_moment_later()
    merge = merged(known, survivor)
    history.on_record_event(merge)
    put(history, survivor, name="new.pdf")
    assert names(history, survivor) == ["new.pdf", "old.pdf"]
    assert {each["record"]["id"] for each in history.documents(**known)["items"]} == {survivor["id"]}
    history.on_record_event(unmerged(merge, since=since))
    assert (names(history, known), names(history, survivor)) == (["old.pdf"], ["new.pdf"])


def test_documents_are_listed_page_by_page(history, known):
    for number in range(3):
        put(history, known, name=f"{number}.pdf")
    first = history.documents(**known, limit=2)
    rest = history.documents(**known, limit=2, cursor=first["next"])
    assert [each["name"] for each in first["items"] + rest["items"]] == ["2.pdf", "1.pdf", "0.pdf"]


@pytest.mark.parametrize("id", [new_id(), "7"])
def test_a_document_that_never_was_is_not_found(history, id):
    with pytest.raises(NotFound):
        history.document(id=id)
    with pytest.raises(NotFound):
        history.delete_document(id=id, version=1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("見積書.pdf", "見積書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\𠮷.xlsx", "𠮷.xlsx"),
        ("gpj\u202eexe.pdf", "gpjexe.pdf"),
        ('a"b:c.txt', "a_b_c.txt"),
        ("ab\x00\n.txt", "ab.txt"),
        ("か\u3099.txt", "が.txt"),
        ("長" * 300 + ".docx", "長" * (MAX_NAME - 5) + ".docx"),
        ("長" * 300, "長" * MAX_NAME),
    ],
)
def test_a_name_can_be_saved_anywhere(given, kept):
    assert name_of(given) == kept


@pytest.mark.parametrize("given", ["", "..", "\u200b", "a/", None, 7])
def test_what_is_no_name_is_refused(given):
    with pytest.raises(Invalid):
        name_of(given)


@pytest.mark.parametrize(
    ("first", "name", "found"),
    [
        (b"%PDF-1.7", "a.html", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "a.txt", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a.webp", "image/webp"),
        (b"PK\x03\x04", "a.XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"PK\x03\x04", "a.zip", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", "application/msword"),
        (b"<script>alert(1)</script>", "a.png", "text/plain"),
        ("納品書".encode(), "a.txt", "text/plain"),
        (b"MZ\x90\x00\x03", "a.pdf", "application/octet-stream"),
        (b"", "a.pdf", "application/octet-stream"),
    ],
)
def test_the_type_is_told_by_the_bytes(first, name, found):
    assert type_of(first, name) == found
