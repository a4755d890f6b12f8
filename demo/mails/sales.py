"""What people write to sales@: customers whom we know, strangers who become leads, some who cannot be told apart."""

from functools import partial

from demo import people
from demo.mails.building import JIS, SALES, DemoMail, File, at, posted

KOBAYASHI = "小林 正人 <kobayashi@kobayashi-print.example>"
GRANT = "Olivia Grant <olivia@grantbrewing.example>"
TAKAMATSU = "㈱髙松製作所 髙松 <takamatsu@takamatsu-mfg.example>"
HANAKO = "はなこ <hanako.@docomo.ne.jp>"
SEND_TO = f"よつば計測 営業部 <{SALES}>"
PDF = b"%PDF-1.4\n% an order form that nobody needs to open\n%%EOF\n"
DRAWING_BYTES = 1_200_000

_mail = partial(posted, mailbox="sales", folder="INBOX", to=SEND_TO)


def mails() -> list[DemoMail]:
    """The mails of people in the inbox of sales@."""
    known = [quote_request(), from_his_mobile(), order_with_form(), to_the_office(), second_address(), reply_all()]
    strangers = [first_inquiry(), second_thoughts(), english_prospect(), dotted_address(), web_form()]
    odd = [old_windows_mailer(), html_only(), shift_jis(), greeting_card(), huge_drawing()]
    return [*known, *strangers, *odd, shared_address(), two_senders()]


def quote_request() -> DemoMail:
    """A customer asks for a quote, in ISO-2022-JP as many Japanese mailers still send."""
    text = (
        "よつば計測 営業部 御中\n\n"
        "いつもお世話になっております。ABC商事の田中です。\n"
        "温湿度計 TH-20 を①本社に10台、②工場に5台、お見積りください。\n\n"
        "田中"
    )
    return _mail(
        "quote",
        sender=people.TANAKA,
        subject="お見積りのお願い（温湿度計 TH-20）",
        text=text,
        charset=JIS,
        when=at(0, 9, 12),
        becomes="history",
    )


def from_his_mobile() -> DemoMail:
    """The same person from his mobile, an address with two dots in a row that no standard allows."""
    text = "田中です。外出先からです。先ほどの見積り、金曜までにいただけると助かります。"
    return _mail(
        "mobile", sender=people.TANAKA_MOBILE, subject="見積りの件", text=text, when=at(0, 12, 40), becomes="history"
    )


def order_with_form() -> DemoMail:
    """An order with a PDF whose name is Japanese."""
    text = "ABC商事 購買の鈴木です。\n注文書をお送りします。ご確認のほどお願いいたします。"
    form = File("注文書_20261103.pdf", "application/pdf", PDF)
    return _mail(
        "order",
        sender=people.SUZUKI,
        subject="注文書の送付",
        text=text,
        files=[form],
        when=at(1, 10, 5),
        becomes="history",
    )


def to_the_office() -> DemoMail:
    """From an address that belongs to a company, not to a person."""
    text = "ABC商事 総務部です。\n年末年始の休業日（12月29日〜1月4日）をお知らせいたします。"
    return _mail(
        "office",
        sender=people.ABC_OFFICE,
        subject="年末年始休業のお知らせ",
        text=text,
        when=at(1, 11, 30),
        becomes="history",
    )


def second_address() -> DemoMail:
    """A customer writes from her private address."""
    text = "Hello,\n\nwriting from home: could we move Thursday's call to 10:00 JST?\n\nEmma"
    return _mail(
        "private",
        sender=people.CLARKE_PRIVATE,
        subject="Thursday's call",
        text=text,
        when=at(1, 20, 15),
        becomes="history",
    )


def first_inquiry() -> DemoMail:
    """A stranger asks for a catalogue."""
    text = (
        "はじめてご連絡いたします。小林印刷の小林と申します。\n"
        "印刷工場の湿度管理を検討しており、カタログをお送りいただけますでしょうか。"
    )
    return _mail(
        "catalogue", sender=KOBAYASHI, subject="カタログ送付のお願い", text=text, when=at(0, 10, 20), becomes="lead"
    )


def second_thoughts() -> DemoMail:
    """The same stranger again."""
    text = "小林です。先ほどの件、できればデモ機もお借りしたいです。よろしくお願いいたします。"
    return _mail(
        "demo-unit",
        sender=KOBAYASHI,
        subject="Re: カタログ送付のお願い",
        text=text,
        when=at(0, 16, 45),
        becomes="joined",
    )


