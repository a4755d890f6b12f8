"""Currencies and amounts. Money travels as a decimal string in the currency's own unit ("110000" JPY, "12.50" USD).

Never as a JSON number with a fraction: a reader of another language would make a binary float of it.
"""

from typing import Any

from marshmallow import fields, validate

AMOUNT = r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$"
# ISO 4217 (https://www.iso.org/iso-4217-currency-codes.html): currencies in use, by the digits of their minor unit.
_MINOR_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC "
    "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD "
    "KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
MINOR_DIGITS = {code: digits for digits, codes in _MINOR_DIGITS.items() for code in codes.split()}
CURRENCIES = tuple(sorted(MINOR_DIGITS))


def amount(**kwargs: Any) -> fields.Field[Any]:
    """An amount of money as a decimal string."""
    checks = [validate.Length(max=21), validate.Regexp(AMOUNT)]
    return fields.String(required=not kwargs.get("allow_none"), validate=checks, **kwargs)


def currency() -> fields.Field[Any]:
    """The code of a currency, ISO 4217; readers must not count on a list that is complete."""
    return fields.String(required=True, validate=[validate.Length(equal=3), validate.Regexp("^[A-Z]{3}$")])
