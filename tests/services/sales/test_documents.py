"""Quotes and invoices: what is kept of them, what they come to, what may follow what."""

import pytest

from chassis.ids import new_id
from chassis.testing import make_event, published
from contracts import ContactMerged, ContactUnmerged
from contracts.errors import Conflict, Invalid, NotFound, PreconditionFailed, ServiceUnavailable
from tests.services.sales.papers import ISSUER, PERSONAL, line, quote_of


def told(sales):
    return [event.type for event in published(sales.db)]


@pytest.fixture
def issued_by(sales):
    return sales.update_issuer(data=ISSUER, version=0)


@pytest.fixture
def quote(sales, hanako, issued_by):
    return sales.create_quote(data=quote_of(hanako))


def moved(sales, record, *stages):
    change = sales.update_quote if record["kind"] == "quote" else sales.update_invoice
    for stage in stages:
        record = change(id=record["id"], data={"stage": stage}, version=record["version"])
    return record


def test_a_quote_has_a_number_its_customer_and_what_its_lines_come_to(sales, hanako, abc):
    made = sales.create_quote(data=quote_of(hanako, lines=[line(), line("お茶", unit_price="150", tax_rate=8)]))
    assert (made["number"], made["stage"], made["version"]) == ("QUO1", "Created", 1)
    assert (made["net"], made["tax"], made["total"]) == ("25300", "2524", "27824")
    assert made["rates"] == [{"rate": 10, "net": "25000", "tax": "2500"}, {"rate": 8, "net": "300", "tax": "24"}]
    assert [each["amount"] for each in made["lines"]] == ["25000", "300"]
    assert (made["contact_id"], made["organization_id"]) == (hanako["id"], abc["id"])
    assert made["recipient"] == {
        "organization": "株式会社エービーシー",
        "department": "購買部",
        "title": "部長",
        "name": "田中 花子",
        "postal_code": "100-0005",
        "address": "東京都千代田区丸の内1-1-1",
    }
    assert sales.quote(id=made["id"]) == made
    [event] = published(sales.db)
    assert event.type == "quote.created.v1"
    assert (event.data["quote"]["number"], event.data["quote"]["total"]) == ("QUO1", "27824")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": "長" * 10_000}, "subject"),
        ({"subject": "二\n行"}, "subject"),
        ({"subject": "\x00"}, "subject"),
        ({"lines": [line()] * 201}, "lines"),
        ({"lines": [line(quantity="0.0001")]}, "lines.0.quantity"),
        ({"lines": [line(quantity=0.5)]}, "lines.0.quantity"),
        ({"lines": [line(unit_price="1e5")]}, "lines.0.unit_price"),
        ({"lines": [line(discount="0.5")]}, "lines.0.discount"),
        ({"lines": [line(tax_rate=5)]}, "lines.0.tax_rate"),
        ({"lines": [line(amount="1")]}, "lines.0.amount"),
        ({"total": "1"}, "total"),
        ({"currency": "YEN"}, "currency"),
        ({"stage": "Accepted"}, "stage"),
        ({"valid_until": "2020-01-01", "issue_date": "2020-01-02"}, "valid_until"),
        ({"contact_id": None}, "contact_id"),
        ({"contact_id": "01a20521-2d3d-7181-9150-c220fbfce669"}, "contact_id"),
        ({"opportunity_id": "01a20521-2d3d-7181-9150-c220fbfce669"}, "opportunity_id"),
    ],
    ids=str,
)
def test_what_cannot_be_written_is_refused_by_its_field_and_nothing_is_kept(sales, hanako, changes, field):
    with pytest.raises(Invalid) as refused:
        sales.create_quote(data=quote_of(hanako, **changes))
    assert list(refused.value.fields) == [field]
    assert sales.quotes()["items"] == []
    assert told(sales) == []


def test_the_same_key_makes_one_quote_even_if_its_customer_was_deleted_since(sales, contacts, hanako):
    first = sales.create_quote(data=quote_of(hanako), idempotency_key="k")
    contacts.delete_contact(id=hanako["id"])
    assert sales.create_quote(data=quote_of(hanako), idempotency_key="k") == first
    assert len(sales.quotes()["items"]) == 1


def test_nothing_is_written_while_contacts_is_away(sales, line_to_contacts, hanako):
    def away(**_):
        raise ServiceUnavailable("contacts is away.")

    line_to_contacts.contact = away
    with pytest.raises(ServiceUnavailable):
        sales.create_quote(data=quote_of(hanako))
    assert sales.quotes()["items"] == []


def test_lines_that_change_come_to_another_total(sales, quote):
    changed = sales.update_quote(id=quote["id"], data={"lines": [line(quantity="3")]}, version=1)
    assert (changed["total"], changed["version"]) == ("41250", 2)
    event = published(sales.db)[-1]
    assert (event.type, event.data["changed"], event.data["quote"]["total"]) == ("quote.updated.v1", ["lines"], "41250")


