"""What stands where on a quote or an invoice, in Japanese or English. Pure: the drawing is ``paper``'s.

An invoice says what a qualified invoice (適格請求書) has to: issuer and registration number, date, what was sold and
which of it at the reduced rate (※), the sum and the tax of each rate, and to whom.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from contracts.money import MINOR_DIGITS
from services.sales.money import amount, grouped, scaled
from services.sales.tax import REDUCED

Values = dict[str, Any]
WORDS: Mapping[str, Mapping[str, str]] = {
    "ja": {
        "quote": "御見積書",
        "invoice": "請求書",
        "Created": "下書き",
        "Cancelled": "取消済",
        "number": "番号",
        "issue_date": "発行日",
        "valid_until": "有効期限",
        "due_date": "お支払期限",
        "subject": "件名",
        "quote_sentence": "下記のとおりお見積り申し上げます。",
        "invoice_sentence": "下記のとおりご請求申し上げます。",
        "quote_total": "お見積金額（税込）",
        "invoice_total": "ご請求金額（税込）",
        "registration_number": "登録番号 {}",
        "phone": "TEL {}",
        "email": "{}",
        "postal_code": "〒{}",
        "name": "品名・内容",
        "quantity": "数量",
        "unit_price": "単価",
        "discount": "値引",
        "tax_rate": "税率",
        "amount": "金額",
        "exempt": "対象外",
        "prices_net": "（金額は税抜）",
        "prices_gross": "（金額は税込）",
        "net": "小計（税抜）",
        "rate_net": "{}対象（税抜）",
        "rate_gross": "{}対象（税込）",
        "rate_exempt": "消費税対象外",
        "tax": "消費税（{}）",
        "tax_inside": "うち消費税（{}）",
        "total": "合計（税込）",
        "reduced": "※は軽減税率（8%）対象です。",
        "notes": "備考",
        "bank_account": "お振込先",
    },
    "en": {
        "quote": "Quotation",
        "invoice": "Invoice",
        "Created": "DRAFT",
        "Cancelled": "CANCELLED",
        "number": "Number",
        "issue_date": "Date",
        "valid_until": "Valid until",
        "due_date": "Due date",
        "subject": "Subject",
        "quote_sentence": "We are pleased to quote as follows.",
        "invoice_sentence": "We kindly ask for payment as follows.",
        "quote_total": "Total (tax included)",
        "invoice_total": "Amount due (tax included)",
        "registration_number": "Qualified invoice issuer no. {}",
        "phone": "Tel. {}",
        "email": "{}",
        "postal_code": "{}",
        "name": "Description",
        "quantity": "Quantity",
        "unit_price": "Unit price",
        "discount": "Discount",
        "tax_rate": "Tax",
        "amount": "Amount",
        "exempt": "exempt",
        "prices_net": "(amounts before tax)",
        "prices_gross": "(amounts with tax)",
        "net": "Subtotal (before tax)",
        "rate_net": "Taxed at {} (before tax)",
        "rate_gross": "Taxed at {} (with tax)",
        "rate_exempt": "Exempt from tax",
        "tax": "Consumption tax ({})",
        "tax_inside": "of which consumption tax ({})",
        "total": "Total (tax included)",
        "reduced": "※ Reduced tax rate (8%)",
        "notes": "Notes",
        "bank_account": "Bank account",
    },
}


def form(document: Mapping[str, Any], issuer: Mapping[str, Any], language: str) -> Values:
    """The printed form of a document as it is told: words and figures only, JSON.

    ``issuer``: who issues it, as fixed on it or, of a draft, as the settings are now.
    """
    words, kind = WORDS[language], document["kind"]
    return {
        "language": language,
        "number": document["number"],
        "title": words[kind],
        "mark": words.get(document["stage"], ""),
        "changed_at": document["updated_at"],
        "addressee": _addressee(document["recipient"], language),
        "facts": _facts(document, language),
        "issuer": _issuer(issuer, words),
        "subject": [words["subject"], document["subject"]],
        "sentence": words[f"{kind}_sentence"],
        "total": [words[f"{kind}_total"], money(document["total"], document["currency"])],
        "columns": _columns(document, words),
        "rows": [_row(line, document, words) for line in document["lines"]],
        "sums": _sums(document, words),
        "reduced": words["reduced"] if any(line["tax_rate"] == REDUCED for line in document["lines"]) else "",
        "notes": [words["notes"], document["notes"]],
        "bank_account": [words["bank_account"], issuer["bank_account"] if kind == "invoice" else ""],
    }


def money(figure: str, currency: str) -> str:
    """An amount as people read it."""
    sign, digits = ("-", figure[1:]) if figure.startswith("-") else ("", figure)
    return f"{sign}{'¥' if currency == 'JPY' else f'{currency} '}{grouped(digits)}"


def day(text: str, language: str) -> str:
    """A date in words."""
    of = date.fromisoformat(text)
    return f"{of.year}年{of.month}月{of.day}日" if language == "ja" else f"{of.day} {of:%B} {of.year}"


def _addressee(recipient: Mapping[str, str], language: str) -> Values:
    """``where``: address lines, ``who``: name lines. 様 for a person, 御中 for an organization alone."""
    organization, name = recipient["organization"], recipient["name"]
    where = [WORDS[language]["postal_code"].format(recipient["postal_code"])] if recipient["postal_code"] else []
    where += [recipient["address"]] if recipient["address"] else []
    if language == "ja":
        post = " ".join(filter(None, (recipient["department"], recipient["title"])))
        who = [organization, post, f"{name} 様"] if name else [f"{organization} 御中"]
    else:
        post = ", ".join(filter(None, (recipient["title"], recipient["department"])))
        who = [organization, f"Attn: {name}" if organization else name, post] if name else [organization]
    return {"where": where, "who": [line for line in who if line]}


def _facts(document: Mapping[str, Any], language: str) -> list[list[str]]:
    words = WORDS[language]
    dates = [name for name in ("issue_date", "valid_until", "due_date") if document.get(name)]
    return [
        [words["number"], document["number"]],
        *([words[name], day(document[name], language)] for name in dates),
    ]


def _issuer(issuer: Mapping[str, Any], words: Mapping[str, str]) -> list[str]:
    before = [issuer["name"]]
    before += [words["postal_code"].format(issuer["postal_code"])] if issuer["postal_code"] else []
    after = [words[name].format(issuer[name]) for name in ("phone", "email", "registration_number") if issuer[name]]
    return [line for line in (*before, issuer["address"], *after) if line]


def _columns(document: Mapping[str, Any], words: Mapping[str, str]) -> list[str]:
    """Their names; one for discounts only where there are any."""
    mode = words["prices_gross" if document["tax_included"] else "prices_net"]
    discount = [words["discount"]] if _has_discounts(document) else []
    name = f"{words['name']} {mode}"
    return ["#", name, words["quantity"], words["unit_price"], *discount, words["tax_rate"], words["amount"]]


def _has_discounts(document: Mapping[str, Any]) -> bool:
    return any(line["discount"] != "0" for line in document["lines"])


def _row(line: Mapping[str, Any], document: Mapping[str, Any], words: Mapping[str, str]) -> Values:
    currency = document["currency"]
    discount = [money(f"-{line['discount']}", currency) if line["discount"] != "0" else ""]
    return {
        "name": line["name"],
        "description": line["description"],
        "quantity": f"{grouped(line['quantity'])} {line['unit']}".strip(),
        "figures": [
            money(line["unit_price"], currency),
            *(discount if _has_discounts(document) else []),
            _percent(line["tax_rate"]) if line["tax_rate"] else words["exempt"],
            money(line["amount"], currency),
        ],
    }


def _sums(document: Mapping[str, Any], words: Mapping[str, str]) -> list[list[str]]:
    """What each rate comes to, its tax, and the whole: the last row."""
    currency, gross = document["currency"], document["tax_included"]
    rows = [] if gross else [(words["net"], document["net"])]
    for each in document["rates"]:
        if not each["rate"]:
            rows.append((words["rate_exempt"], each["net"]))
            continue
        of_rate, tax = ("rate_gross", "tax_inside") if gross else ("rate_net", "tax")
        sum_of_rate = _together(each, currency) if gross else each["net"]
        rows.append((words[of_rate].format(_percent(each["rate"])), sum_of_rate))
        rows.append((words[tax].format(_percent(each["rate"])), each["tax"]))
    return [[label, money(figure, currency)] for label, figure in (*rows, (words["total"], document["total"]))]


def _percent(rate: int) -> str:
    """The reduced rate is marked wherever it stands."""
    return f"{rate}%※" if rate == REDUCED else f"{rate}%"


def _together(rate: Mapping[str, Any], currency: str) -> str:
    digits = MINOR_DIGITS[currency]
    return str(amount(scaled(rate["net"], digits) + scaled(rate["tax"], digits), currency))
