"""The pure rules of the matcher, by tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.fields import NATURES
from contracts.senders import UNMATCHED_REASONS
from matcher_service import domain, prefill
from matcher_service.domain import Choice, Party
from tests.matcher_service.conftest import mail_event, mailbox

TANAKA = Party("sender", "田中 一郎", "tanaka@abc.co.jp", "tanaka@abc.co.jp", "from")
NOBODY = Party("sender", "", "", "", "none")
RANKS = {"contact": 1, "lead": 2, "organization": 3}


def candidate(kind="contact", record_id="1", *, weak=False):
    return {
        "kind": kind,
        "id": record_id,
        "label": f"{kind} {record_id}",
        "organization_id": None,
        "rank": RANKS[kind] + 3 * weak,
        "reason": "primary_address",
        "explanation": "tanaka@abc.co.jp is the primary mail address.",
        "weak": weak,
    }


def facts(**changes):
    return mail_event(**changes).data["mail"]


def party(**changes):
    data = mail_event(**changes).data
    return domain.party_of(data["mail"], data["personal"])


@pytest.mark.parametrize(
    ("changes", "role", "address"),
    [
        ({"sender": mailbox("tanaka@abc.co.jp")}, "sender", "tanaka@abc.co.jp"),
        ({"sender": mailbox("Tanaka@ABC.co.jp")}, "sender", "tanaka@abc.co.jp"),
        ({"sender": []}, "sender", ""),
        # An answer wanted elsewhere does not change who wrote.
        ({"sender": mailbox("tanaka@abc.co.jp"), "reply_to": mailbox("boss@abc.co.jp")}, "sender", "tanaka@abc.co.jp"),
        # Web forms: our own address, or one that nobody reads.
        ({"sender": mailbox("support@musubi.example"), "reply_to": mailbox("c@x.jp")}, "sender", "c@x.jp"),
        ({"sender": mailbox("no-reply@form.example"), "reply_to": mailbox("c@x.jp")}, "sender", "c@x.jp"),
        ({"sender": mailbox("no-reply@form.example")}, "sender", "no-reply@form.example"),
        ({"sender": mailbox("l@list.example"), "reply_to": mailbox("c@x.jp"), "nature": "list"}, "sender", "c@x.jp"),
        # A form that sends under the mailbox's own name counts as our own mail for the folder, not for the writer.
        (
            {"sender": mailbox("support@musubi.example"), "reply_to": mailbox("c@x.jp"), "direction": "outgoing"},
            "sender",
            "c@x.jp",
        ),
        ({"direction": "outgoing", "to": mailbox("c@x.jp", "d@x.jp")}, "recipient", "c@x.jp"),
        ({"direction": "outgoing", "to": mailbox("tanaka@abc.co.jp", "d@x.jp")}, "recipient", "d@x.jp"),
        ({"direction": "outgoing", "to": [], "cc": mailbox("e@x.jp")}, "recipient", "e@x.jp"),
        ({"direction": "outgoing", "to": []}, "recipient", ""),
        (
            {
                "direction": "outgoing",
                "folder": {"name": "Sent", "role": "sent"},
                "sender": mailbox("no-reply@musubi.example"),
                "reply_to": mailbox("support@musubi.example"),
                "to": mailbox("c@x.jp"),
            },
            "recipient",
            "c@x.jp",
        ),
    ],
)
def test_a_mail_is_about_its_writer_or_if_it_is_ours_its_first_recipient(changes, role, address):
    chosen = party(**changes)
    assert (chosen.role, chosen.canonical) == (role, address)


@pytest.mark.parametrize(
    ("changes", "who", "candidates", "choice", "expected"),
    [
        ({}, TANAKA, [candidate()], None, "contact 1"),
        ({}, TANAKA, [], None, "unknown"),
        ({}, TANAKA, [candidate(), candidate("contact", "2")], None, "several_candidates"),
        ({}, TANAKA, [candidate(), candidate("lead", "2"), candidate("organization", "3")], None, "contact 1"),
        ({}, TANAKA, [candidate("lead", "2"), candidate("organization", "3")], None, "lead 2"),
        ({}, TANAKA, [candidate("organization", "3")], None, "organization 3"),
        ({}, TANAKA, [candidate("lead", "2"), candidate("lead", "4")], None, "several_candidates"),
        ({}, TANAKA, [candidate(weak=True)], None, "unknown"),
        ({}, TANAKA, [candidate("organization", "3"), candidate(weak=True)], None, "organization 3"),
        ({"nature": "bounce"}, TANAKA, [candidate()], None, "machine"),
        ({"nature": "auto_reply"}, NOBODY, [], None, "machine"),
        ({"sender_ambiguous": True}, TANAKA, [candidate()], None, "sender_ambiguous"),
        ({"authentic": False}, TANAKA, [candidate()], None, "sender_ambiguous"),
        ({"authentic": False}, TANAKA, [candidate()], Choice({"kind": "contact", "id": "2"}), "sender_ambiguous"),
        ({"authentic": None}, TANAKA, [candidate()], None, "contact 1"),
        (
            {"sender_ambiguous": True},
            Party("recipient", "", "c@x.jp", "c@x.jp", "first_recipient"),
            [],
            None,
            "unknown",
        ),
        ({}, NOBODY, [], None, "no_address"),
        ({}, TANAKA, [candidate(), candidate("contact", "2")], Choice({"kind": "contact", "id": "2"}), "contact 2"),
        ({}, TANAKA, [candidate()], Choice({"kind": "contact", "id": "9"}, "鈴木"), "contact 9"),
        ({}, TANAKA, [candidate()], Choice(None), "unknown"),
        ({"nature": "list"}, TANAKA, [], Choice({"kind": "contact", "id": "9"}), "machine"),
    ],
)
def test_the_first_rule_that_fires_decides(changes, who, candidates, choice, expected):
    outcome = domain.decide(facts(**changes), who, candidates=candidates, choice=choice)
    found = f"{outcome.match['kind']} {outcome.match['id']}" if outcome.match else outcome.reason
    assert found == expected


def test_a_decision_tells_of_every_rule_tried_why_it_did_not_fire():
    outcome = domain.decide(facts(), TANAKA, candidates=[candidate(), candidate("contact", "2")], choice=None)
    assert [(step["rule"], step["fired"]) for step in outcome.tried] == [
        ("machine_mail", False),
        ("ambiguous_sender", False),
        ("no_address", False),
        ("remembered_choice", False),
        ("one_candidate", False),
        ("several_candidates", True),
    ]
    assert all(step["explanation"] for step in outcome.tried)
    assert outcome.tried[-2]["explanation"] == "2 records of the same kind hold this address."


candidates = st.lists(
    st.builds(candidate, st.sampled_from(list(RANKS)), st.sampled_from("123456"), weak=st.booleans()), max_size=6
)


@given(
    nature=st.sampled_from(NATURES),
    ambiguous=st.booleans(),
    who=st.sampled_from([TANAKA, NOBODY]),
    found=candidates,
    choice=st.none() | st.just(Choice(None)) | st.just(Choice({"kind": "contact", "id": "1"})),
)
def test_every_mail_is_either_matched_to_a_record_or_unmatched_for_a_reason(nature, ambiguous, who, found, choice):
    outcome = domain.decide(facts(nature=nature, sender_ambiguous=ambiguous), who, candidates=found, choice=choice)
    assert (outcome.state == "matched") == (outcome.match is not None) == (outcome.reason is None)
    assert outcome.reason is None or outcome.reason in UNMATCHED_REASONS
    assert outcome.tried[-1]["fired"]
    assert not any(step["fired"] for step in outcome.tried[:-1])
    assert outcome.candidates == found


@given(found=candidates)
def test_only_an_exact_candidate_is_ever_matched_and_never_a_worse_kind_than_there_is(found):
    outcome = domain.decide(facts(), TANAKA, candidates=found, choice=None)
    exact = [one for one in found if not one["weak"]]
    if outcome.match:
        assert [RANKS[outcome.match["kind"]]] == [min(one["rank"] for one in exact)]
    else:
        assert len(domain.best_of(found)) != 1


@pytest.mark.parametrize(
    ("found", "matched", "expected"),
    [
        ([], False, domain.UNKNOWN_ACTIONS),
        ([candidate(weak=True)], False, domain.UNKNOWN_ACTIONS),
        ([candidate(), candidate("contact", "2")], False, domain.KNOWN_ACTIONS),
        ([], True, domain.KNOWN_ACTIONS),
    ],
)
def test_the_panel_offers_what_suits_a_known_or_an_unknown_sender(found, matched, expected):
    assert domain.actions(found, matched=matched) == list(expected)


@pytest.mark.parametrize(
    ("data", "record", "heir"),
    [
        ({"contact_id": "1", "survivor_id": "2"}, ("contact", "1"), ("contact", "2")),
        ({"contact_id": "1"}, ("contact", "1"), None),
        ({"organization_id": "3"}, ("organization", "3"), None),
        ({"lead_id": "4", "canonical": "a@x.jp"}, ("lead", "4"), None),
        ({"lead_id": "4", "contact_id": "1", "organization_id": "3"}, ("lead", "4"), ("contact", "1")),
        ({"lead_id": "4", "contact_id": None, "organization_id": "3"}, ("lead", "4"), ("organization", "3")),
    ],
)
def test_a_record_that_goes_leaves_its_place_to_its_heir(data, record, heir):
    gone, follower = domain.gone_record(data)
    assert (gone["kind"], gone["id"]) == record
    assert (follower and (follower["kind"], follower["id"])) == heir


@pytest.mark.parametrize(
    ("display_name", "names"),
    [
        ("田中 一郎", ("田中", "一郎")),
        ("田中　一郎", ("田中", "一郎")),
        ("Ichiro Tanaka", ("Tanaka", "Ichiro")),
        ("Tanaka, Ichiro", ("Tanaka", "Ichiro")),
        ('"Tanaka"', ("Tanaka", "")),
        ("tanaka@abc.co.jp", ("tanaka", "")),
        ("", ("tanaka", "")),
    ],
)
def test_a_form_gets_the_names_out_of_the_senders_display_name(display_name, names):
    assert prefill.names(display_name, "tanaka@abc.co.jp") == names


@pytest.mark.parametrize(
    ("canonical", "company"),
    [
        ("tanaka@abc.co.jp", "abc"),
        ("tanaka@mail.abc.co.jp", "abc"),
        ("tanaka@abc.com", "abc"),
        ("tanaka@abc.jp", "abc"),
        ("tanaka@co.jp", "co"),
        ("tanaka@gmail.com", ""),
        ("taro..y@docomo.ne.jp", ""),
        ("", ""),
    ],
)
def test_a_form_gets_the_company_out_of_the_domain_unless_it_is_a_private_providers(canonical, company):
    assert prefill.company(canonical) == company
