"""What belongs to a contact or an organization, by the API of the running system."""

from functools import partial

from gateway.api.schemas.work import SHOWN_KINDS
from gateway.calls import MAX_PEOPLE
from gateway.links import ABOUT_KINDS
from services.history import kinds
from services.tickets import forms
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


def test_a_hierarchy_tells_what_an_organization_belongs_to_and_what_belongs_to_it(api):
    def made(name, above=None):
        return api.post("/organizations", json={"name": name, "member_of_id": above}).json()["id"]

    top = made("持株会社")
    middle = made("事業会社", top)
    leaf = made("工場", middle)
    answer = api.get(f"/organizations/{middle}/hierarchy").json()
    told = [(node["id"], node["member_of_id"], node["level"], node["place"]) for node in answer["nodes"]]
    assert told == [(top, None, 0, "above"), (middle, top, 1, "itself"), (leaf, middle, 2, "below")]
    assert (answer["nodes"][2]["name"], answer["note"]) == ("工場", None)
    assert api.get(f"/organizations/{new_contact(api).json()['id']}/hierarchy").status_code == 404


def test_a_contact_has_a_timeline_whose_entries_link_to_what_they_are_about(api):
    customer = {"kind": "contact", "id": new_contact(api).json()["id"]}
    ticket = api.post("/tickets", json={"title": "温度が出ない", "customer": customer}).json()
    comment = api.post("/comments", json={"record": customer, "text": "電話で確認した"}).json()
    path = f"/contacts/{customer['id']}/timeline"
    entries = eventually(lambda: (items := api.get(path).json()["items"])[1:] and items)
    about = {entry["kind"]: entry["about"] for entry in entries}
    assert about["ticket"] == {"kind": "ticket", "id": ticket["id"], "url": f"/api/v1/tickets/{ticket['id']}"}
    url = f"/api/v1/comments/{comment['id']}"
    assert about["comment"] == {"kind": "comment", "id": comment["id"], "url": url, "version": 1}
    [alone] = api.get(path, params={"kinds": "ticket"}).json()["items"]
    assert alone["about"]["id"] == ticket["id"]
    first = api.get(path, params={"limit": 1, "kinds": "ticket,comment"}).json()
    assert "kinds=ticket" in first["next"]
    refused = api.get(path, params={"kinds": "ticket,shoe"})
    assert (refused.status_code, "shoe" in refused.text) == (422, True)


def test_a_comment_is_changed_by_its_author_alone_and_deleted_by_an_admin_too(api, system):
    record, colleague = {"kind": "contact", "id": new_contact(api).json()["id"]}, system.colleague()
    theirs, ours = (
        who.post("/comments", json={"record": record, "text": "…"}).json()["id"] for who in (colleague, api)
    )
    seen = {"If-Match": '"1"'}
    refused = [colleague.delete(f"/comments/{ours}", headers=seen)]
    refused += [
        who.patch(f"/comments/{id}", json={"text": "x"}, headers=seen) for who, id in ((colleague, ours), (api, theirs))
    ]
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert api.delete(f"/comments/{theirs}", headers=seen).status_code == 204
    assert api.post(f"/comments/{theirs}/restore").status_code == 200
    assert colleague.patch(f"/comments/{theirs}", json={"text": "訂正"}, headers={"If-Match": '"3"'}).status_code == 200


def timeline(api, record, **asked):
    return api.get(f"/{record['kind']}s/{record['id']}/timeline", params=asked).json()["items"]


def test_what_is_planned_and_sold_stands_on_a_timeline_with_a_link_to_it(api):
    customer = {"kind": "contact", "id": new_contact(api).json()["id"]}
    call = {"kind": "call", "subject": "確認", "about": [customer], "starts_at": "2026-11-24T10:00:00+09:00"}
    planned = api.post("/activities", json=call).json()["id"]
    sold = api.post("/opportunities", json={"name": "入れ替え", "contact_id": customer["id"]}).json()["id"]
    for kind, path, id in (("activity", "activities", planned), ("opportunity", "opportunities", sold)):
        [entry] = eventually(partial(timeline, api, customer, kinds=kind))
        assert entry["about"] == {"kind": kind, "id": id, "url": f"/api/v1/{path}/{id}"}


