"""The part of a mail's text that its sender wrote just now, without the quoted history: what a comment or a ticket
begins with.

Pure. Cuts at the first line that starts a quotation as mailers write it (Japanese and English); what is quoted by `>`
goes line by line.
"""

from __future__ import annotations

import re
from typing import Final

MAX_EXCERPT: Final = 2_000
_LOOKED_AT: Final = 40_000

# Each alternative is the beginning of a line; the long ones are bounded, so that a hostile line costs nothing.
_HISTORY: Final = re.compile(
    r"^[ \t\u3000]*(?=[-0-9OLAF差送_=])(?:"
    r"-{2,} ?(?:Original Message|Original Appointment|Forwarded message|Forwarded by|Reply message"
    r"|元のメッセージ|転送メッセージ|返信元メッセージ)[^\n]{0,200}"
    r"|(?:On|Le|Am) [^\n]{5,200}(?:\n[^\n]{0,120}){0,2}?(?:wrote|writes|a écrit|schrieb)[ \t]?[:：]"
    r"|\d{4}[年/.-] ?\d{1,2}[月/.-] ?\d{1,2}日?[^\n]{0,40}\d{1,2}[:時]\d{2}[^\n]{0,120}"
    r"(?:\n[^\n]{0,120})?(?:[<＜][^\n<>]{3,100}@[^\n<>]{3,100}[>＞]|さん?が?(?:書き|のメール))[^\n]{0,20}[:：]"
    r"|(?:差出人|From|送信者)[ \t\u3000]*[:：][^\n]{1,200}\n(?:[^\n]{0,200}\n){0,2}?[ \t\u3000>]*"
    r"(?:送信日時|日時|Sent|Date|宛先|To|Subject|件名)[ \t\u3000]*[:：]"
    r"|(?:_{20,}|-{30,}|={30,})[ \t]*\n[ \t\u3000]*(?:差出人|From)[ \t\u3000]*[:：]"
    r")",
    re.MULTILINE,
)
# Each alternative holds one of these, or an address in brackets. To look for them first costs a tenth.
_WORDS_OF_HISTORY: Final = (
    "essage",
    "Appointment",
    "Forwarded",
    "メッセージ",
    "wrote",
    "writes",
    "a écrit",
    "schrieb",
    "書き",
    "のメール",
    "差出人",
    "From",
    "送信者",
)
_SOMEBODY_WROTE: Final = re.compile(
    r"^[^\n]{1,80}(?:さんは書きました|さんが書きました|さんのメール|wrote)[ \t]?[:：][ \t]*$", re.MULTILINE
)
_QUOTED_LINE: Final = re.compile(r"^[ \t]*[>＞].*(?:\n|\Z)", re.MULTILINE)
_SIGNATURE: Final = re.compile(r"^-- ?$", re.MULTILINE)
_EMPTY_LINES: Final = re.compile(r"\n[ \t\u3000]*(?:\n[ \t\u3000]*)+\n")


def excerpt(text: str) -> str:
    """At most `MAX_EXCERPT` characters of what was written above or between quotations; the whole text's start if all
    is quoted.
    """
    text = text[:_LOOKED_AT]
    own = _without_history(text).strip() or text
    if "\n\n" in own:
        own = _EMPTY_LINES.sub("\n\n", own)
    return own.strip()[:MAX_EXCERPT]


def _may_hold_history(text: str) -> bool:
    addressed = "@" in text and ("<" in text or "＜" in text)
    return addressed or any(word in text for word in _WORDS_OF_HISTORY)


def _without_history(text: str) -> str:
    found = _HISTORY.search(text) if _may_hold_history(text) else None
    if not found and ("wrote" in text or "書きました" in text or "さんのメール" in text):
        found = _SOMEBODY_WROTE.search(text)
    if found:
        head = text[: found.start()]
        # An introduction with only answers between the quoted lines below: keep what stands below.
        text = head if head.strip() else text[found.end() :]
    if ">" in text or "＞" in text:
        text = _QUOTED_LINE.sub("", text)
    found = _SIGNATURE.search(text) if "\n--" in text else None
    return text[: found.start()] if found and text[: found.start()].strip() else text
