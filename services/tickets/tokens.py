"""Pure rules: the signed ticket token, by which a reply proves which ticket it answers.

It does not prove who writes: whoever is sent the mail, or gets it forwarded, has the token (docs/decisions/0015).

Forms: ``[#TT12.k3f9…]`` in a subject, ``support+tt12.k3f9…@`` as recipient, ``<tt12.k3f9….unique@host>`` as Message-ID.
The part after the dot is HMAC-SHA256 over the number, cut to 80 bits (RFC 2104 §5 allows cutting to half the output
or 80 bits), in base32 (RFC 4648), lower case; case does not matter, since mail systems change it.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOKEN_BYTES = 10
# ASCII: without it ſ (U+017F) would pass as an s, and ١ as a 1.
_FLAGS = re.IGNORECASE | re.ASCII
_FORM = r"tt(\d{1,9})\.([a-z2-7]{16})"
_IN_SUBJECT = re.compile(rf"\[#{_FORM}\]", _FLAGS)
_IN_RECIPIENT = re.compile(rf"\+{_FORM}@", _FLAGS)
_IN_REFERENCE = re.compile(rf"^<?{_FORM}\.[^@]*@", _FLAGS)


@dataclass(frozen=True, slots=True)
class Claim:
    """A ticket that a mail says it belongs to; ``signed`` where we wrote that token ourselves."""

    serial: int
    signed: bool


def key_from_secret(secret: str) -> bytes:
    """A key for tokens alone, derived from a secret that serves other ends as well."""
    return hmac.digest(secret.encode(), b"musubi ticket token 1", hashlib.sha256)


def token(serial: int, *, key: bytes) -> str:
    """``TT12.k3f9…`` for a ticket."""
    return f"TT{serial}.{_signature(serial, key)}"


def claims(mail: Mapping[str, Any], personal: Mapping[str, Any], *, keys: Sequence[bytes]) -> list[Claim]:
    """The tickets that the tokens of a mail name, signed ones first."""
    found = {(int(serial), signature.lower()) for serial, signature in _found(mail, personal)}
    made = [Claim(serial, _is_signed(serial, signature, keys)) for serial, signature in sorted(found)]
    return sorted(made, key=lambda claim: not claim.signed)


def _found(mail: Mapping[str, Any], personal: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _matches(_IN_SUBJECT, [personal["subject"]])
    yield from _matches(_IN_RECIPIENT, (one["address"] for part in ("to", "cc") for one in personal[part]))
    yield from _matches(_IN_REFERENCE, (mail["in_reply_to"] or "", *mail["references"]))


def _matches(pattern: re.Pattern[str], texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        if found := pattern.search(text):
            yield found[1], found[2]


def _is_signed(serial: int, signature: str, keys: Sequence[bytes]) -> bool:
    return any(hmac.compare_digest(signature, _signature(serial, key)) for key in keys)


def _signature(serial: int, key: bytes) -> str:
    digest = hmac.digest(key, f"TT{serial}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:TOKEN_BYTES]).decode().lower()
