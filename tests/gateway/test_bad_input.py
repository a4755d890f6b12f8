"""What cannot be is refused with what to do, in English and in Japanese, and nothing of it is written."""

import base64
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import func, select

from chassis import clock, testing
from contacts_service.background import worker
from contacts_service.exchange.models import Import, ImportPiece
from contacts_service.exchange.store import FILES_KEPT
from contacts_service.service import ContactsService
from gateway import uploads
from gateway.api import exchange
from tests.gateway.small import bearer

LONG = "長" * 10_000
CIRCLE = (
    "This would be a circle: {0} → {1} → {0}. Choose another one.",
    "上下関係が循環します：{0} → {1} → {0}。ほかを選んでください。",
)
TOO_LONG = "Is longer than 255 characters: shorten it.", "255 文字以内にしてください。"
SUPPORT = {"support_start": "2026-11-22", "support_end": "2026-11-21"}
ENDS_FIRST = (
    "Support ends before it begins: choose a later day, or an earlier beginning.",
    "サポート終了日が開始日より前です。日付を直してください。",
)
NO_IMAGE = (
    "Is no PNG, JPEG, GIF or WebP image, or not all of one: choose another file.",
    "PNG・JPEG・GIF・WebP の画像ではないか、壊れています。別のファイルを選んでください。",
)


@pytest.mark.parametrize(
    ("plural", "name", "bad", "field", "sentences"),
    [
        ("contacts", "last_name", {"last_name": LONG}, "last_name", TOO_LONG),
        ("organizations", "name", {"name": LONG}, "name", TOO_LONG),
        ("contacts", "last_name", SUPPORT, "support_end", ENDS_FIRST),
    ],
)
def test_a_record_that_cannot_be_is_neither_made_nor_changed(api, plural, name, bad, field, sentences):
    made = api.post(f"/{plural}", json={name: "𠮷野家🍚"})
    assert (made.status_code, made.json()[name]) == (201, "𠮷野家🍚")
    path, versioned = f"/{plural}/{made.json()['id']}", {"If-Match": made.headers["ETag"]}
    count = api.get(f"/{plural}/count").json()
    for language, sentence in zip(("en", "ja"), sentences, strict=True):
        asked = {"Accept-Language": language}
        for answer in (
            api.post(f"/{plural}", json={name: "x", **bad}, headers=asked),
            api.patch(path, json=bad, headers={**asked, **versioned}),
        ):
            assert (answer.status_code, answer.json()["errors"]) == (422, {field: [sentence]})
    assert api.get(path).json() == made.json()
    assert api.get(f"/{plural}/count").json() == count


@pytest.mark.parametrize(
    ("plural", "name", "above"), [("contacts", "last_name", "reports_to_id"), ("organizations", "name", "member_of_id")]
)
def test_nobody_comes_to_stand_above_himself_and_the_chain_is_named(api, plural, name, above):
    boss = api.post(f"/{plural}", json={name: "上の𠮷"})
    below = api.post(f"/{plural}", json={name: "下の髙", above: boss.json()["id"]}).json()
    path, versioned = f"/{plural}/{boss.json()['id']}", {"If-Match": boss.headers["ETag"]}
    for language, sentence in zip(("en", "ja"), CIRCLE, strict=True):
        asked = {"Accept-Language": language, **versioned}
        answer = api.patch(path, json={above: below["id"]}, headers=asked)
        assert (answer.status_code, answer.json()["errors"]) == (422, {above: [sentence.format("上の𠮷", "下の髙")]})
        itself = api.patch(path, json={above: boss.json()["id"]}, headers=asked)
        assert (itself.status_code, "上の𠮷 → 上の𠮷" in itself.json()["errors"][above][0]) == (422, True)
    assert api.get(path).json() == boss.json()


