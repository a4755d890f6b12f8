"""The header block of a mail or of one of its parts: bounded splitting, encoded words (RFC 2047) and parameters (RFC
2231).

Pure. Values are kept as they came, one character per byte (latin-1), until `header_text` decodes them: structure
first, charsets later, because an encoded word may hold a comma or an address. Nothing here raises on any input.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from mail_ingest_service import charsets

MAX_FIELDS: Final = 1_000
_MAX_VALUE: Final = 20_000
_MAX_PIECES: Final = 100

_END: Final = re.compile(rb"\r?\n(?=\r?\n)")
_FIELDS: Final = re.compile(r"(?m)^([!-9;-~]+):(.*(?:\n[ \t].*)*)")
_FOLD: Final = re.compile(r"\r?\n(?![ \t])")
_NAME: Final = re.compile(r"[!-9;-~]+")
_KNOWN: Final = re.compile(
    r"(?im)^(?:from|to|subject|date|content-type|mime-version|message-id|received|return-path)[ \t]*:"
)
_WORD: Final = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_PARAMETER: Final = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_QUOTED_PAIR: Final = re.compile(r"\\(.)")
_BASE64_NOISE: Final = re.compile(r"[^A-Za-z0-9+/]")


@dataclass(slots=True)
class Head:
    """The fields of one header block in their order, by lower-case name; `oddities` tells of fields that readers
    differ about.
    """

    fields: list[tuple[str, str]] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    oddities: list[tuple[str, str]] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    body_start: int = 0

    def first(self, name: str) -> str:
        """The topmost value of the field `name` (lower case) as it came, or ""."""
        values = self.values.get(name)
        return values[0] if values else ""


def read_head(raw: bytes, start: int = 0, end: int | None = None, *, limit: int = 4_194_304) -> Head:
    """The header block of `raw[start:end]`, of which at most `limit` bytes and `MAX_FIELDS` fields are looked at."""
    end = len(raw) if end is None else end
    head = Head()
    stop, head.body_start = _borders(raw, start, end)
    if stop - start > limit:
        stop = start + limit
        head.defects.append(f"the header is longer than {limit:,} bytes; the rest of it was not read")
    _fill(head, raw[start:stop].decode("latin-1"), start)
    return head


def header_text(value: str, hint: str = "") -> str:
    """A field's value for people: unfolded, 8-bit bytes guessed (`hint`: the body's charset), encoded words decoded."""
    return decode_words(unicode_value(value, hint)).strip()


def unicode_value(value: str, hint: str = "", *, limit: int = _MAX_VALUE) -> str:
    """A value of at most `limit` bytes with its raw 8-bit or ISO-2022-JP bytes decoded, encoded words still encoded."""
    value = value[:limit]
    if value.isascii() and "\x1b" not in value:
        return value
    try:
        return charsets.guess(value.encode("latin-1"), hint)
    except UnicodeEncodeError:
        return value


def decode_words(text: str) -> str:
    """`text` with its encoded words decoded; adjacent ones of one charset are joined as bytes first, for they split
    characters.
    """
    return "".join(_decoded(text)) if "=?" in text else text


def parse_parameters(value: str, hint: str = "") -> tuple[str, dict[str, str]]:
    """`text/plain; charset=...` -> ("text/plain", {"charset": ...}), with RFC 2231 continuations and RFC 2047 words
    decoded.
    """
    value = unicode_value(value, hint)
    main, semicolon, _ = value.partition(";")
    if not semicolon:
        return main.strip().lower(), {}
    found: dict[str, str] = {}
    for name, text in _PARAMETER.findall(value[len(main) :]):
        found.setdefault(name.lower(), _unquoted(text))
    return main.strip().lower(), _extended(found) if any("*" in name for name in found) else found


def _borders(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """(where the header ends, where the body starts)."""
    if raw[start : start + 1] == b"\n" or raw[start : start + 2] == b"\r\n":
        return start, raw.index(b"\n", start) + 1
    found = _END.search(raw, start, end)
    if not found:
        return end, end
    return found.start(), raw.index(b"\n", found.end()) + 1


def _fill(head: Head, text: str, start: int) -> None:
    found = _FIELDS.findall(text)
    lines = 1 + text.count("\n") - text.count("\n ") - text.count("\n\t")
    if len(found) == lines <= MAX_FIELDS:
        for name, value in found:
            _keep(head, name.lower(), value)
    elif text:
        _fill_by_line(head, text, start)


def _keep(head: Head, name: str, value: str) -> None:
    if "\n" in value:
        value = value.replace("\r\n", "").replace("\n", "")
    value = value.strip(" \t\r")
    head.fields.append((name, value))
    if name in head.values:
        head.values[name].append(value)
    else:
        head.values[name] = [value]


def _fill_by_line(head: Head, text: str, start: int) -> None:
    offset, known_at = 0, -1
    for number, line in enumerate(_FOLD.split(text)):
        if number >= MAX_FIELDS:
            head.defects.append(f"the header has more than {MAX_FIELDS:,} fields; the rest was not read")
            return
        if not _add(head, line):
            known_at = known_at if known_at > offset else _next_known(text, offset)
            if known_at < 0:
                head.defects.append("the header ends without an empty line")
                head.body_start = start + offset
                return
        offset += len(line) + (2 if text[offset + len(line) : offset + len(line) + 1] == "\r" else 1)
    if known_at >= 0:
        head.defects.append("a header line is no field and was left out")


def _next_known(text: str, offset: int) -> int:
    """Where fields that matter follow a line that is no field; -1 when none does, for then the body has begun."""
    found = _KNOWN.search(text, offset, offset + 65_536)
    return found.start() if found else -1


def _add(head: Head, line: str) -> bool:
    """Take one field; False when the line is none."""
    name, colon, value = line.partition(":")
    bare = name.rstrip()
    if not colon or not _NAME.fullmatch(bare):
        return line.startswith(("From ", ">From ")) and not head.fields
    lower = bare.lower()
    if name != bare:
        head.oddities.append(
            (lower, "the colon stands on a line of its own" if "\n" in name else "a space stands before the colon")
        )
    _keep(head, lower, value)
    return True


def _decoded(text: str) -> list[str]:
    out: list[str] = []
    position, pending = 0, _Run()
    for word in _WORD.finditer(text):
        between = text[position : word.start()]
        charset, encoding, payload = word.group(1).lower(), word.group(2).lower(), word.group(3)
        adjacent = pending.pieces and not between.strip()
        if not (adjacent and charset == pending.charset):
            out += [pending.text(), "" if adjacent else between]
            pending = _Run(charset)
        pending.add(encoding, payload)
        position = word.end()
    return [*out, pending.text(), text[position:]]


@dataclass(slots=True)
class _Run:
    """Encoded words of one charset that follow one another."""

    charset: str = ""
    pieces: list[tuple[str, str]] = field(default_factory=list)

    def add(self, encoding: str, payload: str) -> None:
        if encoding == "b" and self.pieces and self.pieces[-1][0] == "b" and _is_open(self.pieces[-1][1]):
            self.pieces[-1] = ("b", self.pieces[-1][1] + payload)
        else:
            self.pieces.append((encoding, payload))

    def text(self) -> str:
        data = b"".join(
            base64_bytes(payload) if encoding == "b" else _q_bytes(payload) for encoding, payload in self.pieces
        )
        return charsets.decode(data, self.charset) if data else ""


def _is_open(payload: str) -> bool:
    """Whether a Base64 payload was cut inside a group of four, so that the next word continues it."""
    return len(payload) % 4 != 0 and not payload.endswith("=")


def base64_bytes(payload: str) -> bytes:
    """Base64 as lenient as mail needs it: noise left out, missing padding put in, a lone last character dropped."""
    compact = _BASE64_NOISE.sub("", payload)
    if len(compact) % 4 == 1:
        compact = compact[:-1]
    return binascii.a2b_base64(compact + "=" * (-len(compact) % 4))


def _q_bytes(payload: str) -> bytes:
    return binascii.a2b_qp(payload.encode("utf-8", "replace").replace(b"\r", b"").replace(b"\n", b""), header=True)


def _unquoted(text: str) -> str:
    text = text.strip()
    if text[:1] == '"':
        inner = text[1:-1] if len(text) > 1 and text[-1] == '"' else text[1:]
        return _QUOTED_PAIR.sub(r"\1", inner) if "\\" in inner and not re.match(r"[A-Za-z]:\\|\\\\", inner) else inner
    return text


def _extended(found: dict[str, str]) -> dict[str, str]:
    """RFC 2231: `name*=charset'lang'%41`, `name*0=`, `name*1*=` put together under their plain name."""
    plain = {name: text for name, text in found.items() if "*" not in name}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, text in found.items():
        base, star, rest = name.partition("*")
        number = rest.rstrip("*")
        if star and len(number) < 4 and (not number or number.isdecimal()):
            pieces.setdefault(base, []).append((int(number or 0), rest.endswith("*") or not rest, text))
    return plain | {base: _joined(sorted(found_pieces)[:_MAX_PIECES]) for base, found_pieces in pieces.items()}


def _joined(pieces: list[tuple[int, bool, str]]) -> str:
    charset = ""
    if pieces[0][1] and pieces[0][2].count("'") >= 2:
        charset, _, first = pieces[0][2].split("'", 2)
        pieces = [(0, True, first), *pieces[1:]]
    data = b"".join(
        unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace") for _, encoded, text in pieces
    )
    return charsets.decode(data, charset)
