"""What machines write: newsletters, bounces, automatic answers. None of it is a lead, a ticket or a history entry."""

from functools import partial

from demo import people
from demo.mails.building import SALES, SUPPORT, DemoMail, at, crlf, encoded, message_id, multipart, posted

TO_SALES = f"よつば計測 営業部 <{SALES}>"
TO_SUPPORT = f"よつば計測 サポート <{SUPPORT}>"

_mail = partial(posted, folder="INBOX", becomes="nothing")


def mails() -> list[DemoMail]:
    """The mails of machines in both inboxes."""
    return [
        newsletter(),
        advertisement(),
        bounce(),
        out_of_office(),
        mailing_list(),
        ticket_auto_reply(),
        read_receipt(),
    ]


def newsletter() -> DemoMail:
    """A newsletter, from a company whose people are customers."""
    headers = [
        "List-Unsubscribe: <mailto:off@news.midori-foods.example>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ]
    return _mail(
        "newsletter",
        mailbox="sales",
        sender="みどり食品ニュース <news@midori-foods.example>",
        to=TO_SALES,
        subject="【みどり通信】11月号 秋の新商品",
        text="秋の新商品をご紹介します。",
        headers=headers,
        when=at(0, 7, 0),
    )


def advertisement() -> DemoMail:
    """Advertising that says of itself that it is bulk."""
    return _mail(
        "advert",
        mailbox="sales",
        sender="Office Deals <deals@office-deals.example>",
        to=TO_SALES,
        subject="50% off chairs, today only",
        text="Everything must go!",
        headers=["Precedence: bulk"],
        when=at(1, 6, 30),
    )


def bounce() -> DemoMail:
    """A mail of ours could not be delivered (RFC 3464)."""
    when = at(2, 16, 1)
    explanation = b"Content-Type: text/plain; charset=us-ascii\n\nYour message could not be delivered: no such user.\n"
    status = (
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.nowhere-yet.example\n\n"
        b"Final-Recipient: rfc822; matsumoto@nowhere-yet.example\nAction: failed\nStatus: 5.1.1\n"
        b"Diagnostic-Code: smtp; 550 5.1.1 no such user\n"
    )
    returned = (
        f"Content-Type: text/rfc822-headers\n\nFrom: {SALES}\nMessage-ID: <{message_id('exhibition')}>\n".encode()
    )
    body = multipart("report", [explanation, status, returned], "dsn-1", parameters="; report-type=delivery-status")
    head = (
        f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.nowhere-yet.example>\nTo: {SALES}\n"
        f"Subject: Undelivered Mail Returned to Sender\nDate: Wed, 04 Nov 2026 16:01:00 +0900\n"
        f"Message-ID: <{message_id('bounce')}>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
    )
    return DemoMail("bounce", "sales", "INBOX", crlf(head.encode() + body), when, "nothing")


def out_of_office() -> DemoMail:
    """The automatic answer of a customer who is away."""
    return _mail(
        "away",
        mailbox="sales",
        sender=people.YAMAMOTO,
        to=TO_SALES,
        subject="自動応答: 不在のお知らせ",
        text="11月6日まで不在にしております。",
        headers=["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"],
        when=at(1, 15, 1),
    )


def mailing_list() -> DemoMail:
    """A mailing list of engineers."""
    return _mail(
        "list",
        mailbox="support",
        sender="K. Itoh <itoh@sensors-ml.example>",
        to="sensors@sensors-ml.example",
        subject="[sensors 1204] PT100の配線",
        text="三線式の配線について質問です。",
        headers=["List-Id: <sensors.sensors-ml.example>", "Precedence: list"],
        when=at(1, 19, 0),
    )


def ticket_auto_reply() -> DemoMail:
    """A machine answers the support desk: never a ticket, or two systems would write to each other for ever."""
    return _mail(
        "robot",
        mailbox="support",
        sender="Helpdesk <helpdesk@okafor-studio.example>",
        to=TO_SUPPORT,
        subject="Automatic reply: Re: How do I reset the TH-20?",
        text="We have received your message.",
        replies_to=[message_id("reset-answer")],
        headers=["Auto-Submitted: auto-replied"],
        when=at(1, 16, 31),
    )


def read_receipt() -> DemoMail:
    """Somebody opened a mail of ours (RFC 8098)."""
    when = at(1, 18, 0)
    notice = b"Content-Type: text/plain; charset=us-ascii\n\nThe message was displayed.\n"
    told = (
        b"Content-Type: message/disposition-notification\n\n"
        b"Final-Recipient: rfc822; tanaka@abc.co.jp\nDisposition: manual-action/MDN-sent-manually; displayed\n"
    )
    body = multipart("report", [notice, told], "mdn-1", parameters="; report-type=disposition-notification")
    head = (
        f"From: tanaka@abc.co.jp\nTo: {SUPPORT}\nSubject: {encoded('開封済み: 代替品の発送', 'UTF-8')}\n"
        f"Date: Tue, 03 Nov 2026 18:00:00 +0900\nMessage-ID: <{message_id('receipt')}>\nMIME-Version: 1.0\n"
    )
    return DemoMail("receipt", "support", "INBOX", crlf(head.encode() + body), when, "nothing")
