"""Who issues quotes and invoices."""

from marshmallow import Schema, fields

from gateway.api.schemas.common import Sentence, choice, told, words

ROUNDINGS = ("down", "up", "half_up")


class IssuerChange(Schema):
    """Who issues documents; what is left out stays. Documents that were issued keep the earlier settings."""

    name = words(255, least=1)
    postal_code = words(20)
    address = words(500)
    phone = words(64)
    email = words(320)
    registration_number = words(30, metadata={"description": "登録番号: T and 13 digits, or empty"})
    bank_account = words(500)
    rounding = choice(*ROUNDINGS, metadata={"description": "How tax is rounded on new documents"})


class Issuer(Schema):
    """Who issues documents."""

    name = told()
    postal_code = told()
    address = told()
    phone = told()
    email = told()
    registration_number = told()
    bank_account = told()
    rounding = told()
    version = fields.Integer()
    hints = fields.Dict(
        keys=fields.String(),
        values=fields.List(Sentence()),
        metadata={"description": "By field, what is odd but may be right; of the settings alone"},
    )