def test_a_stale_version_changes_nothing(sales, quote):
    sales.update_quote(id=quote["id"], data={"notes": "納期2週間"}, version=1)
    with pytest.raises(PreconditionFailed):
        sales.update_quote(id=quote["id"], data={"notes": "納期1週間"}, version=1)
    assert sales.quote(id=quote["id"])["notes"] == "納期2週間"


def test_saving_what_is_there_already_is_no_change(sales, quote):
    before = told(sales)
    same = sales.update_quote(id=quote["id"], data={"subject": quote["subject"]}, version=1)
    assert (same["version"], told(sales)) == (1, before)


def test_what_is_written_on_a_delivered_quote_stays_until_it_is_taken_back(sales, quote):
    delivered = moved(sales, quote, "Delivered")
    with pytest.raises(Conflict):
        sales.update_quote(id=quote["id"], data={"lines": [line(quantity="9")]}, version=delivered["version"])
    taken_back = moved(sales, delivered, "Created")
    changed = sales.update_quote(id=quote["id"], data={"lines": [line(quantity="9")]}, version=taken_back["version"])
    assert changed["net"] == "112500"


def test_names_and_addresses_are_those_of_the_day_of_issue(sales, contacts, quote, hanako):
    contacts.update_contact(id=hanako["id"], data={"title": "本部長"}, version=1)
    delivered = moved(sales, quote, "Delivered")
    assert (delivered["recipient"]["title"], delivered["issuer"]["name"]) == ("本部長", "株式会社よつば計測")

    contacts.update_contact(id=hanako["id"], data={"title": "社長", "last_name": "鈴木"}, version=2)
    sales.update_issuer(data={"name": "よつばホールディングス株式会社"}, version=1)
    kept = moved(sales, delivered, "Accepted")
    assert kept["recipient"] == delivered["recipient"]
    assert kept["issuer"] == delivered["issuer"]


def test_a_quote_is_issued_although_its_contact_was_deleted_meanwhile(sales, contacts, quote, hanako):
    contacts.delete_contact(id=hanako["id"])
    assert moved(sales, quote, "Delivered")["recipient"]["name"] == "田中 花子"


def test_nothing_is_issued_before_somebody_said_by_whom(sales, hanako):
    made = sales.create_quote(data=quote_of(hanako))
    with pytest.raises(Conflict, match="issuer"):
        moved(sales, made, "Delivered")


def test_nothing_is_issued_without_lines(sales, hanako, issued_by):
    made = sales.create_quote(data=quote_of(hanako, lines=[]))
    with pytest.raises(Invalid):
        moved(sales, made, "Delivered")


def test_each_stage_that_counts_is_an_event_of_its_own(sales, quote):
    moved(sales, quote, "Delivered", "Reviewed", "Accepted", "Rejected")
    assert told(sales)[1:] == [
        "quote.delivered.v1",
        "quote.updated.v1",
        "quote.accepted.v1",
        "quote.rejected.v1",
    ]


def test_a_quote_becomes_one_invoice_with_its_lines(sales, quote):
    accepted = moved(sales, quote, "Accepted")
    made = sales.invoice_quote(id=quote["id"], data={"due_date": "2999-12-31"}, idempotency_key="k")
    assert sales.invoice_quote(id=quote["id"], data={"due_date": "2999-12-31"}, idempotency_key="k") == made
    assert (made["number"], made["quote_id"], made["due_date"]) == ("INV1", quote["id"], "2999-12-31")
    for name in ("lines", "rates", "total", "recipient", "contact_id", "organization_id", "subject"):
        assert made[name] == accepted[name], name
    with pytest.raises(Conflict) as refused:
        sales.invoice_quote(id=quote["id"])
    assert refused.value.extra == {"invoice_id": made["id"]}


def test_a_cancelled_invoice_makes_room_for_another_one(sales, quote):
    moved(sales, sales.invoice_quote(id=quote["id"]), "Cancelled")
    assert sales.invoice_quote(id=quote["id"])["number"] == "INV2"


def test_an_invoice_goes_its_way_and_no_other(sales, quote):
    invoice = sales.invoice_quote(id=quote["id"])
    with pytest.raises(Conflict, match="Paid"):
        moved(sales, invoice, "Paid")
    paid = moved(sales, invoice, "Approved", "Sent", "Paid")
    assert told(sales)[-3:] == ["invoice.updated.v1", "invoice.issued.v1", "invoice.paid.v1"]
    assert paid["issuer"]["registration_number"] == "T7000012050002"
    with pytest.raises(Conflict):
        moved(sales, paid, "Created")


