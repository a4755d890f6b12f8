import pytest

from chassis.ids import new_id
from chassis.testing import make_event
from contracts import ContactDeleted, MatchCorrected
from contracts.errors import Conflict, Invalid, NotFound, PreconditionFailed
from tests.services.decisions import contact, decision, mail_of
from tests.services.merges import merged
from tests.services.tickets.mails import COLLEAGUE, CUSTOMER, all_tickets, mails_on, support, told


def test_a_rematch_names_the_customer_and_opens_no_second_ticket(tickets):
    first, known = support(), contact()
    tickets.on_sender_decided([first])
    tickets.on_sender_decided([support(match=known, mail_id=mail_of(first), revision=2)])

    [ticket] = all_tickets(tickets)
    assert ticket["customer"] == known
    assert told(tickets) == ["ticket.opened.v1", "ticket.updated.v1"]


def test_revisions_out_of_order_leave_the_last_one(tickets):
    first, old, new = support(), contact(), contact()
    tickets.on_sender_decided([support(match=new, mail_id=mail_of(first), revision=3)])
    tickets.on_sender_decided([support(match=old, mail_id=mail_of(first), revision=2)])
    tickets.on_sender_decided([first])
    tickets.on_sender_decided([support(match=old, mail_id=mail_of(first), revision=2)])

    [ticket] = all_tickets(tickets)
    assert ticket["customer"] == new
    assert told(tickets) == ["ticket.opened.v1"]


def test_a_rematch_of_a_mailbox_that_only_suggests_changes_nothing(tickets):
    mail_id = new_id()
    tickets.open_ticket(data={"title": "電話で"}, mail_message_id=mail_id)
    tickets.on_sender_decided([support(match=contact(), mail_id=mail_id, revision=2, policy="suggest")])
    [ticket] = all_tickets(tickets)
    assert ticket["customer"] is None


def corrected(event, match):
    data = {"decision_id": new_id(), "mail_message_id": mail_of(event), "previous": None, "staff_user_id": None}
    return make_event(MatchCorrected, match=match, **data)


def test_a_correction_names_the_customer_also_when_it_comes_first(tickets):
    first, right = support(match=contact()), contact()
    tickets.on_match_corrected(corrected(first, right))
    tickets.on_sender_decided([first])
    assert all_tickets(tickets)[0]["customer"] == right
    tickets.on_match_corrected(corrected(first, None))
    assert all_tickets(tickets)[0]["customer"] is None


def test_a_customer_that_a_person_chose_stays(tickets):
    first, chosen = support(), contact()
    tickets.on_sender_decided([first])
    [ticket] = all_tickets(tickets)
    tickets.update_ticket(id=ticket["id"], data={"customer": chosen}, version=1)
    tickets.on_sender_decided([support(match=contact(), mail_id=mail_of(first), revision=2)])
    tickets.on_match_corrected(corrected(first, contact()))
    assert all_tickets(tickets)[0]["customer"] == chosen


def test_a_ticket_opened_by_hand_for_nobody_yet_gets_its_customer_by_a_rematch(tickets):
    mail_id, known = new_id(), contact()
    tickets.open_ticket(data={"title": "電話の件", "customer": None}, mail_message_id=mail_id)
    tickets.on_sender_decided([support(match=known, mail_id=mail_id, revision=2)])
    assert all_tickets(tickets)[0]["customer"] == known


@pytest.mark.parametrize("backwards", [False, True])
def test_a_merge_hands_tickets_on_and_a_late_event_follows(tickets, backwards):
    old, middle, survivor = contact(), contact(), contact()
    tickets.on_sender_decided([support(match=old)])
    merges = [merged(old, middle), merged(middle, survivor)]
    for event in merges[::-1] if backwards else merges:
        tickets.on_record_event(event)
    tickets.on_sender_decided([support(match=old, party=COLLEAGUE)])
    assert [ticket["customer"] for ticket in all_tickets(tickets)] == [survivor, survivor]


def test_the_tickets_of_a_deleted_contact_have_no_customer(tickets):
    gone = contact()
    tickets.on_sender_decided([support(match=gone)])
    tickets.on_record_event(make_event(ContactDeleted, contact_id=gone["id"]))
    assert all_tickets(tickets)[0]["customer"] is None


def test_a_ticket_opened_by_hand_from_a_mail_takes_its_replies(tickets):
    mail = {"message_id": "<call@kaisha.example.jp>", "references": [], "received_at": "2026-11-22T08:00:00Z"}
    data = {"title": "電話の件", "requester_address": CUSTOMER[1], "priority": "Low", "mail": mail}
    mail_id = new_id()
    ticket = tickets.open_ticket(data=data, mail_message_id=mail_id, idempotency_key="once")
    assert tickets.open_ticket(data=data, mail_message_id=mail_id, idempotency_key="once") == ticket
    with pytest.raises(Conflict, match="on a ticket already"):
        tickets.open_ticket(data=data, mail_message_id=mail_id)
    tickets.on_sender_decided([decision(party=CUSTOMER, in_reply_to="<call@kaisha.example.jp>")])
    assert len(mails_on(tickets, ticket)) == 2


