"""What a mailbox is opened with, and how it lies in the database: encrypted, under keys that can be rotated."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from contracts.errors import Invalid

FORBIDDEN = ("\r", "\n", "\0")


class Credentials(Protocol):
    """A way to log in: whatever it is, it knows its user and does the log-in on a connected client."""

    @property
    def user(self) -> str:
        """Whose mailbox it is."""

    def log_in(self, client: Any) -> None:
        """Log in on an IMAPClient; its LoginError means refused."""


@dataclass(frozen=True, slots=True)
class Password:
    """User and password. What is not ASCII goes as SASL PLAIN (RFC 4616), for LOGIN cannot carry it."""

    user: str
    secret: str = field(repr=False)

    def log_in(self, client: Any) -> None:
        """LOGIN, or AUTHENTICATE PLAIN where a letter asks for it."""
        (client.login if (self.user + self.secret).isascii() else client.plain_login)(self.user, self.secret)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """User and OAuth 2.0 access token, sent as XOAUTH2."""

    user: str
    secret: str = field(repr=False)
    vendor: str | None = None

    def log_in(self, client: Any) -> None:
        """AUTHENTICATE XOAUTH2."""
        client.oauth2_login(self.user, self.secret, vendor=self.vendor)


def credentials_for(authentication: str, user: str, secret: str, *, vendor: str | None = None) -> Credentials:
    """The credentials of a mailbox. Invalid when user or secret hold a line break or NUL (IMAP injection)."""
    for name, value in (("user", user), ("secret", secret)):
        if not value or any(character in value for character in FORBIDDEN):
            raise Invalid(f"The {name} is empty or holds a line break.", fields={name: ["One line of text is needed."]})
    if authentication == "xoauth2":
        return AccessToken(user, secret, vendor)
    return Password(user, secret)


class Vault:
    """Encrypts secrets with the first key (Fernet: AES-128-CBC with HMAC-SHA256) and reads them with any of them."""

    def __init__(self, keys: Iterable[str]) -> None:
        """``keys``: 32 bytes in URL-safe base64 each, the newest first. ValueError says what is wrong with them."""
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except (ValueError, TypeError):
            raise ValueError(
                "MUSUBI_SECRET_KEYS must hold one or more keys, the newest first, parted by commas. Make one with: "
                'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
            ) from None

    @classmethod
    def from_setting(cls, text: str) -> "Vault":
        """The vault of ``MUSUBI_SECRET_KEYS``: keys parted by commas."""
        return cls([key.strip() for key in text.split(",") if key.strip()])

    def seal(self, secret: str) -> bytes:
        """Encrypt with the newest key."""
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt. Invalid when none of the keys fits."""
        try:
            return self._fernet.decrypt(bytes(sealed)).decode()
        except InvalidToken:
            raise Invalid(
                "The stored password of this mailbox cannot be read with the keys in MUSUBI_SECRET_KEYS: "
                "put the old key back behind the new one, or enter the password again."
            ) from None

    def rotate(self, sealed: bytes) -> bytes:
        """The same secret under the newest key."""
        return self._fernet.rotate(bytes(sealed))
