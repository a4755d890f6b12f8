"""The demo's mails say to the parser what the demo tells of them."""

import pytest

from demo.mails import all_mails
from demo.mails.building import JIS, as_bytes
from demo.people import CONTACTS
from mail_ingest_service.parsing import MailUnparseable, parse

MAILS = {mail.key: mail for mail in all_mails()}
READABLE = [mail for mail in MAILS.values() if mail.key != "empty"]
MACHINES = {
    "newsletter": "bulk",
    "advert": "bulk",
    "bounce": "bounce",
    "away": "auto_reply",
    "list": "list",
    "robot": "auto_reply",
    "receipt": "report",
}


def test_there_are_some_forty_mails_and_each_has_its_own_key():
    assert len(all_mails()) == len(MAILS) == 44


@pytest.mark.parametrize("mail", READABLE, ids=lambda mail: mail.key)
def test_every_mail_parses_without_a_defect_at_the_moment_it_was_received(mail):
    parsed = parse(mail.raw)
    assert (parsed.defects, parsed.date) == ([], mail.received_at)


def test_the_empty_mail_cannot_be_parsed():
    with pytest.raises(MailUnparseable, match="empty"):
        parse(MAILS["empty"].raw)


@pytest.mark.parametrize("mail", READABLE, ids=lambda mail: mail.key)
def test_only_the_mails_of_machines_are_told_to_be_so(mail):
    assert parse(mail.raw).nature == MACHINES.get(mail.key, "personal")


def test_a_bounce_names_who_did_not_get_the_mail():
    assert parse(MAILS["bounce"].raw).failed_recipients == ["matsumoto@nowhere-yet.example"]


def test_what_windows_writes_into_iso_2022_jp_comes_out_as_it_was_meant():
    parsed = parse(MAILS["calibration"].raw)
    assert MAILS["calibration"].raw.isascii()
    assert parsed.subject == "㈱髙松製作所より①校正のご相談"
    assert parsed.from_ == [{"name": "㈱髙松製作所 髙松", "address": "takamatsu@takamatsu-mfg.example"}]
    assert "①校正証明書の有無 ②納期 ③支払条件" in parsed.text


def test_iso_2022_jp_is_what_the_standard_codec_writes_where_that_has_the_characters():
    text = "ABCのお見積り"
    assert as_bytes(text, JIS) == text.encode("iso2022_jp")


def test_shift_jis_is_read_as_windows_means_it():
    assert parse(MAILS["sample"].raw).subject == "サンプル希望（№3）"


def test_addresses_with_dots_that_no_standard_allows_are_kept():
    assert parse(MAILS["mobile"].raw).from_[0]["address"] == "taro..tanaka@docomo.ne.jp"
    assert parse(MAILS["private-buyer"].raw).from_[0]["address"] == "hanako.@docomo.ne.jp"


def test_only_the_mail_with_two_senders_is_ambiguous():
    assert [mail.key for mail in READABLE if parse(mail.raw).sender_ambiguous] == ["two-senders"]


def test_attachments_keep_their_japanese_names():
    assert [found["name"] for found in parse(MAILS["order"].raw).attachments] == ["注文書_20261103.pdf"]
    assert [found["name"] for found in parse(MAILS["photo"].raw).attachments] == ["現場写真.jpg"]


def test_html_alone_becomes_text_without_its_script():
    text = parse(MAILS["battery"].raw).text
    assert "電池の交換時期の目安はありますか。" in text
    assert "alert" not in text


def test_the_forged_reply_is_in_the_thread_and_its_own_domain_disowns_it():
    parsed, complaint = parse(MAILS["forged"].raw), parse(MAILS["complaint"].raw)
    assert parsed.in_reply_to == complaint.message_id
    [said] = parsed.authentication
    assert said["authserv_id"] == "mx.yotsuba.example"
    assert {"method": "dmarc", "result": "fail"}.items() <= said["results"][1].items()


def test_the_drawing_is_larger_than_the_mailbox_takes():
    assert len(MAILS["drawing"].raw) > 1024 * 1024


def test_one_address_is_held_by_two_contacts_and_one_contact_holds_two():
    held = [address for contact in CONTACTS for address in contact.addresses]
    assert [address for address in set(held) if held.count(address) > 1] == ["sato@sato-dental.example"]
    assert len([contact for contact in CONTACTS if len(contact.addresses) > 1]) == 2
