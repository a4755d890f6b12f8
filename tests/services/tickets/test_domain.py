import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict
from services.tickets.domain import Desk, arrival, complains, file_batch, kept_keys, thread_key, title_of
from services.tickets.forms import check_transition
from services.tickets.tokens import Claim, claims, key_from_secret, token
from services.tickets.words import Word, supersedes
from tests.services.decisions import decision

KEY, OLD_KEY = key_from_secret("new"), key_from_secret("old")


def claims_of(*, subject="", recipients=(), references=(), in_reply_to=None, keys=(KEY,)):
    event = decision(subject=subject, recipients=recipients, references=list(references), in_reply_to=in_reply_to)
    return claims(event.data["mail"], event.data["personal"], keys=keys)


@pytest.mark.parametrize(
    "place",
    [
        {"subject": "Re: [#{token}] 見積の件"},
        {"recipients": ("desk+{token}@musubi.example",)},
        {"references": ("<x@example.jp>", "<{token}.0193a@musubi.example>")},
        {"in_reply_to": "<{token}.0193a@musubi.example>"},
    ],
    ids=lambda place: next(iter(place)),
)
@pytest.mark.parametrize("spelled", [str, str.lower, str.upper])
def test_a_token_is_found_wherever_mail_programs_keep_it_in_any_case(place, spelled):
    signed = spelled(token(12, key=KEY))
    filled = {
        name: text.format(token=signed) if isinstance(text, str) else tuple(one.format(token=signed) for one in text)
        for name, text in place.items()
    }
    assert claims_of(**filled) == [Claim(12, signed=True)]


def test_a_token_of_another_ticket_or_key_is_not_signed():
    twelve, thirteen = token(12, key=KEY), token(13, key=KEY)
    forged = f"TT12.{thirteen.split('.')[1]}"
    assert claims_of(subject=f"[#{forged}]") == [Claim(12, signed=False)]
    assert claims_of(subject=f"[#{token(12, key=OLD_KEY)}]") == [Claim(12, signed=False)]
    assert claims_of(subject=f"[#{token(12, key=OLD_KEY)}]", keys=(KEY, OLD_KEY)) == [Claim(12, signed=True)]
    assert claims_of(subject=f"[#{twelve}]", keys=()) == [Claim(12, signed=False)]


def test_signed_tokens_come_before_forged_ones():
    found = claims_of(subject="[#TT1.aaaaaaaaaaaaaaaa]", recipients=(f"desk+{token(9, key=KEY)}@musubi.example",))
    assert found == [Claim(9, signed=True), Claim(1, signed=False)]


@pytest.mark.parametrize("subject", ["[#TT1.ſaaaaaaaaaaaaaaa]", "[#TT١.aaaaaaaaaaaaaaaa]", "[#TT1.Kaaaaaaaaaaaaaaa]"])
def test_letters_that_only_look_like_those_of_a_token_make_none(subject):
    assert claims_of(subject=subject) == []


def test_a_bare_number_is_no_token():
    assert claims_of(subject="Re: TT12, [#TT12] and [#TT12.short]") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("先日の対応についてクレームです", True),
        ("苦情を申し上げます", True),
        ("返金してください", True),
        ("その説明では納得できません", True),
        ("I want a REFUND now", True),
        ("two complaints about you", True),
        ("ｃｏｍｐｌａｉｎｔ", True),
        ("困ります！ｒｅｆｕｎｄ！", True),
        ("ｸﾚｰﾑ（１回目）です", True),
        ("Ｒｅｆｕｎｄ１", False),
        ("見積をお願いします", False),
        ("refundable tickets are fine", False),
        ("ありがとうございました", False),
    ],
)
def test_a_complaint_is_known_by_its_words(text, expected):
    assert complains({"subject": "", "excerpt": text}) is expected
    assert complains({"subject": text, "excerpt": ""}) is expected


def test_a_title_is_the_subject_else_the_first_line():
    assert title_of({"subject": " 動きません ", "excerpt": "本文"}) == "動きません"
    assert title_of({"subject": "", "excerpt": "\n  電源が入りません\n詳細"}) == "電源が入りません"
    assert title_of({"subject": "", "excerpt": ""}) == "(no subject)"


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ("Open", "In Progress", True),
        ("Open", "Closed", True),
        ("In Progress", "Wait For Response", True),
        ("Wait For Response", "Closed", True),
        ("Closed", "Open", True),
        ("Closed", "Closed", True),
        ("Closed", "In Progress", False),
        ("Closed", "Wait For Response", False),
    ],
)
def test_a_closed_ticket_is_opened_again_before_anything_else(old, new, allowed):
    if allowed:
        check_transition(old, new)
    else:
        with pytest.raises(Conflict, match="can become: Open"):
            check_transition(old, new)


@given(st.text(max_size=2_000))
def test_a_thread_key_fits_into_its_index_and_is_stable(message_id):
    key = thread_key(message_id)
    assert len(key.encode()) <= 200
    assert thread_key(key) == key


def test_of_many_references_the_root_and_the_nearest_are_kept():
    keys = [f"{n}@x" for n in range(30)]
    assert kept_keys(keys) == [*keys[:9], keys[-1]]
    assert kept_keys(keys[:3]) == keys[:3]


@given(st.permutations(range(5)))
def test_a_thread_lands_on_one_ticket_in_whatever_order_its_mails_are_read(order):
    mails = [
        decision(
            purpose="support",
            message_id=f"<{n}@abc.co.jp>",
            in_reply_to=f"<{n - 1}@abc.co.jp>" if n else None,
            references=[f"<{m}@abc.co.jp>" for m in range(n)],
        )
        for n in range(5)
    ]
    arrivals = [one for n in order if (one := arrival(mails[n], keys=[]))]
    ids = iter("abcde")
    filed = file_batch(arrivals, Desk(), new_id=lambda: next(ids))
    assert {one.ticket_id for one in filed} == {"a"}
    assert len(filed) == 5


@given(st.permutations(range(4)))
def test_a_reply_to_a_sales_mailbox_finds_its_ticket_wherever_in_the_batch_it_stands(order):
    question = decision(purpose="support", message_id="<0@abc.co.jp>")
    replies = [
        decision(
            purpose="sales",
            message_id=f"<{n}@abc.co.jp>",
            in_reply_to=f"<{n - 1}@abc.co.jp>",
            references=[f"<{m}@abc.co.jp>" for m in range(n)],
        )
        for n in range(1, 4)
    ]
    arrivals = [one for n in order if (one := arrival([question, *replies][n], keys=[]))]
    filed = file_batch(arrivals, Desk(), new_id=lambda: "a")
    assert sorted(one.arrival.own_key for one in filed) == [f"{n}@abc.co.jp" for n in range(4)]
    assert [one.opens for one in filed].count(True) == 1


def word(revision, at, *, by_person=False):
    return Word("mail", revision, f"2026-11-22T09:00:{at:02}.000000Z", by_person, None, None)


def test_the_higher_revision_counts_and_a_person_is_overruled_only_by_what_is_said_later():
    assert supersedes(word(3, 1), word(2, 5))
    assert not supersedes(word(2, 9), word(3, 1))
    assert not supersedes(word(2, 2), word(2, 1))
    assert supersedes(word(0, 5, by_person=True), word(3, 4))
    assert not supersedes(word(4, 4), word(3, 5, by_person=True))
    assert supersedes(word(4, 6), word(3, 5, by_person=True))
