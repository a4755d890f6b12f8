"""Documents through the running system: uploaded, listed, downloaded as what harms nobody, deleted and restored."""

import pytest

FILE = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def where(api):
    return {"kind": "contact", "id": api.post("/contacts", json={"last_name": "田中"}).json()["id"]}


def test_a_file_of_some_pieces_comes_back_byte_for_byte_and_is_only_ever_saved(api, where):
    content = b"<script>alert(1)</script>" + b"x" * 1_200_000
    made = api.post("/documents", params={**where, "name": "納品書.html"}, content=content, headers=FILE)
    assert made.status_code == 201, made.text
    document = made.json()
    assert (document["name"], document["size"], document["content_type"]) == ("納品書.html", len(content), "text/plain")
    path = f"/documents/{document['id']}"
    got = api.get(f"{path}/content")
    assert got.content == content
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%E7%B4%8D%E5%93%81%E6%9B%B8.html" in got.headers["Content-Disposition"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]

    [entry] = api.get("/history", params={**where, "kinds": "document"}).json()["items"]
    assert (entry["title"], entry["about"]["url"]) == ("納品書.html", f"/api/v1{path}")

    assert api.delete(path).status_code == 428
    assert api.delete(path, headers={"If-Match": made.headers["ETag"]}).status_code == 204
    assert api.get(f"{path}/content").status_code == 404
    [deleted] = api.get("/documents", params={**where, "deleted": True}).json()["items"]
    assert deleted["id"] == document["id"]
    assert api.post(f"{path}/restore").status_code == 200
    assert [each["id"] for each in api.get("/documents", params=where).json()["items"]] == [document["id"]]


def test_what_is_no_file_or_too_large_is_refused_and_nothing_is_kept(api, where):
    asked = {**where, "name": "a.bin"}
    assert api.post("/documents", params=asked, content=b"x", headers={"Content-Type": "text/plain"}).status_code == 415
    assert api.post("/documents", params=asked, headers=FILE).status_code == 422
    assert api.post("/documents", params=where, content=b"x", headers=FILE).status_code == 422
    assert api.post("/documents", params=asked, content=b"x" * 25_000_001, headers=FILE).status_code == 413
    in_chunks = (b"x" * 1_000_000 for _ in range(26))
    assert api.post("/documents", params=asked, content=in_chunks, headers=FILE).status_code == 413
    assert api.get("/documents", params=where).json()["items"] == []