def test_a_forbidden_change_of_status_and_an_old_version_are_refused(tickets):
    ticket = tickets.open_ticket(data={"title": "電話の件", "status": "Closed"})
    with pytest.raises(Conflict, match="Closed cannot become In Progress"):
        tickets.update_ticket(id=ticket["id"], data={"status": "In Progress"}, version=1)
    with pytest.raises(PreconditionFailed):
        tickets.update_ticket(id=ticket["id"], data={"status": "Open"}, version=7)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "title"),
        ({"title": "x", "priority": "Highest"}, "priority"),
        ({"title": "x", "customer": {"kind": "ticket", "id": new_id()}}, "customer"),
        ({"title": "x", "requester_address": "nobody"}, "requester_address"),
        ({"title": "x", "nonsense": 1}, "nonsense"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "x", "mail": {"references": ["a\x00b"]}}, "references"),
        ({"title": "x", "mail": {"received_at": "0001-01-01T00:00:00+14:00"}}, "mail"),
    ],
)
def test_a_field_that_cannot_be_is_named(tickets, data, field):
    with pytest.raises(Invalid) as refusal:
        tickets.open_ticket(data=data)
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize("id", [new_id(), "17", None])
def test_a_ticket_that_is_not_there_is_not_found(tickets, id):
    with pytest.raises(NotFound):
        tickets.ticket(id=id)


def test_the_tickets_that_a_person_has_to_look_at_are_found(tickets):
    tickets.on_sender_decided([support(), support(authentic=False)])
    doubtful, plain = all_tickets(tickets)
    assert tickets.tickets(needs_review=True)["items"] == [doubtful]
    assert tickets.tickets(needs_review=False)["items"] == [plain]


def test_tickets_are_listed_newest_first_page_by_page(tickets):
    for title in ("一", "二", "三"):
        tickets.open_ticket(data={"title": title})
    page = tickets.tickets(limit=2)
    rest = tickets.tickets(limit=2, cursor=page["next"])
    assert [ticket["title"] for ticket in page["items"] + rest["items"]] == ["三", "二", "一"]
    assert rest["next"] is None
    assert tickets.tickets(status="Closed")["items"] == []
    with pytest.raises(Invalid, match="no such status"):
        tickets.tickets(status="closed\x00")


def test_the_tickets_of_an_organization_are_its_own_those_of_its_people_and_those_written_from_there(tickets):
    company, person, stranger = (new_id() for _ in range(3))
    opened = [
        tickets.open_ticket(data={"title": "故障", "customer": {"kind": kind, "id": id}})["id"]
        for kind, id in (("organization", company), ("contact", person), ("contact", stranger))
    ]
    tickets.on_sender_decided([decision(match=contact(), purpose="support", organization_id=company)])
    [written] = [one["id"] for one in tickets.tickets(limit=1)["items"]]
    found = tickets.tickets(organization_id=company, people=[person], counted=True, limit=2)
    assert [one["id"] for one in found["items"]] == [written, opened[1]]
    assert (found["count"], found["exact"]) == (3, True)
    further = tickets.tickets(organization_id=company, people=[person], cursor=found["next"])
    assert ([one["id"] for one in further["items"]], "count" in further) == ([opened[0]], False)
    assert tickets.tickets(customer_id=person, counted=True)["count"] == 1


def test_more_people_than_a_query_can_bear_are_refused(tickets):
    with pytest.raises(Invalid):
        tickets.tickets(organization_id=new_id(), people=["x"] * 2_001)


def test_a_person_may_say_that_a_ticket_is_nobodys(tickets):
    opened = tickets.open_ticket(data={"title": "故障", "customer": {"kind": "contact", "id": new_id()}})
    assert tickets.update_ticket(id=opened["id"], data={"customer": None}, version=1)["customer"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("TT2", ["TT2"]),
        ("ｔｔ２", ["TT2"]),
        ("電源", ["TT2", "TT1"]),
        ("電源 鈴木", ["TT1"]),
        ("ADA", ["TT2"]),
        ("100%", []),
        ("\x00", ["TT2", "TT1"]),
        ("99999999999", []),
        (None, ["TT2", "TT1"]),
    ],
)
def test_tickets_are_found_by_number_title_and_who_asks(tickets, query, found):
    for title, name in (("電源が入らない 2件", "鈴木"), ("電源のこと", "Ada")):
        tickets.open_ticket(data={"title": title, "requester_name": name})
    assert [ticket["number"] for ticket in tickets.tickets(query=query)["items"]] == found
