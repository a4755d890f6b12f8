"""The errors that services answer one another with. ``code`` is stable; the text says what is wrong and what to do."""

from typing import Any, ClassVar


class MusubiError(Exception):
    """An expected refusal. ``fields`` maps field names to lists of sentences; ``extra`` is JSON for the caller."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, fields: dict[str, list[str]] | None = None, **extra: Any) -> None:
        """``message`` is one or two sentences for the person who reads it."""
        super().__init__(message)
        self.message = message
        self.fields = fields or {}
        self.extra = extra

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Enter every error in the register, by which the RPC client finds the class of a code."""
        super().__init_subclass__(**kwargs)
        ERRORS[cls.code] = cls

    def to_wire(self) -> dict[str, Any]:
        """The error as JSON."""
        return {"code": self.code, "message": self.message, "fields": self.fields, "extra": self.extra}

    @staticmethod
    def from_wire(wire: dict[str, Any]) -> "MusubiError":
        """The error again; an unknown code becomes the nearest thing, an :class:`InternalError`."""
        cls = ERRORS.get(wire["code"], InternalError)
        return cls(wire["message"], fields=wire.get("fields") or {}, **(wire.get("extra") or {}))


ERRORS: dict[str, type[MusubiError]] = {}


class InternalError(MusubiError):
    """Our fault; the details are in the log of the service, under the correlation id."""

    code = "internal_error"
    status = 500


class NotFound(MusubiError):
    """There is no such record (any more)."""

    code = "not_found"
    status = 404


class Invalid(MusubiError):
    """The request says something that cannot be; ``fields`` tells where."""

    code = "invalid"
    status = 422


class Conflict(MusubiError):
    """The record has changed since it was read, or its state does not allow the step."""

    code = "conflict"
    status = 409


class PreconditionFailed(MusubiError):
    """The version in If-Match is not the present one."""

    code = "precondition_failed"
    status = 412


class IdempotencyConflict(MusubiError):
    """The idempotency key was used before with another request."""

    code = "idempotency_conflict"
    status = 422


class NotAuthenticated(MusubiError):
    """No valid session or token."""

    code = "not_authenticated"
    status = 401


class Forbidden(MusubiError):
    """The one who asks may not do this."""

    code = "forbidden"
    status = 403


class TooManyRequests(MusubiError):
    """Wait for ``extra['retry_after']`` seconds."""

    code = "too_many_requests"
    status = 429


class MailboxRefused(MusubiError):
    """The mail server could not be used with these settings; ``extra['reason']`` is a stable word, the text plain."""

    code = "mailbox_refused"
    status = 422


class ServiceUnavailable(MusubiError):
    """No such service is running, or it has too much to do."""

    code = "service_unavailable"
    status = 503


class ServiceTimeout(MusubiError):
    """The service did not answer in time; a writing request may or may not have been done: repeat it with its key."""

    code = "service_timeout"
    status = 504
