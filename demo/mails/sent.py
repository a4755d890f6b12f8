"""What our own people wrote: the Sent folders. Such a mail is filed under the one it was sent to."""

from functools import partial

from demo import people
from demo.mails.building import SALES, SUPPORT, DemoMail, at, message_id, posted
from demo.mails.sales import KOBAYASHI

NAKAMURA = f"中村 葵（よつば計測） <{SALES}>"
SUPPORT_DESK = f"よつば計測 サポート <{SUPPORT}>"

_mail = partial(posted, folder="Sent")


def mails() -> list[DemoMail]:
    """The mails of both Sent folders."""
    return [quote(), to_a_lead(), to_a_stranger(), answer_to_user(), answer_to_complaint()]


def quote() -> DemoMail:
    """The quote that 田中 asked for."""
    text = "田中様\n\nお世話になっております。よつば計測の中村です。\nお見積りをお送りいたします。"
    return _mail(
        "quote-answer",
        mailbox="sales",
        sender=NAKAMURA,
        to=people.TANAKA,
        subject="Re: お見積りのお願い（温湿度計 TH-20）",
        text=text,
        replies_to=[message_id("quote")],
        when=at(1, 15, 0),
        becomes="history",
    )


def to_a_lead() -> DemoMail:
    """An answer to somebody who is a lead by then."""
    text = "小林様\n\nカタログをお送りいたしました。デモ機は来週ご用意できます。"
    return _mail(
        "catalogue-answer",
        mailbox="sales",
        sender=NAKAMURA,
        to=KOBAYASHI,
        subject="Re: カタログ送付のお願い",
        text=text,
        replies_to=[message_id("catalogue")],
        when=at(1, 15, 20),
        becomes="joined",
    )


def to_a_stranger() -> DemoMail:
    """A mail to somebody nobody knows makes nothing: we wrote it, he did not."""
    text = "展示会でお名刺を頂戴しました。製品資料をお送りいたします。"
    return _mail(
        "exhibition",
        mailbox="sales",
        sender=NAKAMURA,
        to="松本 学 <matsumoto@nowhere-yet.example>",
        subject="展示会のお礼",
        text=text,
        when=at(2, 16, 0),
        becomes="nothing",
    )


def answer_to_user() -> DemoMail:
    """The support desk answers a stranger's question."""
    text = "Dear Ms Okafor,\n\nplease hold the button for five seconds; the display shows rSt.\n\nYotsuba support"
    return _mail(
        "reset-answer",
        mailbox="support",
        sender=SUPPORT_DESK,
        to="Ada Okafor <ada@okafor-studio.example>",
        subject="Re: How do I reset the TH-20?",
        text=text,
        replies_to=[message_id("reset")],
        when=at(1, 16, 30),
        becomes="nothing",
    )


def answer_to_complaint() -> DemoMail:
    """The support desk answers a complaint."""
    text = "田中様\n\nこの度はご迷惑をおかけし申し訳ございません。代替品を本日発送いたします。"
    return _mail(
        "complaint-answer",
        mailbox="support",
        sender=SUPPORT_DESK,
        to=people.TANAKA,
        subject="Re: 【クレーム】納品された温湿度計が不良品です",
        text=text,
        replies_to=[message_id("complaint")],
        when=at(0, 17, 30),
        becomes="history",
    )
