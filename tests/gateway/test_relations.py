"""What belongs to a contact or an organization, by the API of the running system."""

from tests.gateway.post import new_contact
from tests.infra import eventually


def test_a_chart_tells_who_decides_and_who_stands_below_whom(api):
    firm = api.post("/organizations", json={"name": "組織図商事"}).json()["id"]
    boss = new_contact(api, organization_id=firm, title="社長", decision_maker=True).json()
    below = new_contact(api, organization_id=firm, reports_to_id=boss["id"]).json()
    chart = api.get(f"/organizations/{firm}/chart").json()
    told = [(node["id"], node["reports_to_id"], node["decision_maker"], node["place"]) for node in chart["nodes"]]
    assert told == [(boss["id"], None, True, "member"), (below["id"], boss["id"], False, "member")]
    assert chart["note"] is None
    assert api.get(f"/organizations/{boss['id']}/chart").status_code == 404


def test_a_contact_has_a_timeline_whose_entries_link_to_what_they_are_about(api):
    customer = {"kind": "contact", "id": new_contact(api).json()["id"]}
    ticket = api.post("/tickets", json={"title": "温度が出ない", "customer": customer}).json()
    comment = api.post("/comments", json={"record": customer, "text": "電話で確認した"}).json()
    path = f"/contacts/{customer['id']}/timeline"
    entries = eventually(lambda: (items := api.get(path).json()["items"])[1:] and items)
    about = {entry["kind"]: entry["about"] for entry in entries}
    assert about["ticket"] == {"kind": "ticket", "id": ticket["id"], "url": f"/api/v1/tickets/{ticket['id']}"}
    assert about["comment"] == {"kind": "comment", "id": comment["id"], "url": None}
    [alone] = api.get(path, params={"kinds": "ticket"}).json()["items"]
    assert alone["about"]["id"] == ticket["id"]
    first = api.get(path, params={"limit": 1, "kinds": "ticket,comment"}).json()
    assert "kinds=ticket" in first["next"]
    refused = api.get(path, params={"kinds": "ticket,shoe"})
    assert (refused.status_code, "shoe" in refused.text) == (422, True)


def test_an_organizations_timeline_holds_what_happened_with_its_people_unless_that_is_switched_off(api):
    firm = {"kind": "organization", "id": api.post("/organizations", json={"name": "時系列商事"}).json()["id"]}
    person = {"kind": "contact", "id": new_contact(api, organization_id=firm["id"]).json()["id"]}
    for record in (firm, person):
        api.post("/comments", json={"record": record, "text": "訪問した"})
    path = f"/organizations/{firm['id']}/timeline"
    assert [entry["record"] for entry in api.get(path).json()["items"]] == [person, firm]
    assert [entry["record"] for entry in api.get(path, params={"people": "false"}).json()["items"]] == [firm]
    assert api.get(f"/organizations/{person['id']}/timeline").status_code == 404
