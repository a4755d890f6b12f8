"""Records as lines of CSV (RFC 4180), which an import reads as the same records; formulas made harmless. Pure."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from contacts_service import checks
from contacts_service.exchange.cells import all_phones, cell_of, defused, joined
from contacts_service.exchange.targets import MEMBER_OF, ORGANIZATION, PHONES, REPORTS_TO, TARGETS, further_names

Values = dict[str, Any]

# What stands for a character that the file's encoding does not have (geta, as Japanese printers do).
GETA = "〓"
# Signs that Unicode has twice, in the form that CP932 has.
_TWINS = str.maketrans("〜−‖—¢£¬", "～－∥―￠￡￢")
_LOST = {"en": "Characters lost (〓)", "ja": "表せない文字のある項目（〓）"}
_FURTHER_ADDRESSES, _ALL_PHONES = "further_addresses", "all_phones"
_NOT_WRITTEN = frozenset({*PHONES, "name_kana"})


def columns(kind: str) -> list[str]:
    """What the columns hold, in their order."""
    found: list[str] = []
    for name in TARGETS[kind]:
        if name not in _NOT_WRITTEN and not (kind == "contact" and name == "name"):
            found.append(name)
            found += {"addresses": [_FURTHER_ADDRESSES], "phones": [_ALL_PHONES]}.get(name, [])
    return found


def header(kind: str, language: str, *, cp932: bool) -> str:
    """The first line: names that an import knows, in English or Japanese."""
    further = {_FURTHER_ADDRESSES: further_names("addresses"), _ALL_PHONES: further_names("phones")}
    place = 1 if language == "ja" else 0
    names = [further[name][place] if name in further else TARGETS[kind][name].label(language) for name in columns(kind)]
    return line([*names, *([_LOST[language]] if cp932 else [])])


def record(kind: str, values: Mapping[str, Any], linked: Mapping[str, str], language: str, *, cp932: bool) -> str:
    """The line of a record; ``linked``: what the records that it points at are called, by field."""
    told = [_cell(name, values, linked) for name in columns(kind)]
    if not cp932:
        return line(told)
    written = [encodable(cell) for cell in told]
    labels = header(kind, language, cp932=False).rstrip("\r\n").split(",")
    lost = [label for label, before, after in zip(labels, told, written, strict=True) if _is_lost(before, after)]
    return line([*written, joined(lost)])


def _is_lost(before: str, after: str) -> bool:
    return after.count(GETA) > before.count(GETA)


def _cell(name: str, values: Mapping[str, Any], linked: Mapping[str, str]) -> str:
    if name == "addresses":
        return str(values[name][0]) if values[name] else ""
    if name == _FURTHER_ADDRESSES:
        return joined(values["addresses"][1:])
    if name == "phones":
        return checks.shown_phone(values[name][0]["number"]) if values[name] else ""
    if name == _ALL_PHONES:
        return all_phones(values["phones"])
    if name in (ORGANIZATION, REPORTS_TO, MEMBER_OF):
        return linked.get(f"{name}_id", "")
    return cell_of(values[name])


def encodable(text: str) -> str:
    """A text that CP932 has the characters for; GETA in the place of those that it has not."""
    twins = text.translate(_TWINS)
    return "".join(letter if _has(letter) else GETA for letter in twins) if not _has(twins) else twins


def _has(text: str) -> bool:
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def line(cells: Sequence[str]) -> str:
    """Cells as a line of CSV that no spreadsheet calculates."""
    written = StringIO()
    csv.writer(written).writerow([defused(cell) for cell in cells])
    return written.getvalue()
