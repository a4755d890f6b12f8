"""Merges, duplicates, stars, images and settings of contacts by the API of the running system."""

import base64

import httpx

from chassis.ids import new_id
from tests.gateway.post import new_contact


def test_contacts_are_merged_value_by_value_and_taken_apart_again(api):
    one = new_contact(api, title="部長", addresses=["one@merge.example"]).json()
    two = new_contact(api, title="課長", addresses=["two@merge.example"]).json()
    chosen = {"other_ids": [two["id"]], "values": {"title": two["id"]}}
    merged = api.post(f"/contacts/{one['id']}/merge", json=chosen).json()
    assert (merged["title"], merged["addresses"]) == ("課長", ["one@merge.example", "two@merge.example"])
    assert api.get(f"/contacts/{two['id']}").json()["survivor_id"] == one["id"]
    [listed] = api.get(f"/contacts/{one['id']}/merges").json()["items"]
    assert listed["other_id"] == two["id"]
    parted = api.post(f"/contacts/{two['id']}/unmerge").json()
    assert (parted["record"]["addresses"], parted["survivor"]["title"]) == (["two@merge.example"], "部長")
    assert api.post(f"/contacts/{two['id']}/unmerge").status_code == 409


def test_organizations_are_merged_with_their_contacts_and_taken_apart_again(api):
    one, two = (api.post("/organizations", json={"name": name}).json() for name in ("併合", "併合商事"))
    path = f"/contacts/{new_contact(api, organization_id=two['id']).json()['id']}"
    api.post(f"/organizations/{one['id']}/merge", json={"other_ids": [two["id"]]})
    assert api.get(path).json()["organization_id"] == one["id"]
    assert api.get(f"/organizations/{one['id']}/merges").json()["items"][0]["label"] == "併合商事"
    api.post(f"/organizations/{two['id']}/unmerge")
    assert api.get(path).json()["organization_id"] == two["id"]


def test_a_form_learns_of_likely_duplicates_and_a_person_sets_them_apart(api):
    one = new_contact(api, last_name="双葉", addresses=["futaba@twins.example"]).json()
    [found] = api.post("/contacts/duplicates", json={"addresses": ["Futaba@twins.example"]}).json()["items"]
    assert (found["record"]["id"], found["reasons"][0]["reason"]) == (one["id"], "same_address")
    two = new_contact(api, last_name="三葉", addresses=["futaba@twins.example"]).json()
    assert api.get(f"/contacts/{two['id']}/duplicates").json()["items"][0]["record"]["id"] == one["id"]

    def groups():
        path, found = "/api/v1/contacts/duplicates?limit=1", []
        while path:
            page = api.get(httpx.URL(api.base_url).join(path)).json()
            found += [{record["id"] for record in group["records"]} for group in page["items"]]
            path = page["next"]
        return found

    assert {one["id"], two["id"]} in groups()
    path = f"/contacts/{one['id']}/not-duplicates/{two['id']}"
    assert api.put(path).status_code == 204
    assert {one["id"], two["id"]} not in groups()
    assert api.delete(path).status_code == 204
    assert {one["id"], two["id"]} in groups()


def test_an_admin_says_whether_addresses_are_copied_and_a_form_is_offered_them(api, system):
    made = api.post("/organizations", json={"name": "写し", "billing_city": "千代田区"}).json()
    offered = api.get(f"/organizations/{made['id']}/address-copy").json()
    assert (offered["address_copy"], offered["values"]["mailing_city"]) == ("ask", "千代田区")
    settings = system.admin.get("/settings/contacts")
    always, etag = {"address_copy": "always"}, {"If-Match": settings.headers["ETag"]}
    changed = system.admin.patch("/settings/contacts", json=always, headers=etag)
    assert changed.json()["address_copy"] == "always"
    assert new_contact(api, organization_id=made["id"]).json()["mailing_city"] == "千代田区"
    assert system.admin.patch("/settings/contacts", json=always, headers=etag).status_code == 412
    back = {"If-Match": changed.headers["ETag"]}
    assert system.admin.patch("/settings/contacts", json={"address_copy": "ask"}, headers=back).status_code == 200


def test_a_star_is_ones_own(api, system):
    made = new_contact(api, last_name="星野").json()
    path, starred = f"/contacts/{made['id']}/star", {"query": "星野", "starred": "true"}
    assert api.put(path).json() == {"starred": True}
    assert [item["starred"] for item in api.get("/contacts", params=starred).json()["items"]] == [True]
    assert (api.get(path).json(), system.reader.get(path).status_code) == ({"starred": True}, 200)
    assert api.delete(path).json() == {"starred": False}
    assert api.get("/contacts", params=starred).json()["items"] == []


def test_an_image_is_served_so_that_a_browser_only_shows_it(api):
    path = f"/contacts/{new_contact(api).json()['id']}/image"
    gif = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
    assert api.get(path).status_code == 404
    assert api.put(path, json={"content": base64.b64encode(gif).decode()}).status_code == 204
    shown = api.get(path)
    assert (shown.content, shown.headers["Content-Type"]) == (gif, "image/gif")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    script = base64.b64encode(b"<script>alert(1)</script>").decode()
    refused = api.put(path, json={"content": script})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["image"])
    assert api.get(path).content == gif
    assert (api.delete(path).status_code, api.get(path).status_code) == (204, 404)
    once = {"Idempotency-Key": new_id()}
    assert [api.post(f"{path}/restore", headers=once).status_code for _ in range(2)] == [204, 204]
    assert api.get(path).content == gif
    none = new_contact(api).json()["id"]
    refused = api.post(f"/contacts/{none}/image/restore")
    assert (refused.status_code, "Choose its file again" in refused.json()["detail"]) == (409, True)
