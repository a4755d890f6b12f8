"""The cards of what belongs to a record."""

from datetime import UTC
from uuid import uuid4

import pytest
from flask import g

from gateway.web.app import create_screens
from gateway.web.contacts.fields import CONTACT
from gateway.web.records import belonging, related

NOTHING = {"items": [], "count": 0, "exact": True, "error": None}
AWAY = {**NOTHING, "count": None, "exact": False, "error": {"status": 503, "detail": "tickets does not answer"}}
QUOTE = {"id": str(uuid4()), "number": "QUO1", "subject": "入れ替え", "stage": "Delivered", "total": "270600"}


@pytest.fixture
def asked():
    with create_screens("http://127.0.0.1:1").test_request_context("/"):
        g.language, g.zone = "en", UTC
        yield


def test_a_part_that_does_not_answer_says_so_and_the_others_stand(asked):
    parts = {"tickets": AWAY, "quotes": {**NOTHING, "items": [{**QUOTE, "currency": "JPY"}], "count": 1}}
    tickets, quotes = related.cards(CONTACT, uuid4(), parts)
    assert (tickets["name"], bool(tickets["failed"]), tickets["rows"]) == ("tickets", True, [])
    assert quotes["rows"][0]["facts"] == "Delivered · JP¥270,600"
    assert quotes["rows"][0]["paper"] == f"/api/v1/quotes/{QUOTE['id']}.pdf"


def test_of_what_there_is_nothing_there_is_no_card(asked):
    assert related.cards(CONTACT, uuid4(), {"tickets": NOTHING, "quotes": NOTHING}) == []


def test_where_there_are_more_a_card_leads_to_all_of_them(asked):
    id = uuid4()
    mail = {"kind": "mail", "about": {"kind": "message", "id": str(uuid4())}, "record": {"id": str(id)}, "summary": {}}
    mail |= {"title": "見積依頼", "happened_at": "2026-11-22T00:30:00Z"}
    [card] = related.cards(CONTACT, id, {"mails": {**NOTHING, "items": [mail], "count": 7}})
    assert card["whole"] == f"/contacts/{id}/timeline"
    assert card["rows"][0]["facts"] == "Mail received · 22 Nov 2026 00:30"


def test_a_mail_of_somebody_else_says_who_wrote_it_and_leads_to_its_ticket(asked):
    id, ticket = uuid4(), str(uuid4())
    mail = {"kind": "mail", "about": {"kind": "message", "id": str(uuid4())}, "record": {"id": str(id)}}
    mail |= {"title": "Re: 校正", "happened_at": "2026-11-22T00:30:00Z", "ticket_id": ticket}
    for party, name in (
        ({"name": "同僚", "address": "a@abc.example"}, "同僚"),
        ({"address": "a@abc.example"}, "a@abc.example"),
    ):
        [card] = related.cards(CONTACT, id, {"mails": {**NOTHING, "items": [{**mail, "summary": {"party": party}}]}})
        assert card["rows"][0]["facts"] == f"Mail from {name} on a ticket · 22 Nov 2026 00:30"
        assert card["rows"][0]["url"] == f"/tickets/{ticket}"


def test_whoever_may_write_gets_a_card_with_what_can_be_added_also_where_there_is_nothing(asked):
    id = uuid4()
    [card] = related.cards(CONTACT, id, {"quotes": NOTHING}, adds=True)
    assert card["adding"] == [("Quote", f"/quotes/new?contact_id={id}")]
    [card] = related.cards(CONTACT, id, {"open_activities": NOTHING}, adds=True)
    assert card["adding"][1] == ("Call", f"/activities/new?kind=call&about=contact:{id}")


@pytest.mark.parametrize(
    ("part", "item", "comes_off"),
    [
        ("tickets", {"customer": {"kind": "contact", "id": "1"}}, True),
        ("tickets", {"customer": {"kind": "contact", "id": "2"}}, False),
        ("tickets", {"customer": None}, False),
        ("mails", {"record": {"kind": "contact", "id": "1"}}, True),
        ("mails", {"record": {"kind": "contact", "id": "2"}}, False),
        ("quotes", {"stage": "Created", "organization_id": "3"}, True),
        ("quotes", {"stage": "Created", "organization_id": None}, False),
        ("invoices", {"stage": "Sent", "organization_id": "3"}, False),
        ("leads", {}, False),
    ],
)
def test_what_belongs_to_a_record_itself_comes_off_unless_it_has_to_be_somebody_s(part, item, comes_off):
    assert belonging.comes_off("contact", part, "1", item) is comes_off


def test_an_activity_stays_with_the_others_whom_it_is_about():
    other, own = ({"kind": "contact", "id": id} for id in ("2", "1"))
    assert belonging.change("contact", "activities", "1", {"about": [other, own]}, "") == {"about": [other]}
    assert belonging.change("contact", "activities", "1", {"about": [other]}, "1") == {"about": [other, own]}


def test_whom_each_belonged_to_before_comes_back_out_of_the_address_and_nothing_else_does():
    one, two, other = (str(uuid4()) for _ in range(3))
    before = {one: "", two: f"contact:{other}"}
    assert belonging.unpacked(belonging.packed(before), most=2) == before
    assert belonging.unpacked(f"{one}=,../x=1,,{two}", most=2) == {one: ""}
