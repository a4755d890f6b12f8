"""Numbers as people type them. Pure."""

import unicodedata


def plain(text: str) -> str:
    """A number without its separators and signs of money, in narrow digits: ￥１，２００ is 1200."""
    return unicodedata.normalize("NFKC", text).replace(",", "").replace("¥", "").replace(" ", "")
