"""HTML of a mail as plain text for reading, searching and excerpts. Pure; linear in its input; never raises.

Not a browser: tags become line breaks where a reader sees them, and everything that no reader sees is left out. There
is no tree, so none that a hostile mail could make too deep.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

# In the working text: \x01 is the border of a block (a new line), \x02 that of a paragraph (an empty line), \n a <br>.
_MARKS: Final = {
    **dict.fromkeys(
        [
            "div",
            "tr",
            "ul",
            "ol",
            "dl",
            "dt",
            "dd",
            "table",
            "section",
            "article",
            "header",
            "footer",
            "form",
            "hr",
            "address",
            "body",
            "center",
        ],
        "\x01",
    ),
    **dict.fromkeys(["p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"], "\x02"),
    **dict.fromkeys(("/td", "/th"), " "),
    "br": "\n",
    "li": "\x01* ",
    "/li": "\x01",
}
_MARKS.update({"/" + name: mark for name, mark in _MARKS.items() if mark in "\x01\x02" and name[0] != "/"})
# Letter classes instead of IGNORECASE, with which the search could not leap from one "<" to the next.
_UNSEEN: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<[sS][tT][yY][lL][eE]\b.*?(?:</[sS][tT][yY][lL][eE][^<>]*>|\Z)"
    r"|<[sS][cC][rR][iI][pP][tT]\b.*?(?:</[sS][cC][rR][iI][pP][tT][^<>]*>|\Z)|<[tT][iI][tT][lL][eE]\b[^<>]*>[^<]*",
    re.DOTALL,
)
_HIDDEN: Final = re.compile(
    r"<(div|span|p|td)\b[^<>]{0,500}display\s*:\s*none[^<>]{0,500}>.{0,2000}?</\1\s*>", re.DOTALL
)
_PRE: Final = re.compile(r"<pre\b[^<>]{0,500}>.*?(?:</pre\s*>|\Z)", re.DOTALL)
_BLANKS: Final = re.compile(r"[\x00-\x1f][\x00-\x20]*| [\x00-\x20]+")
_TAG: Final = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*|[/!?])[^<>]*>")
_BORDER: Final = re.compile(r"[\x01\x02\n][ \x01\x02\n]*")


def html_to_text(html: str) -> str:
    """The words of `html` with line breaks where a reader sees them."""
    text = _UNSEEN.sub("", html)
    if "display" in text:
        text = _HIDDEN.sub("", text)
    if "<pre" in text:
        text = _PRE.sub(lambda found: found[0].replace("\n", "<br>"), text)
    text = _TAG.sub(_mark, _BLANKS.sub(" ", text))
    return unescape(_BORDER.sub(_line_breaks, text)).replace(" \n", "\n").strip()


def _mark(tag: re.Match[str]) -> str:
    return _MARKS.get(tag[1].lower(), "")


def _line_breaks(found: re.Match[str]) -> str:
    """A <br> that ends a line and the end of its block are one line break; a block of nothing but <br> is one more."""
    run = found[0]
    if run == "\x01":
        return "\n"
    lines = run.count("\n") + (run[0] != "\n")
    return "\n\n" if lines > 1 or "\x02" in run else "\n"
