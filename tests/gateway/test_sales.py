"""Quotes and invoices through the running system: written, accepted, made into an invoice, sent, printed."""

from pypdfium2 import PdfDocument


def test_a_quote_of_a_contact_goes_all_the_way_to_a_paid_invoice(api):
    us = {"name": "株式会社よつば計測", "address": "東京都千代田区外神田1-2-3", "registration_number": "T7000012050002"}
    saved = api.patch("/issuer", json=us, headers={"If-Match": api.get("/issuer").headers["ETag"]})
    assert (saved.status_code, saved.json()["registration_number"]) == (200, "T7000012050002")

    contact = api.post("/contacts", json={"last_name": "𠮷田", "first_name": "花子"}).json()
    lines = [
        {"name": "温湿度計", "quantity": "1.5", "unit_price": 9999},
        {"name": "お茶", "unit_price": "150", "tax_rate": 8},
    ]
    made = api.post("/quotes", json={"contact_id": contact["id"], "subject": "お見積り", "lines": lines})
    assert made.status_code == 201, made.text
    assert (made.json()["total"], made.json()["recipient"]["name"]) == ("16659", "𠮷田 花子")

    path = f"/quotes/{made.json()['id']}"
    assert api.post(f"{path}/accept").status_code == 428
    accepted = api.post(f"{path}/accept", headers={"If-Match": made.headers["ETag"]})
    assert (accepted.status_code, accepted.json()["stage"]) == (200, "Accepted")
    assert (
        api.patch(path, json={"subject": "別の件"}, headers={"If-Match": accepted.headers["ETag"]}).status_code == 409
    )

    invoice = api.post(f"{path}/invoice", json={"due_date": "2999-12-31"})
    assert (invoice.status_code, invoice.json()["total"]) == (201, "16659")
    assert api.post(f"{path}/invoice", json={}).status_code == 409
    for stage in ("Sent", "Paid"):
        here = f"/invoices/{invoice.json()['id']}"
        invoice = api.patch(here, json={"stage": stage}, headers={"If-Match": invoice.headers["ETag"]})
        assert (invoice.status_code, invoice.json()["stage"]) == (200, stage)
    paper = api.get(f"{here}.pdf", params={"language": "en"})
    assert (paper.status_code, paper.headers["Content-Type"]) == (200, "application/pdf")
    assert paper.headers["Content-Disposition"].startswith('attachment; filename="INV')
    with PdfDocument(paper.content) as document:
        assert "Amount due (tax included) ¥16,659" in document[0].get_textpage().get_text_range()
    again = api.get(f"{here}.pdf", params={"language": "en"}, headers={"If-None-Match": paper.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert api.get(f"{here}.pdf", headers={"If-None-Match": 'W/""'}).status_code == 200
    assert api.get(f"{path}.pdf", params={"language": "fr"}).status_code == 422
    [listed] = api.get("/invoices", params={"contact_id": contact["id"]}).json()["items"]
    assert listed["id"] == invoice.json()["id"]


def test_a_body_that_names_a_total_or_a_fraction_as_a_number_is_refused_at_its_field(api):
    made = api.post("/quotes", json={"subject": "x", "total": "1"})
    assert (made.status_code, list(made.json()["errors"])) == (422, ["total"])
    made = api.post("/quotes", json={"subject": "x", "lines": [{"name": "x", "unit_price": 0.1}]})
    assert made.status_code == 422
