"""A file as it is read: its columns and rows whatever its format is; rows on their way in batches. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import orjson
import zstandard

from contacts_service.exchange import csv_reading, detection, vcard_reading
from contacts_service.exchange.csv_reading import Row
from contacts_service.exchange.targets import content_of, proposed, target_of
from contracts.errors import Invalid

Values = dict[str, Any]

BATCH = 250
MAX_ROWS = 1_000_000
PREVIEWED = 20
PREVIEW_PART = 16 * 1024
MAX_COLUMN_NAME = 100
NO_ROWS = "There is no row in the file but the one that names the columns."
# Columns of the same name, and those without one.
_TOLD_APART, _COUNTED = re.compile(r" \(\d+\)$"), re.compile(r"Column \d+")


def rows(kind: str, format: Values, pieces: Iterable[bytes]) -> Iterator[Row]:
    """The rows of a file, without its header. Invalid, naming the line, for what cannot be read."""
    given = iter(pieces)
    first = next(given, b"")
    codec = detection.codec_of(format["encoding"], first)
    whole = chain([first], given)
    if format["type"] == detection.VCARD:
        return vcard_reading.rows(kind, whole, codec=codec)
    found = csv_reading.rows(whole, codec=codec, delimiter=format["delimiter"])
    return islice(found, 1 if format["header"] else 0, None)


def columns(kind: str, format: Values, first: bytes) -> list[str]:
    """The names of a file's columns, each another one; those without a name are counted."""
    if format["type"] == detection.VCARD:
        return list(vcard_reading.COLUMNS[kind])
    text = detection.decoded(first, format["encoding"])
    records = detection.sample(text, format["delimiter"])
    width = min(max(map(len, records), default=1), csv_reading.MAX_CELLS)
    # A wider one is refused when its rows are read; telling thousands of equal names apart would stop the service.
    header = records[0][: csv_reading.MAX_CELLS] if format["header"] and records else []
    # A file is as wide as its header says; without one, as its widest row.
    names = [name.strip()[:MAX_COLUMN_NAME] for name in header] or [""] * width
    return _told_apart([name or f"Column {place}" for place, name in enumerate(names, start=1)])


def _told_apart(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        count = 1
        while (shown := name if count == 1 else f"{name} ({count})") in found:
            count += 1
        found.append(shown)
    return found


def proposed_mapping(kind: str, format: Values, names: Sequence[str], first: bytes, *, whole: bool) -> list[str | None]:
    """What each column is, as far as its name tells, or else what stands in it."""
    if format["type"] == detection.VCARD:
        return [target_of(kind, name) for name in names]
    found = proposed(kind, [_TOLD_APART.sub("", name) for name in names])
    shown, _ = preview(kind, format, first, whole=whole)
    for place, target in enumerate(found):
        cells = [cell for row in shown for cell in row.cells[place : place + 1] if cell]
        guessed = content_of(cells) if target is None and _COUNTED.fullmatch(names[place]) else None
        found[place] = target or guessed
    return found


def preview(kind: str, format: Values, first: bytes, *, whole: bool) -> tuple[list[Row], str | None]:
    """The first rows, and what is wrong where there are fewer because of it; ``whole``: ``first`` is all there is."""
    found: list[Row] = []
    try:
        for row in islice(rows(kind, format, _parts(first, whole=whole)), PREVIEWED):
            found.append(row)
    except Invalid as error:
        return found, error.message
    except _MoreToCome:
        return found, None
    return found, None if found else NO_ROWS


class _MoreToCome(Exception):
    """What is missing may be in the next piece."""


def _parts(first: bytes, *, whole: bool) -> Iterator[bytes]:
    """In parts, so that a character that the end cuts off does not count where nobody reads so far."""
    for begin in range(0, len(first), PREVIEW_PART):
        yield first[begin : begin + PREVIEW_PART]
    if not whole:
        raise _MoreToCome


def batches(found: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows in batches. Invalid for more than MAX_ROWS."""
    ordered = iter(found)
    count = 0
    while batch := list(islice(ordered, BATCH)):
        count += len(batch)
        if count > MAX_ROWS:
            sentence = f"The file has more than {MAX_ROWS:,} rows. Split it, and import one part after the other."
            raise Invalid(sentence, fields={"file": [sentence]})
        yield batch


def pack(batch: Sequence[Row]) -> bytes:
    """A batch as it is kept."""
    # A cell may hold half of a character, which JSON does not take.
    texts = [[row.line, [cell.encode("utf-8", "replace").decode() for cell in row.cells]] for row in batch]
    return zstandard.compress(orjson.dumps(texts), 1)


def unpack(content: bytes) -> list[Row]:
    """The batch again."""
    return [Row(line, cells) for line, cells in orjson.loads(zstandard.decompress(content))]
