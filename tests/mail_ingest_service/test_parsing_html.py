"""HTML mail as text: the words a reader sees, on the lines where they are seen."""

import pytest

from mail_ingest_service.html_text import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>納期は</div><div><br></div><div>いつですか</div>", "納期は\n\nいつですか"),
        ("<div>納期は<br></div><div>いつですか</div>", "納期は\nいつですか"),
        ("納期は<br>いつ<br><br>ですか", "納期は\nいつ\n\nですか"),
        ("<p>one</p>\n<p>two</p>", "one\n\ntwo"),
        ("<P>one<P>two", "one\n\ntwo"),
        ("<ul><li>ink</li><li>paper</li></ul>soon", "* ink\n* paper\nsoon"),
        (
            "<table><tr><td>品名</td><td>価格</td></tr>\n<tr><td>紙</td><td>1&nbsp;000円</td></tr></table>",
            "品名 価格\n紙 1\u00a0000円",
        ),
        ("<h1>見積</h1>本文", "見積\n\n本文"),
        ("<pre>a\nb</pre>", "a\nb"),
        ("many   blanks\n\tand lines　here", "many blanks and lines　here"),
        ("<b>bo</b>ld &lt;tag&gt; &amp; &#x5186;", "bold <tag> & 円"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
    ],
)
def test_line_breaks_stand_where_a_reader_sees_them(html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "unseen",
    [
        "<style>p { color: red }</style>",
        "<STYLE type='text/css'>p > a {}</STYLE >",
        "<script>if (a < b) alert(1)</script>",
        "<title>Newsletter</title>",
        "<!-- a comment -->",
        "<!--[if mso]><p>for Outlook</p><![endif]-->",
        "<![if !mso]>",
        '<div style="display: none">preview text</div>',
        "<!DOCTYPE html>",
        '<?xml version="1.0"?>',
        "\x00\x01\x02",
    ],
)
def test_what_no_reader_sees_is_left_out(unseen):
    assert html_to_text(f"<p>Dear customer</p>{unseen}<p>your order</p>") == "Dear customer\n\nyour order"


@pytest.mark.parametrize("unclosed", ["<style", "<script>", "<!--", "<div", "<pre>"])
def test_what_is_never_closed_ends_in_a_moment(unclosed):
    assert html_to_text("words" + unclosed * 100_000).startswith("words")
