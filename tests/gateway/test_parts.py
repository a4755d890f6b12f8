"""The gateway's own rules, without a server: limits, the live feed's hub, harmless HTML, file names, forms."""

import pytest

from chassis import testing
from chassis.http import CONNECTIONS_EACH, MAX_CONNECTIONS
from chassis.settings import load
from contracts import StaffUserCreated
from contracts.errors import Invalid, TooManyRequests
from gateway import downloads, mail_html, prefill
from gateway.api.schemas.matching import ACTIONS
from gateway.live import BACKLOG, CLIENTS_EACH, GAP, REMEMBERED, Frame, LiveHub
from gateway.rate_limit import RateLimit
from gateway.settings import GatewaySettings
from matcher_service.domain import KNOWN_ACTIONS, UNKNOWN_ACTIONS

UUID = "01a20521-2d3d-7181-9150-c220fbfce669"
PANEL = {
    "decision": {"match": None, "organization_id": None},
    "candidates": [],
    "form": {
        "last_name": "山田",
        "first_name": "太郎",
        "company": "abc",
        "address": "yamada@abc.example",
        "title": "見積もりのお願い",
        "description": "お願いします。",
    },
}
MESSAGE = {"subject": "見積もりのお願い", "received_at": "2026-11-22T20:00:00.000000Z", "direction": "incoming"}


def event():
    return testing.make_event(StaffUserCreated, staff_user_id=UUID, role="staff")


def subscribed(hub, *wanted, principal="p", last=None):
    return hub.subscribe(principal_id=principal, wanted=wanted, last_event_id=last)


def waiting(client):
    return [client.queue.get_nowait() for _ in range(client.queue.qsize())]


def test_a_rate_limit_lets_a_burst_through_and_then_an_even_stream():
    now = [0.0]
    limit = RateLimit(60, clock=lambda: now[0])
    assert all(limit.hit("a").allowed for _ in range(60))
    refused = limit.hit("a")
    assert not refused.allowed
    assert 0 < refused.retry_after <= 1
    now[0] = 1.0
    assert limit.hit("a").allowed
    assert not limit.hit("a").allowed
    assert limit.hit("b").remaining == 59


def test_a_request_taken_back_makes_room_for_another():
    limit = RateLimit(2, clock=lambda: 0.0)
    assert [limit.hit("a").allowed for _ in range(3)] == [True, True, False]
    limit.take_back("a")
    assert [limit.hit("a").allowed for _ in range(2)] == [True, False]


def test_behind_a_proxy_all_connections_may_come_from_one_address():
    assert load(GatewaySettings, {}).connections_each == CONNECTIONS_EACH
    assert load(GatewaySettings, {"MUSUBI_TRUSTED_PROXIES": "1"}).connections_each == MAX_CONNECTIONS


def test_every_client_gets_every_event_it_wants():
    hub = LiveHub()
    everything, tickets = subscribed(hub), subscribed(hub, "ticket.")
    frame = Frame(event())
    hub.publish(frame)
    assert waiting(everything) == [frame]
    assert waiting(tickets) == []


def test_a_client_that_reads_too_slowly_is_cut_and_the_others_go_on():
    hub = LiveHub()
    slow, quick = subscribed(hub), subscribed(hub)
    for _ in range(BACKLOG + 1):
        hub.publish(Frame(event()))
        waiting(quick)
    assert slow.cut
    assert not quick.cut
    assert slow.queue.qsize() == BACKLOG


def test_who_comes_back_gets_what_was_missed_and_after_too_long_a_gap():
    hub = LiveHub()
    events = [event() for _ in range(REMEMBERED + 1)]
    frames = [Frame(one) for one in events]
    for frame in frames:
        hub.publish(frame)
    assert waiting(subscribed(hub, last=events[-3].id)) == frames[-2:]
    assert waiting(subscribed(hub, last=events[0].id)) == [GAP]
    assert waiting(subscribed(hub)) == []


def test_one_person_cannot_take_all_places_of_the_live_feed():
    hub = LiveHub(max_clients=CLIENTS_EACH + 1)
    for _ in range(CLIENTS_EACH):
        subscribed(hub, principal="greedy")
    with pytest.raises(TooManyRequests):
        subscribed(hub, principal="greedy")
    subscribed(hub, principal="modest")
    with pytest.raises(TooManyRequests):
        subscribed(hub, principal="late")


