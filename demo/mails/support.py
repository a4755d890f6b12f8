"""What people write to support@: each opens a ticket or answers on one; some cannot be believed."""

from functools import partial

from demo import people
from demo.mails.building import JIS, SUPPORT, DemoMail, File, at, crlf, message_id, posted

SEND_TO = f"よつば計測 サポート <{SUPPORT}>"
ADA = "Ada Okafor <ada@okafor-studio.example>"
FAILED_CHECK = (
    "Authentication-Results: mx.yotsuba.example; spf=fail smtp.mailfrom=abc.co.jp; dmarc=fail header.from=abc.co.jp"
)

_mail = partial(posted, mailbox="support", folder="INBOX", to=SEND_TO)


def mails() -> list[DemoMail]:
    """The mails of people in the inbox of support@."""
    known = [
        complaint(),
        complaint_goes_on(),
        angry_customer(),
        site_photo(),
        howto(),
        html_question(),
        german_customer(),
    ]
    unsure = [question(), answer_of_a_stranger(), shared_address(), without_subject()]
    return [*known, *unsure, forged_reply(), stranger_in_thread(), empty()]


def complaint() -> DemoMail:
    """A complaint of a customer whom we know: a ticket with high priority."""
    text = "ABC商事の田中です。\n先週納品された温湿度計10台のうち3台が動きません。不良品です。至急交換をお願いします。"
    return _mail(
        "complaint",
        sender=people.TANAKA,
        subject="【クレーム】納品された温湿度計が不良品です",
        text=text,
        charset=JIS,
        when=at(0, 13, 5),
        becomes="ticket High",
    )


def complaint_goes_on() -> DemoMail:
    """His answer belongs to the same ticket."""
    text = "田中です。早速のご対応ありがとうございます。代替品は工場宛にお願いします。"
    return _mail(
        "complaint-2",
        sender=people.TANAKA,
        subject="Re: 【クレーム】納品された温湿度計が不良品です",
        text=text,
        charset=JIS,
        replies_to=[message_id("complaint"), message_id("complaint-answer")],
        when=at(1, 9, 40),
        becomes="reply",
    )


def question() -> DemoMail:
    """Somebody whom nobody knows asks for help: a ticket without a customer."""
    text = "Hi,\n\nmy TH-20 shows Err2 since this morning. How do I reset it?\n\nAda"
    return _mail(
        "reset", sender=ADA, subject="How do I reset the TH-20?", text=text, when=at(1, 7, 30), becomes="ticket Normal"
    )


def answer_of_a_stranger() -> DemoMail:
    """Her thanks come onto her ticket, by the thread and because she takes part in it."""
    text = "That worked, thank you!\n\nAda\n\nOn Tue, Yotsuba support wrote:\n> please hold the button for five seconds"
    return _mail(
        "reset-2",
        sender=ADA,
        subject="Re: How do I reset the TH-20?",
        text=text,
        replies_to=[message_id("reset"), message_id("reset-answer")],
        when=at(2, 7, 45),
        becomes="reply",
    )


def angry_customer() -> DemoMail:
    """A complaint in English."""
    text = (
        "This is the third late delivery in a row, which is unacceptable. I expect a refund of the freight.\n\n"
        "Emma Clarke"
    )
    return _mail(
        "late", sender=people.CLARKE, subject="Late again", text=text, when=at(2, 18, 20), becomes="ticket High"
    )


def site_photo() -> DemoMail:
    """A question with a photo, from a name that ISO-2022-JP does not have."""
    photo = File("現場写真.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + bytes(256) + b"\xff\xd9")
    text = "髙橋工務店の髙橋です。\n写真の位置に設置しても問題ないでしょうか。"
    return _mail(
        "photo",
        sender=people.TAKAHASHI,
        subject="設置場所の確認（写真添付）",
        text=text,
        charset=JIS,
        files=[photo],
        when=at(2, 8, 15),
        becomes="ticket Normal",
    )


def howto() -> DemoMail:
    """An everyday question."""
    text = "ABC商事の鈴木です。\n記録データをCSVで出力する方法を教えてください。"
    return _mail(
        "csv",
        sender=people.SUZUKI,
        subject="CSV出力の方法について",
        text=text,
        when=at(3, 10, 0),
        becomes="ticket Normal",
    )


def html_question() -> DemoMail:
    """A question in HTML alone, with things in it that a mail should not have."""
    html = "<div>みどり食品の山本です。<br>電池の<i>交換時期</i>の目安はありますか。<script>alert('hello')</script><img src='http://tracker.example/open.gif'></div>"
    return _mail(
        "battery",
        sender=people.YAMAMOTO,
        subject="電池の交換時期",
        text="",
        html=html,
        when=at(3, 14, 10),
        becomes="ticket Normal",
    )


def shared_address() -> DemoMail:
    """An address that two contacts share: the ticket is opened, its customer is for a person to choose."""
    text = "佐藤です。受付の表示機が点灯しません。見ていただけますか。"
    return _mail(
        "dentist-help",
        sender=people.SATO_COUPLE,
        subject="表示機が点灯しない",
        text=text,
        when=at(3, 16, 30),
        becomes="ticket Normal",
    )


def german_customer() -> DemoMail:
    """Another language, another mailer."""
    text = (
        "Guten Tag,\n\n"
        "können Sie uns die Kalibrierdaten für Gerät 4711 schicken?\n\n"
        "Mit freundlichen Grüßen\n"
        "Lucas Meyer"
    )
    return _mail(
        "kalibrierung",
        sender=people.MEYER,
        to=SUPPORT,
        subject="Kalibrierdaten für Gerät 4711",
        text=text,
        charset="ISO-8859-1",
        when=at(4, 0, 40),
        becomes="ticket Normal",
    )


def without_subject() -> DemoMail:
    """No subject, as some phones send: the ticket is called by its first line."""
    text = "温度の表示が5度ずれています。\n直し方を教えてください。"
    return _mail(
        "no-subject",
        sender="渡辺 <watanabe-k@softbank.ne.jp>",
        subject="",
        text=text,
        when=at(4, 8, 55),
        becomes="ticket Normal",
    )


def forged_reply() -> DemoMail:
    """In the customer's name, into his thread, but his own domain says that he did not send it."""
    text = "交換は不要です。返送先を下記の住所に変更してください。"
    return _mail(
        "forged",
        sender=people.TANAKA,
        subject="Re: 【クレーム】納品された温湿度計が不良品です",
        text=text,
        replies_to=[message_id("complaint")],
        headers=[FAILED_CHECK],
        when=at(2, 3, 3),
        becomes="ticket High",
    )


def stranger_in_thread() -> DemoMail:
    """Somebody who has no part in a ticket refers to it."""
    text = "I was forwarded this. Please send me the customer's address and the serial numbers."
    return _mail(
        "curious",
        sender="P. Hale <p.hale@quickmail.example>",
        subject="Re: How do I reset the TH-20?",
        text=text,
        replies_to=[message_id("reset")],
        when=at(3, 19, 0),
        becomes="ticket Normal",
    )


def empty() -> DemoMail:
    """Nothing but line ends: no parser can say anything about it."""
    return DemoMail("empty", "support", "INBOX", crlf(b"\n\n"), at(4, 9, 30), "quarantined")
