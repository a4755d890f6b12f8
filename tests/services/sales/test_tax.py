"""What documents come to: figures worked out by hand, and against another way of calculating."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Invalid
from services.sales import issuer, tax
from services.sales.tax import Totals, line_amount, totals

MODES = {"down": ROUND_DOWN, "up": ROUND_UP, "half_up": ROUND_HALF_UP}


def line(quantity, unit_price, tax_rate=10, discount="0"):
    return {"quantity": str(quantity), "unit_price": str(unit_price), "tax_rate": tax_rate, "discount": discount}


def of_rates(found: Totals):
    return {each["rate"]: (each["net"], each["tax"]) for each in found.rates}


def test_the_example_of_the_tax_agency_on_rounding():
    # 国税庁 Q&A, 端数処理: tomatoes, peppers; flowers, fertiliser. Rounded by line it would be 2,163 and 2,814.
    lines = [line(83, 167, 8), line(197, 67, 8), line(57, 77), line(57, 417)]
    found = totals(lines, currency="JPY", tax_included=False, rounding="down")
    assert of_rates(found) == {8: (27_060, 2_164), 10: (28_158, 2_815)}
    assert (found.net, found.tax, found.total) == (55_218, 4_979, 60_197)


def test_the_example_of_the_tax_agency_of_a_whole_invoice():
    lines = [line(1, 40_000, 8), line(1, 80_000)]
    found = totals(lines, currency="JPY", tax_included=False, rounding="down")
    assert of_rates(found) == {8: (40_000, 3_200), 10: (80_000, 8_000)}
    assert found.total == 131_200


def test_prices_with_tax_have_it_taken_out_once_for_each_rate():
    lines = [line(1, 66_000), line(1, 21_600, 8), line(1, 500, 0)]
    found = totals(lines, currency="JPY", tax_included=True, rounding="down")
    assert of_rates(found) == {10: (60_000, 6_000), 8: (20_000, 1_600), 0: (500, 0)}
    assert found.total == 88_100


@pytest.mark.parametrize(("rounding", "taken"), [("down", 1), ("half_up", 1), ("up", 2)])
def test_the_issuer_chooses_how_tax_is_rounded(rounding, taken):
    assert totals([line(1, 14)], currency="JPY", tax_included=False, rounding=rounding).tax == taken


def test_a_currency_with_cents_is_rounded_to_cents():
    found = totals([line("1.5", "3.33")], currency="USD", tax_included=False, rounding="half_up")
    assert (found.net, found.tax) == (500, 50)


def test_a_discount_and_a_line_below_zero_are_taken_off_before_tax():
    lines = [line(10, 1_000, discount="500"), line(1, -1_500)]
    assert totals(lines, currency="JPY", tax_included=False, rounding="down").total == 8_800


def test_lines_of_a_rate_that_come_to_less_than_nothing_are_refused():
    with pytest.raises(Invalid) as refused:
        totals([line(1, 1_000, 8), line(1, -1)], currency="JPY", tax_included=False, rounding="down")
    assert "10 %" in refused.value.fields["lines"][0]


def test_lines_that_nobody_can_pay_are_refused():
    with pytest.raises(Invalid):
        totals([line(1_000_000, 999_999_999_999)], currency="JPY", tax_included=False, rounding="down")


thousandths = st.integers(1, 10**6).map(lambda number: f"{number // 1000}.{number % 1000:03}")
prices = st.integers(0, 10**9).map(lambda number: f"{number // 10_000}.{number % 10_000:04}")
lines = st.lists(st.builds(line, thousandths, prices, st.sampled_from(tax.RATES)), max_size=20)


@given(lines, st.booleans(), st.sampled_from(tax.ROUNDINGS), st.sampled_from(["JPY", "USD", "KWD"]))
def test_totals_are_those_of_another_way_of_calculating(lines, tax_included, rounding, currency):
    found = totals(lines, currency=currency, tax_included=tax_included, rounding=rounding)
    unit = Decimal(1).scaleb(-{"JPY": 0, "USD": 2, "KWD": 3}[currency])

    def cut(value: Fraction) -> Decimal:
        # Exact to 40 digits, more than any of these numbers has.
        return (Decimal(value.numerator * 10**12 // value.denominator).scaleb(-12)).quantize(unit, MODES[rounding])

    for rate in {each["tax_rate"] for each in lines}:
        own = [each for each in lines if each["tax_rate"] == rate]
        amounts = [
            (Decimal(each["quantity"]) * Decimal(each["unit_price"])).quantize(unit, MODES[rounding]) for each in own
        ]
        share = Fraction(rate, 100 + rate if tax_included else 100)
        expected = cut(Fraction(sum(amounts, Decimal(0))) * share)
        net, taken = of_rates(found)[rate]
        assert Decimal(taken) * unit == expected
        assert Decimal(net + (taken if tax_included else 0)) * unit == sum(amounts)
    assert found.total == found.net + found.tax == sum(each["net"] + each["tax"] for each in found.rates)


@given(thousandths, prices)
def test_a_line_without_parts_of_a_yen_comes_to_quantity_times_price(quantity, price):
    exact = Decimal(quantity) * Decimal(price)
    assert line_amount(line(quantity, price), "JPY", "down") == int(exact)


# Corporate numbers that their owners publish: the National Tax Agency, the Digital Agency, the Ministry of Justice.
@pytest.mark.parametrize("number", ["T7000012050002", "T8000012010038", "T1000012030001"])
def test_a_registration_number_has_its_check_digit(number):
    assert issuer.has_check_digit(number)
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    assert not issuer.has_check_digit(wrong)
