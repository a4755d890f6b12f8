"""Address fields of received mail, read leniently: a sender is never rejected for the form of the address.

Pure. Not `email.utils.getaddresses`, which loses `a@x <a@x>` and folds nothing of what mailers really write.
Structure is read before encoded words are decoded, so that a decoded name can never become an address. Every reading
that others might do differently is told in `oddities`, in words, for `sender_ambiguous`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, TypedDict

from mail_ingest_service import charsets, mail_headers

MAX_NAME: Final = 255
MAX_ADDRESS: Final = 320
_MAX_TEXT: Final = 65_536

_QUOTED: Final = r'"(?P<quoted>[^"\\]*(?:\\.[^"\\]*)*)"|'
_OTHER: Final = r'(?P<word>=\?[^?\s]+\?[bBqQ]\?[^?]*\?=)|<(?P<angle>[^<>]*)>|(?P<mark>[,;:(])|(?P<text>[^",;:<(=]+|.)'
_TOKEN: Final = re.compile(_QUOTED + _OTHER, re.DOTALL)
_TOKEN_UNQUOTED: Final = re.compile(_OTHER, re.DOTALL)
_COMMENT_END: Final = re.compile(r"[()]|\\.", re.DOTALL)
_SIMPLE: Final = re.compile(r'(?:"([^"\\]*)"|([^<>@,:;"()\\]*?))\s*<([^\s<>@,;:"()=?\\]+@[^\s<>@,;:"()=?\\]+)>')
_BARE: Final = re.compile(r'[^\s<>@,;:"()=?\\]+@[^\s<>@,;:"()=?\\]+')
_INSIDE: Final = re.compile(
    r"[^\s<>@,;:\"'()\[\]「」（）]+@[^\s<>@,;:\"'()\[\]「」（）]+\.[^\s<>@,;:\"'()\[\]「」（）]{2,}"
)
_GLUED: Final = re.compile(r"[^\s<>,;()][(]|[)][^\s<>,;()]")
_INVISIBLE: Final = re.compile("[\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]")


class Address(TypedDict):
    """One mailbox: `name` as shown (may be ""), `address` as written by the sender (may be "" in From and Sender)."""

    name: str
    address: str


@dataclass(slots=True)
class AddressList:
    """The addresses of a field: those kept, how many there were, and what was odd about them."""

    items: list[Address] = field(default_factory=list)
    total: int = 0
    oddities: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Mailbox:
    """The tokens of one list item, as they are met."""

    words: list[str] = field(default_factory=list)
    angles: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    oddities: list[str] = field(default_factory=list)
    quoted_local: str = ""
    has_at: bool = False
    is_blank: bool = True

    def add(self, word: str) -> None:
        """Take a word. What is asked at each mark is noted here: a field may consist of marks."""
        self.words.append(word)
        self.has_at |= "@" in word
        self.is_blank &= not word.strip()

    def bare(self) -> str:
        return "".join(self.words)


def parse_addresses(value: str, *, limit: int = 200, hint: str = "") -> AddressList:
    """The mailboxes of an address field, groups flattened. Beyond `limit` they are only counted."""
    found = _one_simple(value)
    if found:
        return AddressList([found], 1)
    reader = _Reader(mail_headers.unicode_value(value, hint, limit=_MAX_TEXT), limit)
    reader.read()
    reader.result.total += _count(value[_MAX_TEXT:])
    return reader.result


def other_address_in(name: str, address: str) -> str:
    """An address within a display name that is not `address`, or ""."""
    if "@" not in name and "＠" not in name:
        return ""
    inside = [text.lower().strip(".") for text in _INSIDE.findall(name.replace("＠", "@"))]
    return next((text for text in inside if text != address.lower()), "")


def _count(rest: str) -> int:
    return sum("@" in piece for piece in rest.split(",")) if rest else 0


def _one_simple(value: str) -> Address | None:
    """The forms that nearly every mail has, in one look: `name <a@b>` and `a@b`, in ASCII."""
    if not value.isascii() or len(value) > 1_000 or "\x1b" in value or "\0" in value:
        return None
    if _BARE.fullmatch(value):
        return {"name": "", "address": value[:MAX_ADDRESS]}
    if not (found := _SIMPLE.fullmatch(value)):
        return None
    name = found[2] if found[1] is None else found[1]
    return {"name": _name(name), "address": found[3][:MAX_ADDRESS]}


class _Reader:
    """Walks over the tokens of one field."""

    def __init__(self, text: str, limit: int) -> None:
        self.text = text
        self.limit = limit
        self.result = AddressList()
        self.current = _Mailbox()
        self.has_open_comment = False
        self.has_angle = "<" in text
        self.token = _TOKEN

    def read(self) -> None:
        position = 0
        while position < len(self.text) and len(self.result.items) < self.limit:
            found = self.token.match(self.text, position)
            position = self._take(found, position) if found else position + 1
        self._finish()
        self.result.total += _count(self.text[position:])

    def _take(self, found: re.Match[str], position: int) -> int:
        kind = found.lastgroup or ""
        if kind == "mark":
            return self._mark(found["mark"], found.end())
        if kind == "angle":
            self.current.angles.append(found["angle"])
        elif kind == "quoted":
            self._quoted(found)
        else:
            self.current.add(found[0])
            if found[0] == '"':
                self.token = _TOKEN_UNQUOTED
        return found.end()

    def _quoted(self, found: re.Match[str]) -> None:
        if self.text.startswith("@", found.end()):
            self.current.quoted_local = found[0]
            self.current.add(found[0])
        else:
            # A name is shown, never read again: its at sign must not look like an address of this field.
            self.current.add(re.sub(r"\\(.)", r"\1", found["quoted"]).replace("@", "\x01"))

    def _mark(self, mark: str, end: int) -> int:
        if mark == "(":
            return self._comment(end)
        if mark == ":":
            self._colon()
        elif mark == ";" or self._is_complete():
            self._finish()
        else:
            self.current.add(",")
        return end

    def _colon(self) -> None:
        if self.current.has_at or self.current.angles:
            self.current.add(":")
        else:
            self.current = _Mailbox()

    def _is_complete(self) -> bool:
        """Whether a comma ends an item; `Tanaka, Taro <a@b>` without quotes goes on."""
        return bool(self.current.angles) or self.current.has_at or self.current.is_blank or not self.has_angle

    def _comment(self, start: int) -> int:
        depth, position = 0 if self.has_open_comment else 1, start
        while depth and (found := _COMMENT_END.search(self.text, position)):
            depth += {"(": 1, ")": -1}.get(found[0], 0)
            position = found.end()
        self.has_open_comment |= depth > 0
        if self.has_open_comment:
            self.current.add("(")
            return start
        self.current.comments.append(self.text[start : position - 1])
        if _GLUED.match(self.text, max(start - 2, 0)) and _GLUED.match(self.text, position - 1):
            self.current.oddities.append("a comment stands inside the address")
        return position

    def _finish(self) -> None:
        mailbox, self.current = self.current, _Mailbox()
        address, oddities = _resolve(mailbox)
        if address["name"] or address["address"]:
            self.result.items.append(address)
            self.result.total += 1
            self.result.oddities += oddities


def _resolve(mailbox: _Mailbox) -> tuple[Address, list[str]]:
    oddities = mailbox.oddities
    if mailbox.angles:
        name, address = _with_angles(mailbox, oddities)
    else:
        name, address = _without_angles(mailbox, oddities)
    if mailbox.comments and not name.strip():
        name = " ".join(mailbox.comments)
    address = _tidied(address, oddities)
    return {"name": _name(name.replace("\x01", "@")), "address": address}, oddities


def _with_angles(mailbox: _Mailbox, oddities: list[str]) -> tuple[str, str]:
    name = "".join(mailbox.words)
    full = [inner.strip() for inner in mailbox.angles if "@" in inner]
    if len(mailbox.angles) > 1:
        oddities.append("two addresses stand in angle brackets")
    if not full and "@" in name:
        oddities.append("an address stands beside the angle brackets")
        return "", name.strip()
    if not full:
        return f"{name} {mailbox.angles[0]}".strip(), ""
    if re.search(r"[^\s@]@[^\s@]", name.replace(full[0], "")):
        oddities.append("another address stands beside the angle brackets")
    return name, _without_route(full[0], oddities)


def _without_angles(mailbox: _Mailbox, oddities: list[str]) -> tuple[str, str]:
    text = mailbox.bare().strip()
    if "@" not in text and "=?" in text:
        return _from_encoded(text, oddities)
    if mailbox.quoted_local and text.startswith(mailbox.quoted_local):
        oddities.append("the local part is quoted")
        return "", text
    *names, last = text.split() or [""]
    if "@" not in text:
        return text, ""
    address = last if "@" in last else next(word for word in names if "@" in word)
    if text.count("@") > 1 and len(names) > 0:
        oddities.append("two addresses stand without a comma")
    return text.replace(address, "", 1), address.strip("<>")


def _from_encoded(text: str, oddities: list[str]) -> tuple[str, str]:
    """Broken mailers encode the whole of `name <a@b>` as one word."""
    decoded = mail_headers.decode_words(text)
    if "@" not in decoded or "=?" in decoded:
        return decoded, ""
    oddities.append("the address is hidden in an encoded word")
    inner = parse_addresses(decoded, limit=1).items
    return (inner[0]["name"], inner[0]["address"]) if inner else (decoded, "")


def _without_route(address: str, oddities: list[str]) -> str:
    if address.startswith("@") and ":" in address:
        oddities.append("the address has a route part")
        return address.rpartition(":")[2]
    return address


def _tidied(address: str, oddities: list[str]) -> str:
    if not address:
        return ""
    if address.removeprefix("mailto:") != address:
        address = address.removeprefix("mailto:")
    if "=?" in address:
        oddities.append("the address holds an encoded word")
        address = mail_headers.decode_words(address)
    if address.count("@") > 1 or "(" in address:
        oddities.append("the address has more than one reading")
    if _INVISIBLE.search(address) and not address.startswith('"'):
        oddities.append("the address holds blanks or invisible characters")
        address = re.sub(r"[ \t\r\n]+", "", address)
    return charsets.clean_line(address, MAX_ADDRESS)


def _name(text: str) -> str:
    text = mail_headers.decode_words(text) if "=?" in text else text
    return charsets.clean_line(" ".join(text.split()) if "  " in text or "\t" in text else text.strip(), MAX_NAME)
