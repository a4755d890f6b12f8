"""Texts compared and found by the database as people mean them: ``contracts.folding`` in SQL."""

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from contracts.folding import HIRAGANA, KATAKANA, RARE_FORMS, USUAL_FORMS, folded, spread

SQLITE_NAME = "musubi_folded"
MAX_WORDS = 10


class Folded(GenericFunction[str]):
    """``contracts.folding.folded`` of a text in the database."""

    type = Text()
    inherit_cache = True


@compiles(Folded, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    inner = compiler.process(element.clauses, **kwargs)
    return f"translate(lower(normalize({inner}, NFKC)), '{KATAKANA}{RARE_FORMS}', '{HIRAGANA}{USUAL_FORMS}')"


@compiles(Folded, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"{SQLITE_NAME}({compiler.process(element.clauses, **kwargs)})"


def teach_sqlite(connection: Any) -> None:
    """Give a new connection to SQLite the function that ``Folded`` becomes there."""
    connection.create_function(SQLITE_NAME, 1, lambda text: text and folded(text), deterministic=True)


def holds_words(column: ColumnElement[str], query: str) -> ColumnElement[bool]:
    """Whether a text that is ``spread`` holds each word of the query, in whatever order; true without any."""
    words = spread(query).split()[:MAX_WORDS]
    return and_(true(), *[column.contains(word, autoescape=True) for word in words])
