"""vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350) from pieces of a file: each card becomes a row of fixed columns. Pure.

Bounded: no card holds more lines or characters than here, and none holds another. What a card has besides, such as
photographs, is passed over.
"""

import quopri
import re
from collections.abc import Iterable, Iterator, Mapping

from contacts_service.exchange.csv_reading import Row, decoded, refused

MAX_CARD = 5_000_000
MAX_LINES = 60_000
# Of lines that count; a photograph is longer and passed over.
MAX_VALUE = 100_000
MAX_PROPERTIES = 500

_POSTAL = ("po_box", "extended", "street", "city", "state", "postal_code", "country")
_CONTACT_COLUMNS = (
    *("last_name", "first_name", "last_name_kana", "first_name_kana", "salutation", "organization", "department"),
    *("title", "addresses", "phones", "birthday", "tags", "description"),
    *(f"{kind}_{part}" for kind in ("mailing", "other") for part in _POSTAL if part != "extended"),
    "reports_to",
)
_ORGANIZATION_COLUMNS = (
    *("name", "website", "addresses", "phones", "tags", "description"),
    *(f"{kind}_{part}" for kind in ("billing", "shipping") for part in _POSTAL if part != "extended"),
)
COLUMNS: Mapping[str, tuple[str, ...]] = {"contact": _CONTACT_COLUMNS, "organization": _ORGANIZATION_COLUMNS}
# Which address of a card is which of ours: the first one the main one, a home address the other one.
_PLACES = {"contact": ("mailing", "other"), "organization": ("billing", "shipping")}
_PHONE_KINDS = (("fax", "fax"), ("cell", "mobile"), ("home", "home"), ("work", "work"))
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_HEAD = re.compile(r"(?:([A-Za-z0-9-]+)\.)?([A-Za-z0-9-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)", re.DOTALL)
_PARAMETER = re.compile(r";([^=;]+)(?:=((?:\"[^\"]*\"|[^;\"])*))?")

# Among the parameters of a property: what stands before its name and a dot.
GROUP = "group"


def rows(kind: str, pieces: Iterable[bytes], *, codec: str) -> Iterator[Row]:
    """A row of ``COLUMNS`` for each card. Invalid, naming the line, for what is no card or too large for one."""
    for begins, lines in _cards(pieces, codec):
        card = _Card(kind, begins)
        for line in _unfolded(lines):
            card.take(line)
        if any(cells := card.cells()):
            yield Row(begins, cells)


def _cards(pieces: Iterable[bytes], codec: str) -> Iterator[tuple[int, list[str]]]:
    begins, size = 0, 0
    card: list[str] = []
    for number, line in enumerate(decoded(pieces, codec), start=1):
        word = re.sub(r"\s", "", line[:40]).upper().removeprefix("\ufeff")
        if word == "BEGIN:VCARD":
            _check_ended(begins, f"begins a card that has no END:VCARD before the next card, on line {number:,}.")
            begins, size, card = number, 0, []
        elif word == "END:VCARD" and begins:
            yield begins, card
            begins = 0
        elif begins:
            size += len(line)
            if size > MAX_CARD or len(card) >= MAX_LINES:
                raise refused(begins, f"begins a card of more than {MAX_CARD:,} characters or {MAX_LINES:,} lines.")
            card.append(line.rstrip("\r\n"))
        elif word:
            raise refused(number, "is outside of a card. Each begins with BEGIN:VCARD and ends with END:VCARD.")
    _check_ended(begins, "begins a card that has no END:VCARD. Is the file complete?")


def _check_ended(begins: int, fault: str) -> None:
    if begins:
        raise refused(begins, fault)


def _unfolded(lines: Iterable[str]) -> Iterator[str]:
    """Lines put together again (RFC 6350 3.2), quoted-printable ones too; long ones are cut, for nobody needs them."""
    whole: list[str] = []
    size, soft = 0, False
    for line in lines:
        if whole and (line[:1] in (" ", "\t") or soft):
            part = line if soft else line[1:]
            size += len(part)
            whole += [part] if size <= MAX_VALUE else []
        else:
            if whole:
                yield "".join(whole)
            whole, size, part = [line[:MAX_VALUE]], len(line), line
            quoted = "QUOTED-PRINTABLE" in line.partition(":")[0].upper()
        soft = quoted and part.endswith("=")
        if soft:
            whole[-1] = whole[-1].removesuffix("=")
    if whole:
        yield "".join(whole)


