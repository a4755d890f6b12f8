"""What the lines of a document come to, by Japan's rules for qualified invoices (適格請求書). Pure.

Consumption tax is rounded once for each tax rate of a document, never for each line: National Tax Agency, Q&A on the
qualified invoice system, 問57 (消費税額等の端数処理), https://www.nta.go.jp/taxes/shiraberu/zeimokubetsu/shohi/
keigenzeiritsu/qa_invoice_mokuji.htm. The mode of rounding is the issuer's choice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.errors import Invalid
from contracts.money import MINOR_DIGITS
from services.sales.money import scaled

Values = dict[str, Any]

STANDARD, REDUCED, EXEMPT = 10, 8, 0
RATES = (STANDARD, REDUCED, EXEMPT)
DOWN, UP, HALF_UP = "down", "up", "half_up"
ROUNDINGS = (DOWN, UP, HALF_UP)
QUANTITY_PLACES, PRICE_PLACES = 3, 4
LARGEST_TOTAL = 10**14


@dataclass(frozen=True, slots=True)
class Totals:
    """``rates``: for each rate ``{rate, net, tax}``, the highest first. All amounts in minor units."""

    rates: list[Values]
    net: int
    tax: int
    total: int


def rounded(numerator: int, denominator: int, mode: str) -> int:
    """A fraction as a whole number: towards zero (``down``), away from it (``up``), or to the nearest (``half_up``)."""
    whole, rest = divmod(abs(numerator), denominator)
    more = {DOWN: False, UP: rest > 0, HALF_UP: 2 * rest >= denominator}[mode]
    return (-1 if numerator < 0 else 1) * (whole + more)


def line_amount(line: Mapping[str, Any], currency: str, mode: str) -> int:
    """Quantity times unit price without the line's discount, in minor units."""
    digits = MINOR_DIGITS[currency]
    quantity, price = scaled(line["quantity"], QUANTITY_PLACES), scaled(line["unit_price"], PRICE_PLACES)
    full = rounded(quantity * price * 10**digits, 10 ** (QUANTITY_PLACES + PRICE_PLACES), mode)
    return full - scaled(line["discount"], digits)


def totals(lines: Iterable[Mapping[str, Any]], *, currency: str, tax_included: bool, rounding: str) -> Totals:
    """What ``lines`` come to. Invalid if one rate comes to less than nothing, or all to more than anybody pays."""
    sums: dict[int, int] = {}
    for line in lines:
        sums[line["tax_rate"]] = sums.get(line["tax_rate"], 0) + line_amount(line, currency, rounding)
    _check(sums)
    rates = [_of_rate(rate, sums[rate], tax_included, rounding) for rate in RATES if rate in sums]
    net, tax = (sum(each[part] for each in rates) for part in ("net", "tax"))
    return Totals(rates, net, tax, net + tax)


def _of_rate(rate: int, amount: int, tax_included: bool, rounding: str) -> Values:
    if tax_included:
        tax = rounded(amount * rate, 100 + rate, rounding)
        return {"rate": rate, "net": amount - tax, "tax": tax}
    return {"rate": rate, "net": amount, "tax": rounded(amount * rate, 100, rounding)}


def _check(sums: Mapping[int, int]) -> None:
    faults = [
        f"The lines taxed at {rate} % come to less than nothing: correct them." for rate in sums if sums[rate] < 0
    ]
    if sum(sums.values()) > LARGEST_TOTAL:
        faults.append("The lines come to more than can be written on one document: split it.")
    if faults:
        raise Invalid("The document cannot be saved: its lines cannot be added up.", fields={"lines": faults})