@pytest.mark.parametrize("plural", ["contacts", "organizations"])
def test_an_image_that_is_none_changes_nothing(api, plural):
    made = api.post(f"/{plural}", json={"last_name" if plural == "contacts" else "name": "絵"}).json()
    body = {"content": base64.b64encode(b"GIF89a, but no more of it").decode()}
    for language, sentence in zip(("en", "ja"), NO_IMAGE, strict=True):
        answer = api.put(f"/{plural}/{made['id']}/image", json=body, headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["errors"]) == (422, {"image": [sentence]})
    assert api.get(f"/{plural}/{made['id']}/image").status_code == 404
    assert api.get(f"/{plural}/{made['id']}/changes").json()["items"][0]["what"] == "created"


class Sent:
    """The body of an upload: so many bytes, and then what becomes of the connection."""

    def __init__(self, size, fault=None):
        self.left, self.fault, self.read_so_far = size, fault, 0

    def read(self, size=-1):
        if not self.left and self.fault:
            raise self.fault
        some = min(self.left, size if size >= 0 else self.left)
        self.left -= some
        self.read_so_far += some
        return b"x" * some


@pytest.fixture
def contacts(tmp_path):
    service = testing.instance(ContactsService, testing.migrated_sqlite(tmp_path, ContactsService))
    yield service
    service.db.engine.dispose()


@pytest.fixture
def upload(app, client, contacts, staff, monkeypatch):
    """Call it with a body, and with its length where the client says so beforehand."""
    app.extensions["musubi"].contacts = contacts
    monkeypatch.setattr(exchange, "MAX_FILE", 50_000)
    monkeypatch.setattr(uploads, "PIECE", 10_000)

    def send(body, *, length=None, language="en", key=None):
        headers = {**bearer(staff), "Content-Type": "text/csv", "Accept-Language": language}
        headers |= {"Idempotency-Key": key} if key else {}
        chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
        environ = {"wsgi.input": body, **(chunked if length is None else {"CONTENT_LENGTH": str(length)})}
        asked = {"record_kind": "contact", "file_name": "名簿.csv"}
        return client.post("/api/v1/imports", query_string=asked, headers=headers, environ_overrides=environ)

    return send


def kept(contacts):
    """What is there of imports, pieces of files included."""
    with contacts.db.session() as session:
        return [session.scalar(select(func.count()).select_from(model)) for model in (Import, ImportPiece)]


def test_a_file_of_a_gigabyte_is_read_no_further_than_is_taken_and_forgotten(upload, client, contacts, staff):
    for language, sentence in (("en", "Split it"), ("ja", "分割して、順にインポート")):
        body = Sent(1_000_000_000)
        answer = upload(body, language=language)
        assert (answer.status_code, answer.json["code"]) == (413, "body_too_large")
        assert sentence in answer.json["detail"]
        assert body.read_so_far <= exchange.MAX_FILE + uploads.PIECE
        named = upload(Sent(1_000_000_000), length=1_000_000_000, language=language)
        assert (named.status_code, named.json["detail"]) == (413, answer.json["detail"])
    assert client.get("/api/v1/imports", headers=bearer(staff)).json["items"] == []
    assert kept(contacts) == [0, 0]


@pytest.mark.parametrize(("fault", "length"), [(ConnectionResetError(), None), (None, 40_000)])
def test_a_file_whose_connection_was_cut_is_nowhere_to_be_seen_and_whole_when_it_is_sent_again(
    upload, client, contacts, staff, fault, length
):
    assert upload(Sent(25_000, fault), length=length, key="again").status_code == 400
    assert upload(Sent(25_000, fault), length=length, key="never").status_code == 400
    assert client.get("/api/v1/imports", headers=bearer(staff)).json["items"] == []
    whole = upload(BytesIO("姓\n田中\n".encode()), length=11, key="again")
    assert (whole.status_code, whole.json["columns"], whole.json["size"]) == (201, ["姓"], 11)
    with time_machine.travel(clock.now() + FILES_KEPT + timedelta(hours=1), tick=False):
        worker(contacts.db, staff=None).step()
    assert kept(contacts) == [0, 0]
