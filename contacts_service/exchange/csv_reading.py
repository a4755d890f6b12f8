"""CSV (RFC 4180) from pieces of a file, strictly: what cannot be read ends with its line and what to do. Pure.

Memory stays that of one piece and one record, whatever the file is.
"""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from contracts.errors import Invalid

MAX_CELLS = 200
# A quote that is never closed would swallow the rest of the file; our longest field is shorter.
MAX_RECORD = 1_000_000
MAX_LINE = 1_000_000
_LINE_ENDS = re.compile(r"\r\n|\n|\r")


class Row(NamedTuple):
    """A record of a file: the line that it begins on, counted from 1, and its cells."""

    line: int
    cells: list[str]


def rows(pieces: Iterable[bytes], *, codec: str, delimiter: str) -> Iterator[Row]:
    """The records of a file; empty lines are none. Invalid, naming the line, for what is no CSV."""
    lines = _Lines(pieces, codec)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begins = 1
    while True:
        lines.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(begins, str(error)) from None
        if len(cells) > MAX_CELLS:
            raise refused(begins, f"has {len(cells):,} cells; at most {MAX_CELLS} are read. Take columns out.")
        if any(cells):
            yield Row(begins, cells)
        begins = reader.line_num + 1


def _broken(line: int, said: str) -> Invalid:
    if "field larger" in said or "unexpected end" in said:
        return refused(line, 'has a quote (") that is never closed. Close it, or double quotes within a text ("").')
    return refused(line, 'has a quote (") in the wrong place. Put the whole text between quotes, and double it within.')


def refused(line: int, fault: str) -> Invalid:
    """The refusal of a file, by the line that is wrong."""
    sentence = f"Line {line:,} {fault}"
    return Invalid(sentence, fields={"file": [sentence]})


class _Lines:
    """The lines of a file, each with its end, for one reader."""

    def __init__(self, pieces: Iterable[bytes], codec: str) -> None:
        self._count = 0
        self._taken = 0
        self._begins = 1
        self._lines = decoded(pieces, codec)

    def begin_record(self) -> None:
        """What comes next belongs to another record."""
        self._taken, self._begins = 0, self._count + 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._count += 1
        self._taken += len(line)
        if self._taken > MAX_RECORD:
            raise _broken(self._begins, "field larger")
        return line


def decoded(pieces: Iterable[bytes], codec: str) -> Iterator[str]:
    """The lines of a file, each with its end. Invalid where bytes cannot be read, or a line has no end."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    rest, number = "", 1
    for piece, last in _with_last(pieces):
        try:
            text = rest + decoder.decode(piece, last)
        except UnicodeDecodeError as error:
            before = codecs.decode(error.object[: error.start], codec, "replace")
            fault = f"cannot be read as {_shown(codec)}. Choose another encoding."
            raise refused(number + len(_LINE_ENDS.findall(before)), fault) from None
        lines = _whole_lines(text, last=last)
        rest = lines.pop()
        if len(rest) > MAX_LINE:
            raise refused(number, f"is longer than {MAX_LINE:,} characters. Is this a CSV or vCard file?")
        yield from lines
        number += len(lines)
    if rest:
        yield rest


def _shown(codec: str) -> str:
    return codec.removesuffix("-sig").removesuffix("-le").removesuffix("-be").upper()


def _whole_lines(text: str, *, last: bool) -> list[str]:
    """The lines of a text with their ends, and behind them what has no end yet."""
    lines, begin = [], 0
    for found in _LINE_ENDS.finditer(text):
        # Half of a \r\n may be in the next piece.
        if found.end() == len(text) and found[0] == "\r" and not last:
            break
        lines.append(text[begin : found.end()])
        begin = found.end()
    return [*lines, text[begin:]]


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    before: bytes | None = None
    for piece in pieces:
        if before is not None:
            yield before, False
        before = piece
    yield before or b"", True
