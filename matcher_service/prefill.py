"""What the forms of the match panel are filled in with, from the mail alone. Pure, as domain.py."""

import re
from collections.abc import Mapping
from typing import Any

# Who writes from here tells nothing about a company.
PRIVATE_PROVIDERS = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "yahoo.co.jp",
        "yahoo.com",
        "outlook.com",
        "outlook.jp",
        "hotmail.com",
        "hotmail.co.jp",
        "icloud.com",
        "me.com",
        "docomo.ne.jp",
        "ezweb.ne.jp",
        "au.com",
        "softbank.ne.jp",
        "i.softbank.jp",
        "ymobile.ne.jp",
        "nifty.com",
        "biglobe.ne.jp",
    }
)
SECOND_LEVELS = frozenset({"ac", "ad", "co", "com", "ed", "edu", "go", "gov", "gr", "lg", "ne", "net", "or", "org"})
_EAST_ASIAN = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]")


def form(party: Mapping[str, Any], personal: Mapping[str, Any]) -> dict[str, str]:
    """Names and company from the sender, title and description from the mail."""
    last_name, first_name = names(party["name"], party["address"])
    return {
        "last_name": last_name,
        "first_name": first_name,
        "company": company(party["canonical"]),
        "address": party["address"],
        "title": personal["subject"],
        "description": personal["excerpt"],
    }


def names(display_name: str, address: str) -> tuple[str, str]:
    """(last, first) of a display name: Japanese order for Japanese names, else the last word is the last name."""
    name = " ".join(display_name.strip(" \"'").split())
    if not name or "@" in name:
        return address.rpartition("@")[0] or address, ""
    if ", " in name:
        last, _, first = name.partition(", ")
    elif _EAST_ASIAN.search(name):
        last, _, first = name.partition(" ")
    else:
        first, _, last = name.rpartition(" ")
    return last, first


def company(canonical: str) -> str:
    """``abc`` of tanaka@mail.abc.co.jp; nothing for a private provider's address."""
    domain = canonical.rpartition("@")[2]
    labels = domain.split(".")[:-1]
    if domain in PRIVATE_PROVIDERS or not labels:
        return ""
    if len(labels) > 1 and labels[-1] in SECOND_LEVELS:
        labels.pop()
    return labels[-1]
