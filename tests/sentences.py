"""What the code says to whoever asks: every text in it that is a sentence, found in its syntax tree."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import marshmallow

from contracts.errors import ERRORS
from gateway import problems, reports

ROOT = Path(__file__).parents[1]
SERVICES = ("chassis", "contacts_service", "contracts", "gateway", "mail_ingest_service", "matcher_service", "services")
# Who reads these is no user of the API or the screens: an operator at a terminal, a log, a developer. Screens have a
# catalogue of their own, papers are written in the language of who gets them, and why a mail was matched is a
# `reason`, a stable word, beside its explanation.
ELSEWHERE = (
    *("*/commands.py", "*/migrations/*", "*/migrations/versions/*", "gateway/documentation.py"),
    *("matcher_service/domain.py", "services/sales/form.py"),
    *(f"chassis/{name}.py" for name in ("beside", "bulk", "docs", "http", "runner", "settings", "testing", "up")),
    *("chassis/validation.py", "chassis/live.py"),
)
FOLDERS_ELSEWHERE = ("gateway/web/", "chassis/embedded/")
# Arguments, entries and names that make documents.
IN_DOCUMENTS = {"description", "help", "FILTER_HELP", "__doc__"}
# Names that a sentence has while it is put together.
JOINED = {"fault", "sentence"}
SENTENCE = re.compile(r"[\w{\"].* .*[.?…]", re.DOTALL)
VALUE = re.compile(r"\{\w+\}")


# Put together of a name and a sentence where no name tells it (contacts_service.exchange.mapping, sales.fields).
PUT_BEFORE = {("", ": ", "")}


@dataclass(frozen=True)
class Said:
    """A sentence of the code: the texts around its values, and where it stands."""

    parts: tuple[str, ...]
    where: str


def all_said() -> Iterator[Said]:
    """Every sentence that a service may answer with."""
    for path in sorted(path for folder in SERVICES for path in (ROOT / folder).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if not name.startswith(FOLDERS_ELSEWHERE) and not any(path.match(pattern) for pattern in ELSEWHERE):
            yield from said_in(path.read_text(), name)


def said_in(source: str, name: str) -> list[Said]:
    """The sentences of a module: what looks like one, and whatever an error is raised with."""
    finder = _Finder(name)
    finder.visit(ast.parse(source))
    return finder.found


def of_the_library() -> Iterator[tuple[str, ...]]:
    """What marshmallow says by itself. `format` is about answers, which are ours; {min_op} is filled in by a check."""
    kinds = [kind for kind in vars(marshmallow.fields).values() if isinstance(kind, type)]
    texts = [text for kind in kinds for text in _of_field(kind)]
    texts += marshmallow.Schema._default_error_messages.values()
    ranges = [
        marshmallow.validate.Range(1, 2, min_inclusive=a, max_inclusive=b) for a in (False, True) for b in (False, True)
    ]
    names = ("message_min", "message_max", "message_all", "message_equal", "default_message")
    texts += [getattr(check, name, "") for check in (*ranges, *vars(marshmallow.validate).values()) for name in names]
    return (tuple(VALUE.split(text)) for text in texts if text and "_op}" not in text)


def _of_field(kind: type) -> Iterator[str]:
    named = {name.lower(): getattr(kind, name) for name in ("OBJ_TYPE", "AWARENESS") if getattr(kind, name, None)}
    for name, text in [one for base in kind.__mro__ for one in getattr(base, "default_error_messages", {}).items()]:
        if name != "format" and set(re.findall(r"{(obj_type|awareness)}", text)) <= set(named):
            yield re.sub(r"{(obj_type|awareness)}", lambda found: named[found[1]], text)


def of_every_call() -> Iterator[tuple[str, ...]]:
    """The titles and pages of the errors, and the names of columns."""
    for code, error in ERRORS.items():
        yield (problems.title(error.status, code),)
        yield (problems.explain(code) or "",)
    yield from ((name,) for name in reports.COLUMNS)


class _Finder(ast.NodeVisitor):
    def __init__(self, name: str) -> None:
        self.found: list[Said] = []
        self._name = name
        self._told = False

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._within(node, told=True)

    def visit_Assign(self, node: ast.Assign) -> None:
        names = {target.attr if isinstance(target, ast.Attribute) else ast.unparse(target) for target in node.targets}
        if not names & IN_DOCUMENTS:
            self._within(node, told=bool(names & JOINED))

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in IN_DOCUMENTS:
            self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and key.value in IN_DOCUMENTS):
                self.visit(value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._take(tuple(VALUE.split(node.value)), node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [""]
        for value in node.values:
            if isinstance(value, ast.Constant):
                parts[-1] += str(value.value)
            else:
                parts.append("")
        self._take(tuple(parts), node)

    def _within(self, node: ast.AST, *, told: bool) -> None:
        before, self._told = self._told, told or self._told
        self.generic_visit(node)
        self._told = before

    def _take(self, parts: tuple[str, ...], node: ast.expr) -> None:
        text = "{}".join(parts)
        ends_with_another = self._told and text.endswith(" {}")
        one_word = self._told and text.endswith(".") and len(parts) == 1
        if SENTENCE.fullmatch(text) or ends_with_another or one_word:
            self.found.append(Said(parts, f"{self._name}:{node.lineno}"))
