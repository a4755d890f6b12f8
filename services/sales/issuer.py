"""Who issues the documents: the company's name, address, bank account and registration number. Pure."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from contracts.errors import Conflict
from services.sales import tax
from services.sales.fields import Strict, Text

Values = dict[str, Any]

_NUMBER = re.compile(r"T(\d{13})\Z", re.ASCII)
EMPTY: Values = {
    "name": "",
    "postal_code": "",
    "address": "",
    "phone": "",
    "email": "",
    "registration_number": "",
    "bank_account": "",
    "rounding": tax.DOWN,
}


class RegistrationNumber(Text):
    """登録番号: T and 13 digits, or empty; full-width signs and hyphens are put right.

    A corporation's digits are its 法人番号, with a check digit. Those of everybody else (個人事業者など) follow a rule
    that the tax agency has not published, and nothing tells which of the two a number is: so a wrong check digit is
    told (``hints``), not refused.
    """

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        typed = super()._deserialize(value, *args, **kwargs)
        text = typed.translate(_NARROW).upper()
        if text and not _NUMBER.match(text):
            raise ValidationError("Must be T and 13 digits, as the tax office wrote them.")
        return text


_NARROW = {ord("Ｔ"): "T", ord("ｔ"): "T", ord("-"): None, ord("－"): None, ord("‐"): None, ord(" "): None} | {
    ord("０") + digit: str(digit) for digit in range(10)
}


def has_check_digit(number: str) -> bool:
    """Whether the first of the 13 digits fits the others.

    9 less the remainder by 9 of the sum of the other digits, every second one, from the second last on, doubled
    (国税庁「法人番号の指定等に関する省令」第2条).
    """
    first, others = int(number[1]), number[2:]
    total = sum(int(digit) * (2 if position % 2 else 1) for position, digit in enumerate(reversed(others)))
    return first == 9 - total % 9


class Issuer(Strict):
    """The settings of who issues documents; what is left out stays."""

    name = Text(least=1)
    postal_code = Text(20)
    address = Text(500, lines=True)
    phone = Text(64)
    email = Text(320)
    registration_number = RegistrationNumber(30)
    bank_account = Text(500, lines=True)
    rounding = fields.String(validate=validate.OneOf(tax.ROUNDINGS))


def hints(issuer: Values) -> dict[str, list[str]]:
    """By field, what is odd but may be right."""
    number = issuer["registration_number"]
    if not number or has_check_digit(number):
        return {}
    sentence = "A corporation's number has another check digit: compare it once more, unless it is a sole proprietor's."
    return {"registration_number": [sentence]}


def check_complete(issuer: Values) -> None:
    """Conflict where it is not said who issues the document."""
    if not (issuer["name"] and issuer["address"]):
        raise Conflict("Nobody has said yet who issues documents: an admin fills in name and address (PATCH /issuer).")
