"""What people are called: by the letters of the name, not by the language of the reader."""

import pytest
from flask import Flask, g

from contracts.names import called
from gateway.web.formats import person

NAMES = [
    ("田中", "太郎", "田中 太郎"),
    ("𠮷", "Ken", "𠮷 Ken"),
    ("ﾀﾅｶ", "", "ﾀﾅｶ"),
    ("佐々木", "Anna", "佐々木 Anna"),
    ("김", "민수", "김 민수"),
    ("Clarke", "Emma", "Emma Clarke"),
    ("van Gogh", "Vincent", "Vincent van Gogh"),
    ("Łukasiewicz", "Zoë", "Zoë Łukasiewicz"),
    ("Clarke", "", "Clarke"),
    ("", "", ""),
]


@pytest.mark.parametrize(("last", "first", "name"), NAMES)
def test_family_names_are_first_where_they_are_written_so_for_services_and_screens_alike(last, first, name):
    assert called(last, first) == name
    with Flask("names").app_context():
        for g.language in ("ja", "en"):
            assert person({"last_name": last, "first_name": first}) == name
