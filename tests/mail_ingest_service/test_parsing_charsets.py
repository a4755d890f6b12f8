"""Charsets as mailers mean them: what is declared, what is lied about, what nobody told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_ingest_service import jis
from mail_ingest_service.charsets import clean, clean_line, codec_for, decode, guess


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("お世話になっております", "cp932"),
        ("お世話になっております。田中です", "euc_jp"),
        ("株式会社田中商店", "cp932"),
        ("株式会社", "euc_jp"),
        ("田中", "cp932"),
        ("①㈱髙島屋", "cp932"),
        ("ﾃｽﾄ送信", "cp932"),
        ("資料①送付のお願い", "euc_jis_2004"),
        ("Müller Café", "latin-1"),
        ("José García, señor", "latin-1"),
        ("À bientôt Ñandú Ångström", "latin-1"),
        ("“Preis” – 5 €", "cp1252"),
        ("您好，我们公司想了解贵公司的产品价格，请尽快回复。谢谢！", "gb18030"),
        ("안녕하세요 견적을 부탁드립니다 감사합니다 잘 부탁드립니다", "cp949"),
        ("Привет, как дела? Пришлите прайс", "cp1251"),
        ("御見積書", "utf-8"),
        ("御見積書", "iso-2022-jp"),
        ("plain", "ascii"),
    ],
)
def test_a_charset_that_nobody_told_is_guessed(text, codec):
    assert guess(text.encode(codec)) == text


def test_the_charset_of_the_body_helps_to_guess_a_header():
    subject = "報價單".encode("cp950")
    assert guess(subject, hint="big5") == "報價單"


@pytest.mark.parametrize(
    ("declared", "meant"),
    [
        ("Shift_JIS", "cp932"),
        ("x-sjis", "cp932"),
        ('"GB2312"', "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("ISO-8859-1", "cp1252"),
        ("utf8", "utf-8"),
        ("windows-1251", "cp1251"),
        ("KOI8-R", "koi8_r"),
        ("windows-874", "cp874"),
        ("CP50221", "iso-2022-jp-ms"),
        ("rot13", ""),
        ("unicode_escape", ""),
        ("../../etc/passwd", ""),
        ("", ""),
    ],
)
def test_a_charset_name_is_read_as_mailers_mean_it(declared, meant):
    assert codec_for(declared) == meant


def test_every_character_of_jis_x_0208_reads_the_same_by_table_and_by_codec():
    cells = [bytes([row, cell]) for row in range(0x21, 0x7F) for cell in range(0x21, 0x7F)]
    known = [cell for cell in cells if "\ufffd" not in (b"\x1b$B" + cell + b"\x1b(B").decode("iso2022_jp", "replace")]
    assert len(known) == 6_879
    whole = b"\x1b$B" + b"".join(known) + b"\x1b(B"
    # An undefined cell at the end forces the road by table.
    assert jis.decode(whole + b"\x1b$B-?\x1b(B")[:6_879] == jis.decode(whole)


def test_utf_8_inside_a_mail_that_says_iso_2022_jp_is_utf_8():
    assert decode("納期を".encode() + b"\x1b$B=P\x1b(B", "iso-2022-jp") == "納期を出"


def test_a_few_broken_bytes_do_not_change_the_declared_charset():
    assert decode("お世話になっております。".encode("cp932") + b"\xff", "shift_jis").startswith(
        "お世話になっております。"
    )


@given(
    st.binary(max_size=200),
    st.sampled_from(
        ["", "utf-8", "utf-7", "utf-16", "iso-2022-jp", "shift_jis", "euc-jp", "big5", "hz", "iso-2022-kr"]
    ),
)
def test_any_bytes_decode_to_something_clean(data, charset):
    text = clean(decode(data, charset), 100)
    assert "\0" not in text
    assert len(text) <= 100
    text.encode("utf-8")


def test_a_line_has_no_line_ends():
    assert clean_line("Order\r\nBcc: all@abc.co.jp\x85\u2028x", 100) == "Order Bcc: all@abc.co.jp x"
