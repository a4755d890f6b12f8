"""Every sentence of the screens is there in Japanese, and none is left over."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import gateway.web
from contracts import names
from gateway.web import formats
from gateway.web.vendor import ICONS

HERE = Path(gateway.web.__file__).parent
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "msg": None}


def test_the_catalog_has_each_sentence_and_no_other():
    found = extract_from_dir(HERE, method_map=METHODS, keywords=KEYWORDS)
    used = {text if isinstance(text, str) else text[0] for _, _, text, _, _ in found}
    with (HERE / "locale" / "ja.po").open("rb") as file:
        catalog = {message.id if isinstance(message.id, str) else message.id[0]: message for message in read_po(file)}
    catalog.pop("")
    assert used == set(catalog)
    assert [text for text, message in catalog.items() if message.fuzzy or not message.string] == []


def test_the_letters_of_names_with_the_family_s_first_are_those_of_the_contracts():
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    assert formats.FAMILY_FIRST.findall(every) == names.FAMILY_FIRST.findall(every)


def test_every_icon_that_a_template_shows_is_fetched():
    text = "".join(path.read_text() for path in HERE.rglob("*.html"))
    assert set(re.findall(r'icon\("([a-z0-9-]+)"', text)) <= set(ICONS)
