from chassis.testing import make_event
from contracts import QuoteAccepted
from tests.contracts.examples import example_of
from tests.services.history.timelines import timeline


def test_what_becomes_of_a_quote_stands_once_with_its_contact_and_its_organization(history):
    data = example_of(QuoteAccepted)["data"]
    event = make_event(QuoteAccepted, **data)
    history.on_sale_event([event])
    history.on_sale_event([event, event])
    for kind in ("contact", "organization"):
        [entry] = timeline(history, {"kind": kind, "id": data["quote"][f"{kind}_id"]})
        assert (entry["kind"], entry["title"]) == ("change", "温湿度計の入れ替え")
        assert (entry["summary"]["about"], entry["summary"]["event"]) == ("quote", "quote.accepted.v1")
        assert (entry["summary"]["number"], entry["summary"]["total"]) == ("QUO1", "27500")


def test_a_quote_of_nobody_in_particular_stands_with_its_organization_alone(history):
    data = example_of(QuoteAccepted)["data"]
    contact_id, data["quote"]["contact_id"] = data["quote"]["contact_id"], None
    history.on_sale_event([make_event(QuoteAccepted, **data)])
    assert timeline(history, {"kind": "contact", "id": contact_id}) == []
    assert len(timeline(history, {"kind": "organization", "id": data["quote"]["organization_id"]})) == 1
