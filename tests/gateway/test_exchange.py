"""Files over HTTP: uploaded, looked at, imported, undone; lists downloaded."""

import secrets
import socket
from urllib.parse import urlsplit

import pytest

from gateway.api.exchange import MAX_FILE
from tests.infra import eventually

CSV = {"Content-Type": "text/csv"}


@pytest.fixture
def people():
    """A file of two contacts with a tag of their own, and the tag."""
    tag = secrets.token_hex(4)
    return f"姓,メール,タグ\n田中{tag},tanaka-{tag}@abc.example,{tag}\n鈴木{tag},kein@,{tag}\n", tag


def upload(system, content, headers=CSV, **query):
    asked = {"record_kind": "contact", "file_name": "名簿.csv", **query}
    return system.admin.post("/imports", params=asked, content=content, headers=headers)


def settled(system, made, *states):
    path = f"/imports/{made['id']}"
    return eventually(lambda: (now := system.admin.get(path).json())["state"] in states and now)


def test_a_file_is_uploaded_mapped_imported_and_undone(system, people):
    text, tag = people
    made = upload(system, text.encode("cp932"))
    assert made.status_code == 201, made.text
    assert (made.json()["file_name"], made.json()["format"]["encoding"]) == ("名簿.csv", "cp932")
    path, headers = f"/imports/{made.json()['id']}", {"If-Match": made.headers["ETag"]}
    changed = system.admin.patch(path, json={"match_by": ["address"], "on_match": "merge"}, headers=headers)
    assert (changed.status_code, changed.json()["on_match"]) == (200, "merge")
    assert system.admin.post(f"{path}/start").status_code == 200
    done = settled(system, made.json(), "finished")
    assert (done["created"], done["refused"]) == (1, 1)
    report = system.admin.get(f"{path}/report")
    assert report.headers["Content-Type"].startswith("text/csv")
    assert f"鈴木{tag},kein@,{tag},3,メール: kein@ is no mail address" in report.content.decode("utf-8-sig")
    [person] = system.admin.get("/contacts", params={"query": tag}).json()["items"]
    assert person["addresses"] == [f"tanaka-{tag}@abc.example"]
    assert system.admin.post(f"{path}/undo").status_code == 200
    assert settled(system, made.json(), "undone")["undone"] == 1
    assert system.admin.get("/contacts", params={"query": tag}).json()["items"] == []


def test_an_upload_that_comes_twice_is_one_import(system, people):
    headers = {**CSV, "Idempotency-Key": secrets.token_hex(4)}
    first, again = (upload(system, people[0].encode(), headers) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    other = upload(system, b"Name\nTanaka\n", headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_conflict")


def test_a_file_of_many_pieces_is_whole(system):
    rows = "".join(f"{number},{'長' * 60}\n" for number in range(8_000))
    made = upload(system, f"姓,備考\n{rows}".encode())
    assert made.json()["size"] > 1_000_000
    assert len(made.json()["preview"]["rows"]) == 20
    assert system.admin.delete(f"/imports/{made.json()['id']}").status_code == 204


@pytest.mark.parametrize(
    ("content", "headers", "status", "sentence"),
    [
        (b"PK\x03\x04", CSV, 422, "Save As"),
        (b"", CSV, 422, "empty"),
        (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "the file itself"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_what_to_do(system, content, headers, status, sentence):
    answer = upload(system, content, headers)
    assert (answer.status_code, sentence in answer.json()["detail"]) == (status, True)


def test_a_file_that_is_too_large_is_refused_before_any_of_it_was_sent(system):
    address = urlsplit(system.url)
    lines = [
        "POST /api/v1/imports?record_kind=contact HTTP/1.1",
        f"Host: {address.netloc}",
        f"Authorization: Bearer {system.admin_token}",
        "Content-Type: text/csv",
        f"Content-Length: {MAX_FILE * 10}",
    ]
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        found = b""
        while b"Split it" not in found and (more := connection.recv(65_536)):
            found += more
    assert found.startswith(b"HTTP/1.1 413")


def test_lists_are_downloaded_as_filtered(system, people):
    text, tag = people
    made = upload(system, text.encode()).json()
    system.admin.post(f"/imports/{made['id']}/start")
    settled(system, made, "finished")
    answer = system.reader.get("/contacts/export", params={"query": tag, "language": "ja"})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="contacts.csv"')
    head, row = answer.content.decode("utf-8-sig").splitlines()
    assert head.startswith("姓,名,姓（カナ）")
    assert row.startswith(f"田中{tag},")
    excel = system.reader.get("/contacts/export", params={"query": tag, "format": "csv_cp932"})
    assert f"田中{tag}" in excel.content.decode("cp932")
    cards = system.reader.get("/contacts/export", params={"query": tag, "format": "vcard"})
    assert cards.headers["Content-Type"].startswith("text/vcard")
    assert f"N:田中{tag};;;;" in cards.text
    assert system.reader.get("/contacts/export", params={"sort": "shoe"}).status_code == 422
    [person] = system.reader.get("/contacts", params={"query": tag}).json()["items"]
    chosen = system.reader.post("/contacts/export", json={"ids": [person["id"]], "language": "ja"})
    assert chosen.content == answer.content
    assert system.reader.get("/organizations/export").status_code == 200


def test_mappings_are_saved_listed_and_deleted(system, people):
    made = upload(system, people[0].encode()).json()
    saved = system.admin.post("/import-mappings", json={"name": "展示会", "import_id": made["id"]})
    assert (saved.status_code, saved.json()["targets"]["姓"]) == (201, "last_name")
    listed = system.reader.get("/import-mappings", params={"record_kind": "contact"}).json()["items"]
    assert saved.json()["id"] in [each["id"] for each in listed]
    path = f"/import-mappings/{saved.json()['id']}"
    assert system.admin.delete(path).status_code == 204
    assert system.admin.delete(path).status_code == 404
    assert system.admin.post(f"{path}/restore").json() == saved.json()
    assert system.admin.delete(path).status_code == 204
    fields = system.reader.get("/import-fields", params={"record_kind": "contact"}).json()["items"]
    assert {"name": "last_name", "label": "Last name", "label_ja": "姓"} in fields


def test_whoever_may_only_read_imports_nothing(system, people):
    asked = {"record_kind": "contact"}
    answer = system.reader.post("/imports", params=asked, content=people[0].encode(), headers=CSV)
    assert answer.status_code == 403
