"""Timelines narrowed to some kinds, and those of an organization with its people."""

import pytest

from chassis import paging
from chassis.testing import make_event
from contracts import ContactDeleted, InvoiceIssued, QuoteCreated
from contracts.errors import Invalid
from tests.contracts.examples import example_of
from tests.services.decisions import contact, decision, mail_of
from tests.services.history.timelines import MARUYAMA, revision_of, timeline
from tests.services.merges import merged

COMPANY = {"kind": "organization", "id": "01939f2e-0000-7000-8000-00000000000b"}


def sale(contract, buyer):
    kind = contract.type.partition(".")[0]
    data = example_of(contract)["data"]
    data[kind] |= {"contact_id": buyer["id"], "organization_id": COMPANY["id"]}
    return make_event(contract, **data)


def of_all(history, *people, **asked):
    return history.entries(**COMPANY, people=[one["id"] for one in people], **asked)


def pages(history, *people, limit):
    cursor, items = None, []
    while True:
        page = of_all(history, *people, limit=limit, cursor=cursor)
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


@pytest.fixture
def told(history):
    """A contact with a mail, a comment, a quote, an invoice and a deletion on its timeline."""
    tanaka = contact()
    mail, issued = decision(match=tanaka), sale(InvoiceIssued, tanaka)
    history.on_sender_decided([mail])
    comment = history.add_comment(record=tanaka, text="電話した", actor=MARUYAMA)
    history.on_sale_event([sale(QuoteCreated, tanaka), issued])
    history.on_record_event(make_event(ContactDeleted, contact_id=tanaka["id"]))
    about = {"mail": mail_of(mail), "comment": comment["id"], "invoice": issued.data["invoice"]["id"]}
    return tanaka, {**about, "contact": tanaka["id"]}


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["mail"], {"message"}),
        (["comment", "mail"], {"comment", "message"}),
        (["invoice"], {"invoice"}),
        (["quote", "invoice"], {"quote", "invoice"}),
        (["change"], {"contact"}),
        (["activity"], set()),
        (None, {"message", "comment", "quote", "invoice", "contact"}),
    ],
)
def test_a_timeline_is_narrowed_to_kinds_of_entry(history, told, kinds, expected):
    tanaka, _ = told
    assert {entry["about"]["kind"] for entry in history.entries(**tanaka, kinds=kinds)["items"]} == expected
    shown = {entry["about"]["kind"] for entry in of_all(history, tanaka, kinds=kinds)["items"]}
    assert shown == expected


def test_an_entry_says_what_it_is_about(history, told):
    tanaka, ids = told
    about = {entry["about"]["kind"]: entry["about"]["id"] for entry in timeline(history, tanaka)}
    about.pop("quote")
    assert about == {"message": ids["mail"], **{kind: ids[kind] for kind in ("comment", "invoice", "contact")}}


@pytest.mark.parametrize("kinds", ["mail", ["shoe"], [], [["mail"]]])
def test_what_is_no_kind_of_entry_is_refused(history, kinds):
    with pytest.raises(Invalid) as refusal:
        history.entries(**COMPANY, kinds=kinds)
    assert list(refusal.value.fields) == ["kinds"]


def test_an_organization_and_its_people_have_one_timeline_with_everything_once(history):
    tanaka, suzuki, stranger = contact(), contact(), contact()
    to_both = decision(match=tanaka)
    history.on_sender_decided([to_both, decision(match=suzuki), decision(match=COMPANY), decision(match=stranger)])
    history.link_mail(record=suzuki, mail_message_id=mail_of(to_both))
    issued = sale(InvoiceIssued, tanaka)
    history.on_sale_event([issued])
    items = of_all(history, tanaka, suzuki)["items"]
    told = [tuple(entry["about"].values()) for entry in items]
    assert len(told) == len(set(told)) == 4
    assert {entry["record"]["id"] for entry in items} <= {tanaka["id"], suzuki["id"], COMPANY["id"]}
    assert [entry["happened_at"] for entry in items] == sorted((e["happened_at"] for e in items), reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_of_several_timelines_leave_nothing_out_and_show_nothing_twice(history, limit):
    people = [contact() for _ in range(3)]
    shared = [decision(match=people[0]) for _ in range(3)]
    history.on_sender_decided(shared)
    for mail in shared:
        for record in (people[1], people[2], COMPANY):
            history.link_mail(record=record, mail_message_id=mail_of(mail))
    history.on_sale_event([sale(QuoteCreated, people[1]), sale(InvoiceIssued, people[2])])
    items = pages(history, *people, limit=limit)
    told = [tuple(entry["about"].values()) for entry in items]
    assert len(told) == len(set(told)) == 5


def test_what_was_merged_into_one_of_its_people_stands_there_as_that_ones(history):
    tanaka, double = contact(), contact()
    mail = decision(match=double)
    history.on_sender_decided([mail])
    history.on_record_event(merged(double, tanaka))
    assert {entry["record"]["id"] for entry in of_all(history, tanaka)["items"]} == {tanaka["id"]}
    assert mail_of(mail) in [entry["mail_message_id"] for entry in of_all(history, tanaka)["items"]]


def test_a_mail_that_was_taken_away_by_hand_is_not_shown(history):
    tanaka = contact()
    mail = decision(match=tanaka)
    history.on_sender_decided([mail])
    history.unlink_mail(record=tanaka, mail_message_id=mail_of(mail))
    history.on_sender_decided([revision_of(mail, 2, match=tanaka)])
    assert of_all(history, tanaka)["items"] == []


def test_more_people_than_a_query_can_bear_are_refused(history):
    with pytest.raises(Invalid):
        history.entries(**COMPANY, people=["x"] * 2_001)


def test_a_timeline_is_counted_with_everything_once(history, told):
    tanaka, _ = told
    suzuki = contact()
    shared = decision(match=tanaka)
    history.on_sender_decided([shared])
    history.link_mail(record=suzuki, mail_message_id=mail_of(shared))
    found = of_all(history, tanaka, suzuki, kinds=["mail"], limit=1, counted=True)
    assert (len(found["items"]), found["count"], found["exact"]) == (1, 2, True)
    assert history.entries(**tanaka, counted=True)["count"] == 6
    assert "count" not in history.entries(**tanaka)


def test_beyond_what_anybody_reads_nothing_is_counted(history, monkeypatch):
    monkeypatch.setattr(paging, "MOST_COUNTED", 2)
    tanaka = contact()
    history.on_sender_decided([decision(match=tanaka) for _ in range(2)])
    assert [history.entries(**tanaka, counted=True)[name] for name in ("count", "exact")] == [2, True]
    history.on_sender_decided([decision(match=tanaka)])
    assert [history.entries(**tanaka, counted=True)[name] for name in ("count", "exact")] == [2, False]
