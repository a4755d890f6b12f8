"""Draws a form on pages of A4, as PDF. Run by ``printing`` as a child process: a form on stdin, the PDF on stdout."""

import contextlib
import resource
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

import orjson
from fpdf import FPDF
from fpdf.fonts import TTFFont
from noto_cjk_sans_jp_regular import FONT_PATH

from services.sales.wrapping import printable, wrapped

Values = dict[str, Any]
FONT = "noto"
LEFT, RIGHT, TOP, BOTTOM = 18.0, 192.0, 18.0, 279.0
WIDTH = RIGHT - LEFT
# Millimetres of a point; of a line the height, and the way down to its base line, in parts of its size.
POINT = 25.4 / 72
LINE, BASE = 1.45, 1.08
BLACK, GREY, LIGHT, PALE = 0, 90, 180, 238
THIN = 0.1
NAME, QUANTITY = 1, 2
GAP = 1.5


@dataclass(frozen=True, slots=True)
class Block:
    """What stays on one page. ``height`` in mm; ``draw`` gets where it begins."""

    height: float
    draw: Callable[[float], None]
    is_row: bool = False


def height_of(size: float, lines: int = 1) -> float:
    """The mm that lines of a size take."""
    return size * POINT * LINE * lines


class Sheet:
    """The pages, and how text comes onto them."""

    def __init__(self, form: Values) -> None:
        self.form = form
        self.pdf = FPDF(format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.alias_nb_pages("")  # else a text with such a word in it would change
        self.pdf.add_font(FONT, "", str(FONT_PATH))
        self.pdf.set_font(FONT, size=10)
        self.pdf.set_lang(form["language"])
        self.pdf.set_title(f"{form['title']} {form['number']}")
        self.pdf.set_creation_date(datetime.fromisoformat(form["changed_at"]))
        glyphs = cast(TTFFont, self.pdf.fonts[FONT]).cmap
        self.has_glyph = lambda sign: ord(sign) in glyphs
        self.em = lru_cache(maxsize=None)(self._em)

    def _em(self, sign: str) -> float:
        """The width of a character in parts of the size."""
        self.pdf.set_font_size(10)
        return self.pdf.get_string_width(sign) / (10 * POINT)

    def width(self, text: str, size: float) -> float:
        """In mm."""
        return sum(map(self.em, text)) * size * POINT

    def lines(self, text: str, width: float, size: float) -> list[str]:
        """A text of any length in lines that fit."""
        shown = printable(text, self.has_glyph)
        return wrapped(shown, width, lambda sign: self.em(sign) * size * POINT)

    def write(self, text: str, x: float, y: float, size: float, *, width: float = 0, grey: bool = False) -> None:
        """A line whose top is at ``y``; with a ``width``, so far to the right as it goes."""
        start = x + width - self.width(text, size) if width else x
        self.pdf.set_font_size(size)
        self.pdf.set_text_color(GREY if grey else BLACK)
        self.pdf.text(start, y + size * POINT * BASE, text)

    def rule(self, y: float, *, left: float = LEFT, right: float = RIGHT, thick: float = THIN) -> None:
        """A line across."""
        self.pdf.set_draw_color(BLACK if thick > THIN else LIGHT)
        self.pdf.set_line_width(thick)
        self.pdf.line(left, y, right, y)

    def text_block(self, lines: list[str], size: float, *, x: float = LEFT, grey: bool = False) -> Block:
        """Lines one below the other."""

        def draw(y: float) -> None:
            for position, line in enumerate(lines):
                self.write(line, x, y + height_of(size, position), size, grey=grey)

        return Block(height_of(size, len(lines)), draw)


def paper(form: Values) -> bytes:
    """The PDF of a form."""
    sheet = Sheet(form)
    table = Table(sheet)
    blocks = [*head(sheet), table.header(), *table.rows(), *sums(sheet), *foot(sheet)]
    pages = paged(blocks, table.header())
    for number, page in enumerate(pages, 1):
        sheet.pdf.add_page()
        for y, block in page:
            block.draw(y)
        text = f"{form['number']}  {number} / {len(pages)}"
        sheet.write(text, LEFT, BOTTOM + 4, 8, width=WIDTH, grey=True)
    return bytes(sheet.pdf.output())


def paged(blocks: Iterable[Block], header: Block) -> list[list[tuple[float, Block]]]:
    """On each page the blocks with where they begin; rows of the table that go on have its header above them."""
    pages: list[list[tuple[float, Block]]] = [[]]
    y = TOP
    for block in blocks:
        if y + block.height > BOTTOM and pages[-1]:
            pages.append([])
            y = TOP
            if block.is_row:
                pages[-1].append((y, header))
                y += header.height
        pages[-1].append((y, block))
        y += block.height
    return pages


def head(sheet: Sheet) -> list[Block]:
    """Title, addressee, issuer, subject and the total."""
    form = sheet.form
    return [_title(sheet), _sides(sheet), *_subject(sheet), _total(sheet, *form["total"]), Block(4, _nothing)]


def _nothing(y: float) -> None:
    """An empty space."""


def _title(sheet: Sheet) -> Block:
    def draw(y: float) -> None:
        title, mark = sheet.form["title"], sheet.form["mark"]
        sheet.write(title, LEFT + (WIDTH - sheet.width(title, 20)) / 2, y, 20)
        if mark:
            sheet.write(mark, LEFT, y + 2, 12, width=WIDTH, grey=True)

    return Block(18, draw)


def _sides(sheet: Sheet) -> Block:
    """On the left whom it is for, on the right who issues it."""
    form, column = sheet.form, WIDTH / 2 - 6
    left = [*_sized(sheet, form["addressee"]["where"], column, 9), ("", 6.0)]
    left += _sized(sheet, form["addressee"]["who"], column, 12)
    right = _sized(sheet, [f"{label}  {value}" for label, value in form["facts"]], column, 9)
    right += [("", 6.0), *_sized(sheet, form["issuer"][:1], column, 11), *_sized(sheet, form["issuer"][1:], column, 9)]

    def draw(y: float) -> None:
        _column(sheet, left, LEFT, y)
        _column(sheet, right, LEFT + WIDTH / 2 + 6, y)

    return Block(max(sum(height_of(size) for _, size in side) for side in (left, right)) + 6, draw)


def _sized(sheet: Sheet, texts: Iterable[str], width: float, size: float) -> list[tuple[str, float]]:
    return [(line, size) for text in texts for line in sheet.lines(text, width, size)]


def _column(sheet: Sheet, lines: Iterable[tuple[str, float]], x: float, y: float) -> None:
    for text, size in lines:
        sheet.write(text, x, y, size)
        y += height_of(size)


def _subject(sheet: Sheet) -> list[Block]:
    label, subject = sheet.form["subject"]
    lines = sheet.lines(f"{label}  {subject}", WIDTH, 11)
    return [sheet.text_block(lines, 11), sheet.text_block([sheet.form["sentence"]], 9), Block(3, _nothing)]


def _total(sheet: Sheet, label: str, figure: str) -> Block:
    def draw(y: float) -> None:
        sheet.write(label, LEFT, y + 2.2, 11)
        sheet.write(figure, LEFT, y, 16, width=WIDTH / 2)
        sheet.rule(y + 9.5, right=LEFT + WIDTH / 2, thick=0.5)

    return Block(12, draw)


class Table:
    """The lines of the document. A line of its text is a block of its own: a description may be longer than a page."""

    SIZE, SMALL = 9.0, 7.5

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        figures = [26.0] * (len(sheet.form["columns"]) - 5) + [15.0, 28.0]
        self.widths = [8.0, WIDTH - 8 - 24 - sum(figures), 24.0, *figures]
        self.lefts = [LEFT + sum(self.widths[:position]) for position in range(len(self.widths))]

    def header(self) -> Block:
        """The names of the columns."""
        size = self.SMALL
        cells = [self._lines(text, position, size) for position, text in enumerate(self.sheet.form["columns"])]
        height = height_of(size, max(map(len, cells))) + 2

        def draw(y: float) -> None:
            self.sheet.pdf.set_fill_color(PALE)
            self.sheet.pdf.rect(LEFT, y, WIDTH, height, style="F")
            for position, lines in enumerate(cells):
                for row, line in enumerate(lines):
                    self._cell(position, line, y + 1 + height_of(size, row), size)

        return Block(height, draw, is_row=True)

    def rows(self) -> Iterable[Block]:
        """The lines of the table."""
        for number, row in enumerate(self.sheet.form["rows"], 1):
            yield from self._row([str(number), row["name"], row["quantity"], *row["figures"]], row["description"])

    def _row(self, texts: list[str], description: str) -> Iterable[Block]:
        cells = [self._lines(text, position, self.SIZE) for position, text in enumerate(texts)]
        small = self._lines(description, NAME, self.SMALL) if description else []
        yield Block(1, _nothing, is_row=True)
        for row in range(max(map(len, cells))):
            yield self._text({at: lines[row] for at, lines in enumerate(cells) if row < len(lines)}, self.SIZE)
        for line in small:
            yield self._text({NAME: line}, self.SMALL, grey=True)
        yield Block(1, lambda y: self.sheet.rule(y + 1), is_row=True)

    def _text(self, cells: dict[int, str], size: float, *, grey: bool = False) -> Block:
        def draw(y: float) -> None:
            for position, text in cells.items():
                self._cell(position, text, y, size, grey=grey)

        return Block(height_of(size), draw, is_row=True)

    def _lines(self, text: str, position: int, size: float) -> list[str]:
        return self.sheet.lines(text, self.widths[position] - 2 * GAP, size)

    def _cell(self, position: int, text: str, y: float, size: float, *, grey: bool = False) -> None:
        width = 0 if position == NAME else self.widths[position] - 2 * GAP
        self.sheet.write(text, self.lefts[position] + GAP, y, size, width=width, grey=grey)


def sums(sheet: Sheet) -> list[Block]:
    """What it all comes to, on one page, and what ※ means."""
    rows, left = sheet.form["sums"], LEFT + WIDTH / 2
    height = 6.0

    def draw(y: float) -> None:
        for position, (label, figure) in enumerate(rows):
            top, size = y + 3 + position * height, 11 if position == len(rows) - 1 else 9
            sheet.write(label, left, top, size)
            sheet.write(figure, left, top, size, width=RIGHT - left - GAP)
            sheet.rule(top + height - 0.5, left=left)
        if sheet.form["reduced"]:
            sheet.write(sheet.form["reduced"], LEFT, y + 3, 8)

    return [Block(height * len(rows) + 8, draw)]


def foot(sheet: Sheet) -> Iterable[Block]:
    """Bank account and notes, each line a block: they may be longer than a page."""
    for label, text in (sheet.form["bank_account"], sheet.form["notes"]):
        if text:
            lines = sheet.lines(text, WIDTH, 9)
            yield sheet.text_block([label, lines[0]], 9)
            yield from (sheet.text_block([line], 9) for line in lines[1:])
            yield Block(4, _nothing)


def main() -> None:
    """Print what stands on stdin. Arguments: CPU seconds, bytes of address space, how to end where they are too few."""
    cpu_seconds, memory_bytes, no_room = map(int, sys.argv[1:])
    for kind, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS refuses one of address space
            resource.setrlimit(kind, (most, most))
    try:
        printed = paper(orjson.loads(sys.stdin.buffer.read()))
    except MemoryError:
        sys.exit(no_room)
    sys.stdout.buffer.write(printed)


if __name__ == "__main__":
    main()