def test_the_gateway_knows_what_the_services_can_be_asked_for():
    assert SHOWN_KINDS == kinds.SHOWN_KINDS
    assert kinds.MAX_PEOPLE == forms.MAX_PEOPLE == MAX_PEOPLE
    assert set(ABOUT_KINDS) >= {"message", *(set(SHOWN_KINDS) - {"mail", "change"})}


def test_an_organizations_timeline_holds_what_happened_with_its_people_unless_that_is_switched_off(api):
    firm = {"kind": "organization", "id": api.post("/organizations", json={"name": "時系列商事"}).json()["id"]}
    person = {"kind": "contact", "id": new_contact(api, organization_id=firm["id"]).json()["id"]}
    for record in (firm, person):
        api.post("/comments", json={"record": record, "text": "訪問した"})
    path = f"/organizations/{firm['id']}/timeline"
    assert [entry["record"] for entry in api.get(path).json()["items"]] == [person, firm]
    assert [entry["record"] for entry in api.get(path, params={"people": "false"}).json()["items"]] == [firm]
    assert api.get(f"/organizations/{person['id']}/timeline").status_code == 404


def test_what_belongs_to_a_contact_is_told_in_one_answer(api):
    boss = {"kind": "contact", "id": new_contact(api).json()["id"]}
    below = new_contact(api, reports_to_id=boss["id"]).json()["id"]
    ticket = api.post("/tickets", json={"title": "表示が消えた", "customer": boss}).json()["id"]
    sale = api.post("/opportunities", json={"name": "入れ替え", "contact_id": boss["id"]}).json()["id"]
    call = {"kind": "call", "subject": "確認", "about": [boss], "starts_at": "2026-11-24T10:00:00+09:00"}
    planned = api.post("/activities", json=call).json()["id"]
    said = api.post("/comments", json={"record": boss, "text": "訪問した"}).json()["id"]
    file = {"content": b"%PDF-1.7", "headers": {"Content-Type": "application/octet-stream"}}
    order = api.post("/documents", params={**boss, "name": "注文書.pdf"}, **file).json()["id"]
    related = api.get(f"/contacts/{boss['id']}/related").json()
    found = {name: [item["id"] for item in part["items"]] for name, part in related.items()}
    expected = {"tickets": [ticket], "opportunities": [sale], "open_activities": [planned], "reports": [below]}
    expected |= {"comments": [said], "documents": [order]}
    assert found == {"quotes": [], "invoices": [], "mails": [], "leads": [], "past_activities": [], **expected}
    assert {name: (part["count"], part["exact"], part["error"]) for name, part in related.items()} == {
        name: (len(ids), True, None) for name, ids in found.items()
    }
    for name, part in related.items():
        listed = api.get(part["url"].removeprefix("/api/v1")).json()["items"]
        assert [item["id"] for item in listed] == found[name]
    assert api.get(f"/contacts/{ticket}/related").status_code == 404


def test_what_is_overdue_leads_what_is_open_however_much_was_done_since(api):
    customer = {"kind": "contact", "id": new_contact(api).json()["id"]}

    def planned(day, **more):
        call = {"kind": "call", "subject": day, "about": [customer], "starts_at": f"{day}T10:00:00+09:00", **more}
        return api.post("/activities", json=call).json()["subject"]

    held = [planned(f"2026-10-0{number}", status="Held") for number in range(1, 7)]
    called_off = planned("2026-10-07", status="Not Held")
    later, overdue, sooner = planned("2999-02-01"), planned("2020-01-01"), planned("2999-01-01")
    related = api.get(f"/contacts/{customer['id']}/related").json()
    waiting, past = related["open_activities"], related["past_activities"]
    told = [(one["subject"], one["overdue"]) for one in waiting["items"]]
    assert told == [(overdue, True), (sooner, False), (later, False)]
    assert [one["subject"] for one in past["items"]] == [called_off, *held[:1:-1]]
    assert (waiting["count"], past["count"]) == (3, 7)
    for part in (waiting, past):
        listed = api.get(part["url"].removeprefix("/api/v1")).json()["items"]
        assert [one["id"] for one in listed][:5] == [one["id"] for one in part["items"]]