class _Card:
    """One card on its way to a row."""

    def __init__(self, kind: str, line: int) -> None:
        self._kind = kind
        self._line = line
        self._found: dict[str, str] = {}
        self._lists: dict[str, list[str]] = {"addresses": [], "phones": [], "tags": []}
        self._full_name = ""
        # By group, which joins a name and what the person is (``item1.X-ABRELATEDNAMES``, ``item1.X-ABLABEL``).
        self._related: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        self._count = 0

    def take(self, line: str) -> None:
        """Read one property, if it is one that we have a field for."""
        head = _HEAD.match(line)
        reader = _READERS.get(head[2].upper()) if head else None
        if head is None or reader is None:
            return
        self._count += 1
        if self._count > MAX_PROPERTIES:
            raise refused(self._line, f"begins a card with more than {MAX_PROPERTIES} names, numbers and addresses.")
        parameters = _parameters(head[3])
        reader(self, _value(head[4], parameters), parameters | {GROUP: [head[1] or ""]})

    def cells(self) -> list[str]:
        """The row. A card without a family name has the name that it shows, or that of its organization."""
        for group, name in self._related.items():
            if "manager" in self._labels.get(group, "").lower():
                self._put("reports_to", name)
        found = self._found
        if self._kind == "organization":
            found = {**found, "name": found.get("organization") or self._full_name}
        elif not found.get("last_name"):
            found = {**found, "last_name": found.get("first_name") or self._full_name or found.get("organization", "")}
            found["first_name"] = ""
        lists = {name: "\n".join([*items, ""]) if items else "" for name, items in self._lists.items()}
        return [{**found, **lists}.get(column, "") for column in COLUMNS[self._kind]]

    def full_name(self, value: str, _parameters: dict[str, list[str]]) -> None:
        self._full_name = self._full_name or _plain(value)

    def name(self, value: str, parameters: dict[str, list[str]]) -> None:
        family, given, middle, prefix = (*_parts(value), "", "", "", "")[:4]
        self._put("last_name", family)
        self._put("first_name", f"{given} {middle}".strip())
        self._put("salutation", prefix)
        # RFC 6350 5.9: the family name, a comma, the given name.
        kana = [_plain(each) for each in ",".join(parameters.get("SORT-AS", [])).split(",")]
        self._put("last_name_kana", kana[0])
        self._put("first_name_kana", "".join(kana[1:2]))

    def last_kana(self, value: str, _parameters: dict[str, list[str]]) -> None:
        self._found["last_name_kana"] = _plain(value)

    def first_kana(self, value: str, _parameters: dict[str, list[str]]) -> None:
        self._found["first_name_kana"] = _plain(value)

    def organization(self, value: str, _parameters: dict[str, list[str]]) -> None:
        parts = _parts(value)
        self._put("organization", parts[0])
        self._put("department", " ".join(filter(None, parts[1:])))

    def plain(self, column: str, value: str) -> None:
        self._put(column, _plain(value))

    def address(self, value: str, _parameters: dict[str, list[str]]) -> None:
        self._lists["addresses"].append(_plain(value).removeprefix("mailto:"))

    def phone(self, value: str, parameters: dict[str, list[str]]) -> None:
        types = {word.lower() for word in parameters.get("TYPE", [])}
        kind = next((kind for word, kind in _PHONE_KINDS if word in types), "")
        number = _plain(value).removeprefix("tel:").replace("\n", " ")
        if number:
            self._lists["phones"].append(f"{kind} {number}".strip())

    def postal(self, value: str, parameters: dict[str, list[str]]) -> None:
        first, second = _PLACES[self._kind]
        is_home = "home" in {word.lower() for word in parameters.get("TYPE", [])}
        taken = any(name.startswith(first) for name in self._found)
        place = second if taken or (is_home and self._kind == "contact") else first
        parts = dict(zip(_POSTAL, _parts(value), strict=False))
        street = " ".join(filter(None, (parts.get("street", ""), parts.pop("extended", ""))))
        for part, text in {**parts, "street": street}.items():
            self._put(f"{place}_{part}", text.replace("\n", " "))

    def related(self, value: str, parameters: dict[str, list[str]]) -> None:
        """RFC 6350 6.6.6 has no word for a superior: its writers put one of their own."""
        if {"manager", "x-manager"} & {word.lower() for word in parameters.get("TYPE", [])}:
            self._put("reports_to", _plain(value).removeprefix("mailto:").removeprefix("urn:uuid:"))

    def related_name(self, value: str, parameters: dict[str, list[str]]) -> None:
        self._related[parameters[GROUP][0]] = _plain(value)

    def label(self, value: str, parameters: dict[str, list[str]]) -> None:
        self._labels[parameters[GROUP][0]] = value

    def tags(self, value: str, _parameters: dict[str, list[str]]) -> None:
        self._lists["tags"] += [_plain(each) for each in _split(value, ",") if each.strip()]

    def _put(self, column: str, text: str) -> None:
        """The first one counts."""
        if text and not self._found.get(column):
            self._found[column] = text


