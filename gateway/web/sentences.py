"""Sentences of the API, which speaks English, in the language of the request. What is not known stays as it is."""

import re

from gateway.web.language import gettext, language, msg

KNOWN = (
    msg("Is required: fill it in."),
    msg("Must be one line: take the line breaks and tabs out."),
    msg("Holds control characters: take them out."),
    msg("Holds control characters."),
    msg("Must be a date, written like 2026-11-22."),
    msg("Not a valid integer."),
    msg("Support ends before it begins: choose a later day, or an earlier beginning."),
    msg("A portal user needs a mail address: type one, or take the portal away."),
    msg("There is no such organization: choose another one or none."),
    msg("There is no such contact: choose another one or none."),
    msg("Contacts still belong to this organization: move or delete them first."),
    msg("The organization of this contact is in the recycle bin: restore that first."),
    msg("Is no PNG, JPEG, GIF or WebP image, or not all of one: choose another file."),
)
BOUNDED = msg("From %(least)s to %(most)s characters.")
LONG, BETWEEN = msg("At most %(most)s characters."), msg("A date between %(first)s and %(last)s.")
DECIMAL = msg("Must be a number with at most %(places)s decimals.")
# Those with something of their own in them.
SHAPED = (
    (re.compile(r"Must be a decimal number with at most (?P<places>\d+) decimals, such as \"1200\"\."), DECIMAL),
    (re.compile(r"(?P<text>.{1,400}) is no mail address: .*", re.S), msg("%(text)s is no mail address.")),
    (re.compile(r"This would be a circle: (?P<chain>.+)\. Choose another one\.", re.S), msg("A circle: %(chain)s.")),
    (re.compile(r"Is longer than (?P<most>[\d,]+) characters: shorten it\."), LONG),
    (re.compile(r"Length must be between 0 and (?P<most>\d+)\."), LONG),
    (re.compile(r"Length must be between (?P<least>\d+) and (?P<most>\d+)\."), BOUNDED),
    (re.compile(r"Longer than maximum length (?P<most>\d+)\."), LONG),
    (re.compile(r"Must be a date between (?P<first>\d+) and (?P<last>\d+)\."), BETWEEN),
    (re.compile(r"Must be a whole number from 0 to (?P<most>[\d,]+)\."), msg("A whole number up to %(most)s.")),
    (re.compile(r"Is larger than (?P<most>[\d,]+ KB): make it smaller\."), msg("At most %(most)s: make it smaller.")),
)


def said(sentence: str) -> str:
    """The sentence as the reader understands it."""
    if language() == "en":
        return sentence
    for shape, ours in SHAPED:
        if found := shape.fullmatch(sentence):
            return gettext(ours, **found.groupdict())
    return gettext(sentence)