def test_what_belongs_to_an_organization_holds_its_people_and_their_tickets(api):
    firm = api.post("/organizations", json={"name": "関連商事"}).json()["id"]
    child = api.post("/organizations", json={"name": "関連物流", "member_of_id": firm}).json()["id"]
    people = [new_contact(api, organization_id=firm).json()["id"] for _ in range(6)]
    customers = [{"kind": "organization", "id": firm}, {"kind": "contact", "id": people[0]}]
    tickets = [
        api.post("/tickets", json={"title": "故障", "customer": customer}).json()["id"] for customer in customers
    ]
    related = api.get(f"/organizations/{firm}/related").json()
    assert [item["id"] for item in related["contacts"]["items"]] == people[:0:-1]
    assert (related["contacts"]["count"], related["contacts"]["exact"]) == (6, True)
    assert [item["id"] for item in related["organizations"]["items"]] == [child]
    assert [item["id"] for item in related["tickets"]["items"]] == tickets[::-1]
    for name in ("contacts", "organizations", "tickets", "mails"):
        listed = api.get(related[name]["url"].removeprefix("/api/v1")).json()["items"]
        assert [item["id"] for item in listed][:5] == [item["id"] for item in related[name]["items"]]
    assert api.get(f"/organizations/{people[0]}/related").status_code == 404
    of_no_organization = api.get("/tickets", params={"organization_id": people[0]}).json()["items"]
    assert of_no_organization == related["tickets"]["items"][:1]


def test_a_lead_stands_with_what_it_became_and_goes_along_with_a_merge(api):
    lead = api.post("/leads", json={"last_name": "見込", "company": "見込商事"}).json()["id"]
    became = api.post(f"/leads/{lead}/convert", json={}).json()
    contact, firm, survivor = became["contact_id"], became["organization_id"], new_contact(api).json()["id"]

    def leads_of(kind, id):
        part = api.get(f"/{kind}s/{id}/related").json()["leads"]
        listed = api.get(part["url"].removeprefix("/api/v1")).json()["items"]
        assert [one["id"] for one in listed] == [one["id"] for one in part["items"]]
        assert part["count"] == len(listed)
        return [one["id"] for one in listed]

    assert (leads_of("contact", contact), leads_of("organization", firm)) == ([lead], [lead])
    assert leads_of("contact", survivor) == []
    api.post(f"/contacts/{survivor}/merge", json={"other_ids": [contact]}).raise_for_status()
    assert (leads_of("contact", survivor), leads_of("organization", firm)) == ([lead], [lead])
    nobody = api.get("/leads", params={"contact_id": lead}).json()["items"]
    both = api.get("/leads", params={"contact_id": survivor, "organization_id": firm}).json()["items"]
    assert (nobody, [one["id"] for one in both]) == ([], [lead])


def test_people_are_unlinked_and_linked_again_by_the_calls_of_their_records(api):
    firm = api.post("/organizations", json={"name": "離れる商事"}).json()["id"]
    person = new_contact(api, organization_id=firm).json()["id"]
    customer = {"kind": "contact", "id": person}
    ticket = api.post("/tickets", json={"title": "返品", "customer": customer}).json()["id"]

    def patched(path, **data):
        etag = api.get(path).headers["ETag"]
        return api.patch(path, json=data, headers={"If-Match": etag}).json()

    assert patched(f"/contacts/{person}", organization_id=None)["organization_id"] is None
    assert api.get(f"/organizations/{firm}/related").json()["contacts"]["count"] == 0
    assert patched(f"/contacts/{person}", organization_id=firm)["organization_id"] == firm
    assert patched(f"/tickets/{ticket}", customer=None)["customer"] is None
    assert api.get(f"/contacts/{person}/related").json()["tickets"]["count"] == 0
    assert patched(f"/tickets/{ticket}", customer=customer)["customer"] == customer


def test_more_names_than_fit_into_an_answer_are_refused(api):
    refused = api.get("/names", params={"ids": ",".join(f"{number}" for number in range(201))})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["ids"])
