"""What belongs to a contact or an organization, by the API of the running system."""

from tests.gateway.post import new_contact


def test_a_chart_tells_who_decides_and_who_stands_below_whom(api):
    firm = api.post("/organizations", json={"name": "組織図商事"}).json()["id"]
    boss = new_contact(api, organization_id=firm, title="社長", decision_maker=True).json()
    below = new_contact(api, organization_id=firm, reports_to_id=boss["id"]).json()
    chart = api.get(f"/organizations/{firm}/chart").json()
    told = [(node["id"], node["reports_to_id"], node["decision_maker"], node["place"]) for node in chart["nodes"]]
    assert told == [(boss["id"], None, True, "member"), (below["id"], boss["id"], False, "member")]
    assert chart["note"] is None
    assert api.get(f"/organizations/{boss['id']}/chart").status_code == 404
