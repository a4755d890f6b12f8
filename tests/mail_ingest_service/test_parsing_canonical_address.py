"""The canonical address: one person's address however written, never two persons' in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.addresses import canonical_address, weaker_address


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("tanaka@abc.co.jp", "tanaka@abc.co.jp"),
        ("Tanaka@ABC.co.jp", "tanaka@abc.co.jp"),
        (" <tanaka@abc.co.jp> ", "tanaka@abc.co.jp"),
        ("ｔａｎａｋａ＠ａｂｃ．ｃｏ．ｊｐ", "tanaka@abc.co.jp"),
        ("tanaka@abc.co.jp.", "tanaka@abc.co.jp"),
        ("taro..yamada@docomo.ne.jp", "taro..yamada@docomo.ne.jp"),
        ("taro.@ezweb.ne.jp", "taro.@ezweb.ne.jp"),
        (".taro@docomo.ne.jp", ".taro@docomo.ne.jp"),
        ("info@結び.jp", "info@xn--z9j672u.jp"),
        ("INFO@XN--Z9J672U.JP", "info@xn--z9j672u.jp"),
        ("info@結び。jp", "info@xn--z9j672u.jp"),
        ("田中@結び.jp", "田中@xn--z9j672u.jp"),
        ("i@💌.example", "i@xn--rr8h.example"),
        ("root@localhost", "root@localhost"),
        ("a_b@mail_1.example.jp", "a_b@mail_1.example.jp"),
        ("user@[192.0.2.1]", "user@[192.0.2.1]"),
        ('"taro yamada"@example.jp', '"taro yamada"@example.jp'),
        ("taro+support@example.jp", "taro+support@example.jp"),
    ],
)
def test_an_address_has_one_canonical_form_however_it_is_written(written, canonical):
    assert canonical_address(written) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "@",
        "<>",
        "tanaka",
        "tanaka@",
        "@abc.co.jp",
        "a b@abc.co.jp",
        "a@b@abc.co.jp",
        "a,b@abc.co.jp",
        "tanaka@abc .co.jp",
        "tanaka@abc..co.jp",
        "tanaka@-abc.jp",
        "tanaka@abc\x00.co.jp",
        "tanaka\u202e@abc.co.jp",
        "tanaka\u200b@abc.co.jp",
        "tanaka@abc.co.jp\ufffd",
        "x" * 400 + "@abc.co.jp",
        "tanaka@" + "x." * 200 + "jp",
        "tanaka@abc.co.jp\r\nBcc: all@abc.co.jp",
        "\ud800@abc.co.jp",
        "a@\ud800.jp",
    ],
)
def test_what_is_no_address_has_no_canonical_form(text):
    assert canonical_address(text) == ""


def test_a_longer_local_part_is_another_person():
    assert canonical_address("atanaka@abc.co.jp") != canonical_address("tanaka@abc.co.jp")
    assert canonical_address("taro.yamada@docomo.ne.jp") != canonical_address("taro..yamada@docomo.ne.jp")


@pytest.mark.parametrize(
    "written", ["Taro.Yamada@gmail.com", "taroyamada+crm@googlemail.com", "t.a.r.o.yamada@Gmail.com"]
)
def test_gmail_ignores_dots_and_tags(written):
    assert weaker_address(canonical_address(written)) == "taroyamada@gmail.com"


@pytest.mark.parametrize("written", ["taro.yamada@abc.co.jp", "", "+crm@gmail.com", "taro@notgmail.com"])
def test_other_hosts_have_no_weaker_form(written):
    assert weaker_address(canonical_address(written)) is None


@given(st.text(max_size=60) | st.from_regex(r"[^@\s]{1,20}@[^@\s]{1,20}", fullmatch=True))
def test_the_canonical_form_of_a_canonical_form_is_itself(text):
    canonical = canonical_address(text)
    assert canonical_address(canonical) == canonical
    assert len(canonical) <= 320
    canonical.encode("utf-8")
