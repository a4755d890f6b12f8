"""In which language an answer of the API says its sentences: English, or Japanese where Accept-Language prefers it."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Request, Response, g, has_request_context, request

from gateway.phrasebook import Phrasebook

CATALOGS = Path(__file__).parent / "locale"
LANGUAGES = ("en", "ja")


@cache
def phrasebook(language: str) -> Phrasebook:
    """The sentences in a language, read from the .po file at its first use."""
    sentences, words = catalog(language)
    return Phrasebook(sentences, words)


def catalog(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the .po file has: sentences, and the words in them, which have the context ``word``."""
    sentences: dict[str, str] = {}
    words: dict[str, str] = {}
    with (CATALOGS / f"{language}.po").open("rb") as file:
        for message in read_po(file, locale=language):
            if message.id and message.string:
                (words if message.context == "word" else sentences)[str(message.id)] = str(message.string)
    return sentences, words


def language(asked: str | None = None) -> str:
    """The language of the request that is being answered: ``asked``, else what it prefers; English outside of one."""
    if not has_request_context():
        return "en"
    if asked:
        g.language = asked
    elif "language" not in g:
        g.language = preferred(request)
    return str(g.language)


def preferred(asked: Request) -> str:
    """The first of the languages that Accept-Language names which is ours, whatever its region (RFC 9110, 12.5.4)."""
    tags = [tag.partition("-")[0].lower() for tag, quality in asked.accept_languages if quality > 0]
    return next((tag for tag in tags if tag in LANGUAGES), "en")


def said(sentence: str) -> str:
    """The sentence as the reader understands it; what the catalogue does not have stays English."""
    return said_in(language(), sentence)


def said_in(language: str, sentence: str) -> str:
    """The sentence in a language."""
    return sentence if language == "en" else phrasebook(language).said(sentence) or sentence


def mark(response: Response) -> None:
    """Tell caches and readers which language was chosen, where one was."""
    if "language" in g:
        response.headers["Content-Language"] = language()
        response.vary.add("Accept-Language")
