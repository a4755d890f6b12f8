"""Figures: printed as they come, put into a table of ratios, and appended as JSON lines to BENCH_JSON's file."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from bench.meters import Cost, load

MEGABYTE = 1024 * 1024
# How many times what is done once may cost where there are a hundred times as many records (issue 3).
MOST_GROWTH = 3
console = Console(width=150, highlight=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; ``ratio`` is this value divided by that of the figure that ``against`` names.

    ``limit``: what the ratio is to stay below.
    """

    name: str
    value: float
    unit: str
    against: str | None = None
    ratio: float | None = None
    limit: float | None = None

    @property
    def is_beyond(self) -> bool:
        """Whether it exceeds its limit."""
        return None not in (self.ratio, self.limit) and self.ratio > self.limit  # type: ignore[operator]


@dataclass
class Report:
    """The figures of one run."""

    figures: list[Figure] = field(default_factory=list)

    def say(self, text: str) -> None:
        """A line for the reader, on no account a figure."""
        console.print(text, markup=False)

    def add(self, name: str, value: float, unit: str) -> None:
        """Note a figure."""
        self.say(f"  {name}: {value:,.2f} {unit}")
        self._keep(Figure(name, round(value, 3), unit))

    def against(self, name: str, other: str, *, limit: float | None = None) -> None:
        """Compare two figures, if both were measured in this run; a ratio above ``limit`` is marked."""
        one, two = self._figure(name), self._figure(other)
        if one and two and two.value:
            self._keep(Figure(name, one.value, one.unit, other, round(one.value / two.value, 3), limit))

    def add_line(self, line: Mapping[str, object]) -> None:
        """Note a figure that a part measured and compared by itself."""
        self._keep(Figure(**line))  # type: ignore[arg-type] # a JSON line has the fields of a figure

    def table(self) -> None:
        """Print all figures with their ratios."""
        table = Table("what", "value", "unit", "ratio", "against", title=f"load {load()}")
        for each in self.figures:
            ratio = "" if each.ratio is None else f"{each.ratio:.2f}"
            ratio += f" ABOVE {each.limit:g}" if each.is_beyond else ""
            table.add_row(each.name, f"{each.value:,.2f}", each.unit, ratio, each.against or "")
        console.print(table)

    def costs(self, title: str, runs: Sequence[Mapping[str, Cost]], *, count: int, what: str = "mail") -> None:
        """Print a table of what each process cost, of the middle run by total CPU."""
        middle = sorted(runs, key=lambda run: sum(cost.cpu for cost in run.values()))[len(runs) // 2]
        total = Cost(cpu=sum(cost.cpu for cost in middle.values()), memory=sum(c.memory for c in middle.values()))
        table = Table("process", "CPU s", f"us per {what}", "peak MB", title=title)
        for name, cost in {**middle, "all": total}.items():
            each, memory = cost.cpu / count * 1e6, cost.memory / MEGABYTE
            table.add_row(name, f"{cost.cpu:.2f}", f"{each:,.0f}", f"{memory:,.0f}")
            _write(Figure(f"{title}: CPU of {name}", round(each, 1), f"us per {what}"))
            _write(Figure(f"{title}: memory of {name}", round(memory, 1), "MB"))
        console.print(table)

    def _figure(self, name: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.name == name), None)

    def _keep(self, figure: Figure) -> None:
        self.figures.append(figure)
        _write(figure)


def _write(figure: Figure) -> None:
    if path := os.environ.get("BENCH_JSON"):
        with Path(path).open("ab") as file:
            file.write(orjson.dumps(asdict(figure)) + b"\n")