def _parameters(text: str) -> dict[str, list[str]]:
    """``;TYPE=work,"voice";PREF=1`` and the bare ``;WORK`` of vCard 2.1."""
    found: dict[str, list[str]] = {}
    for name, value in _PARAMETER.findall(text):
        known = name.upper() if value else "ENCODING" if name.upper() == "QUOTED-PRINTABLE" else "TYPE"
        found.setdefault(known, []).extend((value or name).replace('"', "").split(","))
    return found


def _value(text: str, parameters: Mapping[str, list[str]]) -> str:
    """The text of a property; that of vCard 2.1 may be quoted-printable, in a character set of its own."""
    if "QUOTED-PRINTABLE" not in map(str.upper, parameters.get("ENCODING", [])):
        return text
    charset = (parameters.get("CHARSET") or ["utf-8"])[0].lower()
    codec = {"shift_jis": "cp932", "sjis": "cp932", "x-sjis": "cp932"}.get(charset, charset)
    content = quopri.decodestring(text.encode("ascii", "replace"))
    try:
        return content.decode(codec, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _split(value: str, separator: str) -> list[str]:
    """A value at its separators, but not at those behind a backslash."""
    parts, begin, position = [], 0, 0
    while position < len(value):
        if value[position] == "\\":
            position += 1
        elif value[position] == separator:
            parts.append(value[begin:position])
            begin = position + 1
        position += 1
    return [*parts, value[begin:]]


def _parts(value: str) -> list[str]:
    return [_plain(part) for part in _split(value, ";")]


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text).strip()


_READERS = {
    "FN": _Card.full_name,
    "N": _Card.name,
    "X-PHONETIC-LAST-NAME": _Card.last_kana,
    "X-PHONETIC-FIRST-NAME": _Card.first_kana,
    "ORG": _Card.organization,
    "TITLE": lambda card, value, _parameters: card.plain("title", value),
    "BDAY": lambda card, value, _parameters: card.plain("birthday", value.partition("T")[0]),
    "NOTE": lambda card, value, _parameters: card.plain("description", value),
    "URL": lambda card, value, _parameters: card.plain("website", value),
    "EMAIL": _Card.address,
    "TEL": _Card.phone,
    "ADR": _Card.postal,
    "CATEGORIES": _Card.tags,
    "RELATED": _Card.related,
    "X-ABRELATEDNAMES": _Card.related_name,
    "X-ABLABEL": _Card.label,
    **dict.fromkeys(
        ("X-MANAGER", "X-MS-MANAGER", "X-EVOLUTION-MANAGER", "X-KADDRESSBOOK-X-MANAGERSNAME"),
        lambda card, value, _parameters: card.plain("reports_to", value),
    ),
}