def test_an_issued_invoice_is_kept_and_a_draft_goes_into_the_bin_and_back(sales, quote):
    invoice = sales.invoice_quote(id=quote["id"])
    sales.delete_invoice(id=invoice["id"])
    assert sales.invoices()["items"] == []
    [binned] = sales.invoices(deleted=True)["items"]
    assert binned["id"] == invoice["id"]
    with pytest.raises(NotFound):
        sales.invoice(id=invoice["id"])
    back = sales.restore_invoice(id=invoice["id"])
    with pytest.raises(Conflict):
        sales.restore_invoice(id=invoice["id"])
    moved(sales, back, "Sent")
    with pytest.raises(Conflict, match="Cancel"):
        sales.delete_invoice(id=invoice["id"])


def test_a_draft_does_not_come_back_beside_another_invoice_of_its_quote(sales, quote):
    first = sales.invoice_quote(id=quote["id"])
    sales.delete_invoice(id=first["id"])
    second = sales.invoice_quote(id=quote["id"])
    with pytest.raises(Conflict) as refused:
        sales.restore_invoice(id=first["id"])
    assert refused.value.extra == {"invoice_id": second["id"]}


def test_lists_are_paged_and_narrowed_and_leave_the_lines_out(sales, quote, hanako, abc):
    other = sales.create_quote(data={"organization_id": abc["id"], "subject": "ﾃｽﾄ"})
    first = sales.quotes(limit=1)
    [item] = first["items"]
    assert (item["id"], "lines" in item) == (other["id"], False)
    assert [each["id"] for each in sales.quotes(limit=1, cursor=first["next"])["items"]] == [quote["id"]]
    assert [each["id"] for each in sales.quotes(contact_id=hanako["id"])["items"]] == [quote["id"]]
    assert len(sales.quotes(organization_id=abc["id"], stage="Created")["items"]) == 2
    assert sales.quotes(stage="Accepted")["items"] == []
    assert [each["id"] for each in sales.quotes(query="テスト")["items"]] == [other["id"]]
    with pytest.raises(Invalid):
        sales.quotes(secret="x")


def merged(contact_id, survivor_id, merge_id):
    return make_event(ContactMerged, contact_id=contact_id, survivor_id=survivor_id, merge_id=merge_id)


def test_records_of_a_merged_contact_are_the_survivors_whatever_the_order(sales, quote, hanako):
    survivor, last = new_id(), new_id()
    first = merged(hanako["id"], survivor, new_id())
    sales.on_merged(merged(survivor, last, new_id()))
    sales.on_merged(first)
    sales.on_merged(first)
    assert sales.quote(id=quote["id"])["contact_id"] == last
    assert sales.quote(id=quote["id"])["version"] == 2
    assert sales.create_quote(data=quote_of(hanako))["contact_id"] == last


@pytest.mark.parametrize("overtakes", [False, True])
def test_a_merge_that_is_undone_gives_the_records_back(sales, contacts, quote, hanako, overtakes):
    other = contacts.create_contact(data={"last_name": "鈴木"})
    ids = {"contact_id": hanako["id"], "survivor_id": other["id"], "merge_id": new_id()}
    returned = {"id": hanako["id"], "number": "CON1", "organization_id": None}
    since = "2026-11-22T00:00:00Z"
    events = [
        make_event(ContactMerged, **ids),
        make_event(ContactUnmerged, contact=returned, personal=PERSONAL, addresses=[], merged_at=since, **ids),
    ]
    for event in reversed(events) if overtakes else events:
        sales.on_merged(event)
    assert sales.quote(id=quote["id"])["contact_id"] == hanako["id"]


def test_the_issuers_registration_number_must_be_one(sales):
    for wrong in ("7000012050002", "T700001205000", "T70000120500021", "T700001205000X"):
        with pytest.raises(Invalid) as refused:
            sales.update_issuer(data={"registration_number": wrong}, version=0)
        assert list(refused.value.fields) == ["registration_number"]
    kept = sales.update_issuer(data={"registration_number": "Ｔ７０００-012050002"}, version=0)
    assert (kept["registration_number"], kept["version"], kept["hints"]) == ("T7000012050002", 1, {})
    with pytest.raises(PreconditionFailed):
        sales.update_issuer(data=ISSUER, version=0)
    assert sales.issuer() == kept


def test_a_number_with_another_check_digit_may_be_a_sole_proprietors_and_is_only_pointed_out(sales):
    kept = sales.update_issuer(data={"registration_number": "T7000012050003"}, version=0)
    assert (kept["registration_number"], list(kept["hints"])) == ("T7000012050003", ["registration_number"])
    assert sales.issuer() == kept
    assert sales.update_issuer(data={"registration_number": ""}, version=1)["hints"] == {}
