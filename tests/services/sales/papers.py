"""Who is written to, and what for."""

HANAKO = {
    "last_name": "田中",
    "first_name": "花子",
    "title": "部長",
    "department": "購買部",
    "addresses": ["hanako@abc.example"],
}
ABC = {
    "name": "株式会社エービーシー",
    "billing_postal_code": "100-0005",
    "billing_state": "東京都",
    "billing_city": "千代田区",
    "billing_street": "丸の内1-1-1",
}
NO_NAMES = dict.fromkeys(("last_name", "first_name", "last_name_kana", "first_name_kana", "title"), "")
PERSONAL = {**NO_NAMES, "addresses": []}
# 法人番号 of the National Tax Agency itself.
ISSUER = {
    "name": "株式会社よつば計測",
    "postal_code": "101-0021",
    "address": "東京都千代田区外神田1-2-3",
    "registration_number": "T7000012050002",
    "bank_account": "よつば銀行 本店 普通 1234567 カ）ヨツバケイソク",
}


def line(name="温湿度計 TH-20", **changes):
    return {"name": name, "quantity": "2", "unit": "台", "unit_price": "12500", **changes}


def quote_of(hanako, **changes):
    return {"contact_id": hanako["id"], "subject": "温湿度計のお見積り", "lines": [line()], **changes}
