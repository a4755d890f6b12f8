"""Every error as problem+json (RFC 9457). ``type`` leads to a page that says what the code means and what to do."""

import math
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from chassis import logs
from chassis.http import REQUEST_ID
from contracts.errors import ERRORS, MusubiError
from gateway.language import said

CONTENT_TYPE = "application/problem+json"
log = logs.logger(__name__)


class PreconditionRequired(MusubiError):
    """This call changes a record: send its ETag in If-Match, so that nobody's change is overwritten unseen."""

    code = "precondition_required"
    status = 428


class UnsupportedMediaType(MusubiError):
    """Send the body as application/json."""

    code = "unsupported_media_type"
    status = 415


class BodyTooLarge(MusubiError):
    """The body is larger than this call takes."""

    code = "body_too_large"
    status = 413


class MalformedRequest(MusubiError):
    """The request cannot be read: broken JSON, too deeply nested, or characters that no text holds."""

    code = "malformed_request"
    status = 400


class NoSuchPath(MusubiError):
    """There is nothing under this path, or this is not one of its methods."""

    code = "no_such_path"
    status = 404


class MethodNotAllowed(MusubiError):
    """The path is right, the method is not; ``Allow`` names those that are."""

    code = "method_not_allowed"
    status = 405


# By what Flask and webargs raise; every other status keeps its HTTP name as the code.
CODES = {
    400: MalformedRequest.code,
    401: "not_authenticated",
    403: "forbidden",
    404: NoSuchPath.code,
    405: MethodNotAllowed.code,
    413: BodyTooLarge.code,
    415: UnsupportedMediaType.code,
    422: "invalid",
    429: "too_many_requests",
    500: "internal_error",
}
# Where the contract's sentence speaks to services, in the words of an answer of this API.
IN_OUR_WORDS = {
    "invalid": "The request says something that cannot be; errors tells where.",
    "too_many_requests": "Wait for as many seconds as Retry-After says.",
    "mailbox_refused": "The mail server could not be used with these settings; reason is a stable word for why.",
}
ABOUT_THE_ANSWER = "The answer's detail says more about your request; request_id helps us to find it."
RETRY_LATER = {429: 5, 503: 2, 504: 2}


def explain(code: str) -> str | None:
    """What a code means, in a sentence; None for an unknown code."""
    cls = ERRORS.get(code)
    if cls is None:
        return None
    return IN_OUR_WORDS.get(code) or " ".join((cls.__doc__ or "").split()).replace("``", "")


def meaning(status: int) -> str:
    """What a status means here, for the document."""
    code = CODES.get(status) or next((name for name, cls in ERRORS.items() if cls.status == status), "")
    return explain(code) or HTTPStatus(status).phrase


def problem(
    status: int, code: str, detail: str, *, errors: Any = None, extra: dict[str, Any] | None = None, headers: Any = None
) -> Response:
    """An answer that says what is wrong, in the language of who asks."""
    body = {**(extra or {}), **_body(status, code, detail), "request_id": request.environ.get(REQUEST_ID, "")}
    if errors:
        body["errors"] = _said(errors)
    response = Response(current_app.json.dumps(body), status=status, content_type=CONTENT_TYPE)
    response.headers.extend(headers or {})
    if status in RETRY_LATER:
        response.headers["Retry-After"] = str(math.ceil((extra or {}).get("retry_after", RETRY_LATER[status])))
    return response


def told(error: MusubiError) -> dict[str, Any]:
    """What is wrong with a part of an answer, the rest of which is right."""
    return _body(error.status, error.code, error.message)


def _body(status: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"/problems/{code}",
        "title": said(title(status, code)),
        "status": status,
        "detail": said(detail),
        "code": code,
    }


def _said(errors: Any) -> Any:
    """The sentences by field, in whatever they lie."""
    if isinstance(errors, dict):
        return {name: _said(inner) for name, inner in errors.items()}
    if isinstance(errors, list | tuple):
        return [_said(inner) for inner in errors]
    return said(errors) if isinstance(errors, str) else errors


def install(app: Flask) -> None:
    """Answer every error of ``app`` as a problem."""
    app.register_error_handler(MusubiError, from_error)
    app.register_error_handler(HTTPException, from_http_exception)
    app.register_error_handler(Exception, from_bug)


def from_error(error: MusubiError) -> Response:
    """An expected refusal, ours or a service's."""
    if error.status == 401:
        return problem(401, error.code, error.message, headers={"WWW-Authenticate": 'Bearer realm="musubi"'})
    return problem(error.status, error.code, error.message, errors=error.fields, extra=error.extra)


def from_http_exception(error: HTTPException) -> Response:
    """What Flask refuses by itself: no such path, wrong method, body too large; and what webargs finds invalid."""
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After", "Location")}
    detail = "Some fields cannot be used; errors says which." if data.get("messages") else _detail(error, status)
    return problem(status, _code(status), detail, errors=_by_field(data.get("messages")), headers=headers)


def from_bug(error: Exception) -> Response:
    """Our fault: told to the log in full, to the client by its request id alone."""
    log.error("http request failed", exc_info=error, request_id=request.environ.get(REQUEST_ID))
    return problem(
        500, "internal_error", "Something went wrong on our side. Try again; tell us the request_id if it stays."
    )


def _code(status: int) -> str:
    return CODES.get(status) or HTTPStatus(status).phrase.lower().replace(" ", "_")


def _detail(error: HTTPException, status: int) -> str:
    return explain(_code(status)) or error.description or HTTPStatus(status).phrase


def title(status: int, code: str) -> str:
    """What a problem is called, in English."""
    known = {cls.status for name, cls in ERRORS.items() if name == code}
    return code.replace("_", " ").capitalize() if known else HTTPStatus(status).phrase


def _by_field(messages: Any) -> Any:
    if not isinstance(messages, dict):
        return None
    merged: dict[str, Any] = {}
    for location in messages.values():
        merged |= location if isinstance(location, dict) else {"body": location}
    return merged