def test_a_stream_ends_when_the_process_stops():
    hub = LiveHub()
    client = subscribed(hub)
    stream = hub.stream(client, still_welcome=lambda: True)
    assert next(stream) == b"retry: 2000\n\n"
    hub.publish(Frame(event()))
    assert next(stream).startswith(b"id: ")
    hub.close()
    assert list(stream) in ([], [b""])


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>bad()</script>",
        '<p onclick="bad()">x</p>',
        '<a href="javascript:bad()">x</a>',
        '<a href="data:text/html,bad">x</a>',
        '<a href=" jAvAsCrIpT:bad()">x</a>',
        '<a href="da&#9;ta:text/html,bad">x</a>',
        '<img src="http://bad.example/a.png">',
        '<img src="//bad.example/a.png">',
        '<img src="data:image/svg+xml;base64,bad">',
        '<img src="x" srcset="http://bad.example/a.png 2x">',
        '<img src="bad.png">',
        '<div style="background:url(http://bad.example)">x</div>',
        '<td background="http://bad.example">x</td>',
        "<style>@import 'http://bad.example'</style>",
        '<link rel=stylesheet href="http://bad.example">',
        '<form action="http://bad.example"><input name=bad></form>',
        '<iframe src="http://bad.example"></iframe>',
        "<svg><script>bad()</script></svg>",
        '<object data="http://bad.example"></object>',
        '<meta http-equiv=refresh content="0;url=http://bad.example">',
        '<base href="http://bad.example">',
        "<!-- bad -->",
        '<img src="cid:bad@unknown">',
    ],
)
def test_nothing_hostile_is_left_in_a_mail(hostile):
    assert "bad" not in mail_html.harmless(hostile, inline={})


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "hostile",
    [
        "<img " * 200_000,
        "<img src=" + " " * 900_000,
        "<img " + "src " * 240_000,
        "<div>" * 200_000,
        "<p>" + "".join(f"<font size={number}>" for number in range(5_000)) + "<p>x" * 50_000,
        "<b>" * 300_000,
    ],
)
def test_a_mail_made_to_keep_the_cleaner_busy_does_not(hostile):
    assert not mail_html.has_remote_images(hostile)
    assert len(mail_html.harmless(hostile, inline={})) < 10_000


def test_a_newsletter_of_many_tables_and_colours_is_shown():
    cell = '<td><font color="#333"><b>値引き</b> <a href="https://shop.example/">詳しく</a></font></td>'
    html = "<table><tr><td>" * 20 + f"<table><tr>{cell * 5}</tr></table>" * 300 + "</td></tr></table>" * 20
    assert mail_html.harmless(html, inline={}).count("値引き") == 1_500


def test_the_words_the_links_and_the_inline_images_of_a_mail_stay():
    html = '<p>こんにちは <a href="https://abc.example/">詳細</a><img src="cid:logo@abc" alt="印"></p>'
    safe = mail_html.harmless(html, inline={"logo@abc": "/api/v1/messages/1/attachments/2"})
    assert "こんにちは" in safe
    assert 'href="https://abc.example/"' in safe
    assert 'rel="noopener noreferrer nofollow"' in safe
    assert 'src="/api/v1/messages/1/attachments/2"' in safe


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("見積書.pdf", "見積書.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie_ x"),
        ("gpj.\u202eexe", "gpj.exe"),
        ('a"b\\c.txt', "a_b_c.txt"),
        ("\x00", "file"),
        ("...", "file"),
    ],
)
def test_a_file_name_from_outside_cannot_leave_its_header_or_its_folder(name, safe):
    assert downloads.safe_name(name) == safe


def test_a_sign_that_ascii_turns_into_a_quote_or_a_slash_cannot_leave_the_header_either():
    plain = downloads.disposition("a＂; filename=evil.exe; x=＂／．．／b.txt").partition("; filename*=")[0]
    assert plain == 'attachment; filename="a_; filename=evil.exe; x=__.._b.txt"'


def test_a_japanese_file_name_reaches_the_browser():
    assert "filename*=UTF-8''%E8%A6%8B%E7%A9%8D%E6%9B%B8.pdf" in downloads.disposition("見積書.pdf")


def test_what_a_person_writes_goes_over_what_the_mail_says():
    values = prefill.filled("add_contact", panel=PANEL, message=MESSAGE, body={"first_name": "次郎"})
    assert (values["last_name"], values["first_name"]) == ("山田", "次郎")
    assert values["addresses"] == ["yamada@abc.example"]


def test_every_action_that_the_matcher_offers_can_be_done_and_no_other():
    offered = {*KNOWN_ACTIONS, *UNKNOWN_ACTIONS}
    assert offered == set(ACTIONS) == set(prefill.PREFILLS)


def test_a_ticket_is_for_whom_the_mail_was_matched_with():
    record = {"kind": "contact", "id": UUID}
    panel = {**PANEL, "decision": {"match": record}}
    assert prefill.add_ticket(panel, MESSAGE)["customer"] == record
    assert prefill.add_ticket(PANEL, MESSAGE)["customer"] is None


def test_select_takes_the_best_sure_candidate_and_never_a_likely_one():
    weak, sure = ({"kind": "contact", "id": id, "weak": weak} for id, weak in (("1", True), ("2", False)))
    assert prefill.select({**PANEL, "candidates": [weak, sure]}, MESSAGE) == {"record": {"kind": "contact", "id": "2"}}
    with pytest.raises(Invalid):
        prefill.filled("select", panel={**PANEL, "candidates": [weak]}, message=MESSAGE, body={})
