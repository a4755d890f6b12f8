"""The one canonical form of a mail address, by which all services compare senders, contacts and leads.

Pure; the standard library and idna only. An address is never rejected for a form that carriers issue
(`taro..yamada@docomo.ne.jp`), only when it is no address at all.
"""

import re
import unicodedata
from functools import lru_cache

import idna

MAX_ADDRESS = 320
_GMAIL = frozenset({"gmail.com", "googlemail.com"})
# Controls, invisible and direction characters, halves of characters, and the character for "unreadable".
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd\ud800-\udfff]")
_NO_LOCAL = re.compile(r"[\s<>()\[\],;:\"\\@]")
_DOMAIN = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f.:]+\]|\[ipv6:[0-9a-f.:]+\]"
)


@lru_cache(maxsize=65_536)
def canonical_address(address: str) -> str:
    """`address` in the form for comparison: NFKC, case folded, domain as A-labels; "" for what is no address.

    `canonical_address(" <Tanaka@ABC.co.jp> ")` is "tanaka@abc.co.jp". Idempotent.
    """
    if len(address) > MAX_ADDRESS * 2:
        return ""
    text = unicodedata.normalize("NFKC", address).strip().strip("<>").strip()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.casefold()).casefold())
    if _HIDDEN.search(text):
        return ""
    local, at, domain = text.casefold().rpartition("@")
    domain = _canonical_domain(domain.strip())
    if not at or not domain or not _is_local(local):
        return ""
    whole = f"{local}@{domain}"
    return whole if len(whole) <= MAX_ADDRESS else ""


def weaker_address(canonical: str) -> str | None:
    """Under which other form Gmail delivers to the same person (no dots, no `+tag`), or None for other hosts.

    Two canonical addresses may be one person when this form is equal: a hint to show, never a match by itself.
    """
    local, _, domain = canonical.rpartition("@")
    if domain not in _GMAIL:
        return None
    bare = local.partition("+")[0].replace(".", "")
    return f"{bare}@gmail.com" if bare else None


def _is_local(local: str) -> bool:
    if len(local) > 2 and local[0] == local[-1] == '"':
        return True
    return bool(local) and not _NO_LOCAL.search(local)


def _canonical_domain(domain: str) -> str:
    domain = domain.replace("。", ".").rstrip(".")
    if len(domain) > 255:
        return ""
    if not domain.isascii():
        domain = ".".join(_a_label(label) for label in domain.split("."))
    return domain if _DOMAIN.fullmatch(domain) else ""


def _a_label(label: str) -> str:
    """Labels that IDNA 2008 forbids (emoji) are in use all the same: plain Punycode then."""
    if label.isascii():
        return label
    try:
        return idna.encode(label, uts46=True, std3_rules=False).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return _punycode(label)


def _punycode(label: str) -> str:
    try:
        return "xn--" + label.encode("punycode").decode("ascii").lower()
    except (UnicodeError, OverflowError):
        return ""
