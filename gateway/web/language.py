"""Japanese and English: the catalogs, and which of the two a request gets. English sentences are the message ids."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Request, g

from gateway.language import preferred

CATALOGS = Path(__file__).parent / "locale"
LANGUAGES = {"ja": "日本語", "en": "English"}
COOKIE = "musubi_language"


def msg(sentence: str) -> str:
    """Marks a sentence that is translated where it is shown."""
    return sentence


def chosen(request: Request) -> str:
    """The user's choice, else what the browser prefers."""
    choice = request.cookies.get(COOKIE, "")
    return choice if choice in LANGUAGES else preferred(request)


def language() -> str:
    """The language of the request that is being answered."""
    return str(g.get("language", "en"))


def locale() -> Locale:
    """The conventions for dates and numbers that go with it."""
    return Locale.parse("ja_JP" if language() == "ja" else "en_GB")


@cache
def catalog(name: str) -> NullTranslations:
    """The sentences in a language, read from the .po file at its first use."""
    path = CATALOGS / f"{name}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=name))
    compiled.seek(0)
    return Translations(compiled)


def gettext(sentence: str, **values: Any) -> str:
    """The sentence in the language of the request, with its values put in."""
    text = str(catalog(language()).gettext(sentence)) if sentence else ""
    return text % values if values else text


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The sentence for a number of things."""
    text = str(catalog(language()).ngettext(one, many, number))
    return text % {"num": number, **values}


def install(app: Flask) -> None:
    """Give templates `_()`, `ngettext()` and `{% trans %}`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=False)  # type: ignore[attr-defined]  # the extension's
