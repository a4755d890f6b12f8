import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.leads.names import company_of, name_of


@pytest.mark.parametrize(
    ("display", "last", "first"),
    [
        ("田中 太郎", "田中", "太郎"),
        ("田中　太郎", "田中", "太郎"),
        ("田中太郎", "田中太郎", ""),
        ("たなか たろう", "たなか", "たろう"),
        ("田中 太郎 様", "田中", "太郎"),
        ("株式会社ABC 田中 太郎", "田中", "太郎"),
        ("田中 太郎（営業部）", "田中", "太郎"),
        ("ﾀﾅｶ ﾀﾛｳ", "ﾀﾅｶ", "ﾀﾛｳ"),
        ("Taro Tanaka", "Tanaka", "Taro"),
        ("Tanaka, Taro", "Tanaka", "Taro"),
        ("TANAKA Taro", "TANAKA", "Taro"),
        ("Taro Jiro Tanaka", "Tanaka", "Taro Jiro"),
        ("'Taro Tanaka'", "Tanaka", "Taro"),
        ("Madonna", "Madonna", ""),
        ("", "t.tanaka", ""),
        ("t.tanaka@abc.co.jp", "t.tanaka", ""),
    ],
)
def test_a_name_is_guessed_from_the_display_name_else_the_local_part(display, last, first):
    assert name_of(display, "t.tanaka@abc.co.jp") == (last, first)


@pytest.mark.parametrize(
    ("address", "company"),
    [
        ("tanaka@abc.co.jp", "abc"),
        ("tanaka@mail.abc.co.jp", "abc"),
        ("tanaka@abc.com", "abc"),
        ("tanaka@eu.mail.abc.com", "abc"),
        ("tanaka@abc.jp", "abc"),
        ("tanaka@abc.tokyo.jp", "abc"),
        ("jane@news.example.org.uk", "example"),
        ("sato@xn--wgv71a119e.jp", "日本語"),
        ("tanaka@gmail.com", ""),
        ("tanaka@yahoo.co.jp", ""),
        ("taro..yamada@docomo.ne.jp", ""),
        ("root@localhost", ""),
        ("root@[192.0.2.1]", ""),
        ("", ""),
    ],
)
def test_a_company_is_the_label_that_it_registered(address, company):
    assert company_of(address) == company


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_a_sender_calls_himself_the_guess_fits_into_the_fields(display, address):
    last, first = name_of(display, address)
    assert max(len(last), len(first), len(company_of(address))) <= 255