def english_prospect() -> DemoMail:
    """A stranger from abroad."""
    text = (
        "Dear Yotsuba team,\n\n"
        "we run a small brewery and need 12 loggers for our cold rooms.\n"
        "Do you ship to Ireland?\n\n"
        "Olivia Grant"
    )
    return _mail(
        "brewery",
        sender=GRANT,
        subject="Temperature loggers for a brewery",
        text=text,
        when=at(1, 8, 2),
        becomes="lead",
    )


def old_windows_mailer() -> DemoMail:
    """ISO-2022-JP with ㈱, 髙 and ①, which the charset does not have and Windows sends all the same."""
    text = "㈱髙松製作所の髙松と申します。\n①校正証明書の有無 ②納期 ③支払条件 について教えてください。"
    return _mail(
        "calibration",
        sender=TAKAMATSU,
        subject="㈱髙松製作所より①校正のご相談",
        text=text,
        charset=JIS,
        when=at(2, 9, 0),
        becomes="lead",
    )


def html_only() -> DemoMail:
    """A mail without any plain text."""
    html = (
        "<html><body><p>お世話になります。<b>ひかり農園</b>の森です。</p>"
        "<p>ビニールハウス用のセンサーを探しています。</p></body></html>"
    )
    return _mail(
        "greenhouse",
        sender="森 ひかり <mori@hikari-farm.example>",
        subject="ハウス用センサーについて",
        text="",
        html=html,
        when=at(2, 14, 30),
        becomes="lead",
    )


def dotted_address() -> DemoMail:
    """A stranger whose address ends with a dot before the @, as an old mobile contract gave it out."""
    text = "個人でも購入できますか。1台だけほしいです。"
    return _mail("private-buyer", sender=HANAKO, subject="個人での購入", text=text, when=at(2, 21, 10), becomes="lead")


def shift_jis() -> DemoMail:
    """Shift_JIS, with characters that only Microsoft's form of it has."""
    text = "㈲いろは商店の石田です。\n№3のサンプルを希望します。"
    return _mail(
        "sample",
        sender="石田 誠 <ishida@iroha-shop.example>",
        subject="サンプル希望（№3）",
        text=text,
        charset="cp932",
        when=at(3, 9, 50),
        becomes="lead",
    )


def web_form() -> DemoMail:
    """Our own web form writes for a visitor, whom it names in Reply-To."""
    text = "お名前: 井上 さくら\nお問い合わせ内容: 研究室で使う温度計を探しています。"
    return _mail(
        "form",
        sender="お問い合わせフォーム <noreply@yotsuba.example>",
        subject="【フォーム】お問い合わせ",
        text=text,
        headers=["Reply-To: inoue@sakura-univ.example"],
        when=at(3, 11, 11),
        becomes="lead",
    )


def shared_address() -> DemoMail:
    """An address that two contacts share: a person has to say who wrote."""
    text = "佐藤歯科です。診療室用に2台追加でお願いできますか。"
    return _mail(
        "dentist", sender=people.SATO_COUPLE, subject="追加注文", text=text, when=at(3, 13, 0), becomes="nothing"
    )


def two_senders() -> DemoMail:
    """From names two people: nobody acts on such a mail alone."""
    both = "tanaka@abc.co.jp, ceo@payments-today.example"
    text = "振込先の口座が変わりました。至急ご対応ください。"
    return _mail(
        "two-senders", sender=both, subject="振込先変更のご連絡", text=text, when=at(3, 15, 20), becomes="nothing"
    )


def reply_all() -> DemoMail:
    """An answer with the whole earlier mail below it."""
    text = "山本です。来週火曜の14時でお願いします。\n\n> よつば計測の中村です。\n> 訪問の日程はいかがでしょうか。"
    return _mail(
        "visit",
        sender=people.YAMAMOTO,
        subject="Re: ご訪問の日程",
        text=text,
        replies_to=["visit-proposal.20261102@yotsuba.example"],
        when=at(4, 10, 30),
        becomes="history",
    )


def greeting_card() -> DemoMail:
    """Text, HTML and a picture in one mail."""
    picture = File("Karte.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(64))
    text = "Danke für den Besuch! L. Meyer"
    html = "<p>Danke für den Besuch!<br>L. Meyer</p>"
    return _mail(
        "card",
        sender=people.MEYER,
        subject="Grüße aus Hamburg",
        text=text,
        html=html,
        files=[picture],
        when=at(4, 17, 5),
        becomes="history",
    )


def huge_drawing() -> DemoMail:
    """A mail above the mailbox's limit: it is kept, and waits for a person."""
    drawing = File("図面.dwg", "application/octet-stream", bytes(range(256)) * (DRAWING_BYTES // 256))
    return _mail(
        "drawing",
        sender=TAKAMATSU,
        subject="図面をお送りします",
        text="図面です。",
        files=[drawing],
        when=at(4, 18, 0),
        becomes="quarantined",
    )
