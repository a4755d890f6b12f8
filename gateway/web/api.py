"""The public HTTP API as the screens call it: in the same process without a network, or at an address."""

from collections.abc import Iterator, Mapping
from typing import Any
from wsgiref.types import WSGIApplication

import httpx
from flask import Request, current_app, g, request

from chassis.http import REQUEST_ID
from gateway.web.language import gettext, language, msg

COOKIE = "musubi_session"
PREFIX = "/api/v1"
SECONDS = 15.0
SILENT = msg("The API does not answer.")
# Without a pool of its own for each request; cookies are the browser's and never kept here.
network = httpx.HTTPTransport(limits=httpx.Limits(max_connections=200, max_keepalive_connections=50))

Values = dict[str, Any]


class ApiProblem(Exception):
    """The API refused or did not answer. ``errors``: sentences by field; ``retry_after``: seconds, where it says so."""

    def __init__(self, status: int, body: Mapping[str, Any], *, retry_after: int = 0) -> None:
        """``body`` is the problem+json."""
        super().__init__(f"{status} {body.get('code', '')}")
        self.status = status
        self.code = str(body.get("code", ""))
        self.detail = str(body.get("detail", ""))
        self.errors: Mapping[str, Any] = body.get("errors") or {}
        self.request_id = str(body.get("request_id", ""))
        self.retry_after = retry_after
        # The record that a record went into, where that is why it is not there.
        self.survivor_id = str(body.get("survivor_id") or "")
        # The invoice that was made of a quote before.
        self.invoice_id = str(body.get("invoice_id") or "")

    def sentences(self) -> list[str]:
        """What it says of the fields, else in general."""
        return list(flat(self.errors)) or [self.detail]


class Api:
    """The API for one request of a browser: with its session, its address and its request id."""

    def __init__(self, target: WSGIApplication | str, asked: Request) -> None:
        """``target``: the API's app, or where it is (`http://gateway:8000`)."""
        in_process = not isinstance(target, str)
        self._client = httpx.Client(
            transport=_within(target, asked) if in_process else network,
            base_url=f"{(asked.host_url if in_process else str(target)).rstrip('/')}{PREFIX}",
            headers=_headers(asked, forwarding=not in_process),
            timeout=SECONDS,
            trust_env=False,
        )

    def get(self, path: str, **query: Any) -> Any:
        """What is there. ApiProblem."""
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        return self._call("GET", path, params=asked).json()

    def pages(self, path: str, *, up_to: int, **query: Any) -> tuple[list[Values], str | None]:
        """The first entries of a list, and the cursor of the next page. ApiProblem."""
        items: list[Values] = []
        cursor = query.pop("cursor", None)
        while True:
            page = self.get(path, cursor=cursor, limit=min(up_to - len(items), 200), **query)
            items += page["items"]
            cursor = cursor_of(page)
            if not cursor or len(items) >= up_to:
                return items, cursor

    def post(self, path: str, body: Values | None = None, *, once: str = "") -> Any:
        """Make or do something. ``once``: a word under which a second request does nothing more. ApiProblem."""
        return self._write("POST", path, body or {}, once=once)

    def patch(self, path: str, body: Values, *, version: Any = None, once: str = "") -> Any:
        """Change something; what has versions as it was read in ``version``. ApiProblem: 412: it has changed since."""
        return self._write("PATCH", path, body, once=once, version=version)

    def put(self, path: str, body: Values | None = None, *, once: str = "") -> Any:
        """Say what is to be there. ApiProblem."""
        return self._write("PUT", path, body, once=once)

    def delete(self, path: str, *, version: Any = None) -> None:
        """Delete something; what has versions as it was read in ``version``. ApiProblem."""
        self._write("DELETE", path, None, version=version)

    def file(self, path: str) -> tuple[bytes, str]:
        """The bytes of a file, and their content type. ApiProblem."""
        answer = self._call("GET", path)
        return answer.content, answer.headers.get("Content-Type", "application/octet-stream")

    def asked_file(self, path: str, body: Values) -> httpx.Response:
        """The answer with a file that is made of what the body names. ApiProblem."""
        return self._call("POST", path, json=body)

    def log_in(self, login: str, password: str) -> httpx.Response:
        """The answer with the session's cookie. ApiProblem."""
        # Whose session it is: the browser's, not the screens'.
        agent = {"User-Agent": _sendable(request.user_agent.string) or "-"}
        return self._call("POST", "/sessions", json={"login": login, "password": password}, headers=agent)

    def _write(self, method: str, path: str, body: Values | None, *, once: str = "", version: Any = None) -> Any:
        headers = {"Idempotency-Key": _sendable(once)} if once else {}
        if version is not None:
            headers["If-Match"] = _sendable(f'"{version}"')
        answer = self._call(method, path, json=body, headers=headers)
        return answer.json() if answer.content else None

    def _call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path.lstrip("/"), **kwargs)
        except httpx.HTTPError as error:
            raise ApiProblem(503, {"code": "service_unavailable", "detail": gettext(SILENT)}) from error
        if answer.is_success:
            return answer
        raise ApiProblem(answer.status_code, _problem(answer), retry_after=int(answer.headers.get("Retry-After", 0)))


def api() -> Api:
    """The API for the request that is being answered."""
    if "api" not in g:
        g.api = Api(current_app.extensions["musubi_api"], request)
    return g.api


def cursor_of(page: Values) -> str | None:
    """Where the page after a page begins."""
    return dict(httpx.URL(page["next"]).params)["cursor"] if page["next"] else None


def flat(told: Any) -> Iterator[str]:
    """The sentences of errors, however deep they lie: by field, by entry of a list."""
    if isinstance(told, Mapping):
        told = told.values()
    elif not isinstance(told, list | tuple):
        yield str(told)
        return
    for inner in told:
        yield from flat(inner)


def _headers(asked: Request, *, forwarding: bool) -> dict[str, str]:
    headers = {"X-Request-Id": asked.environ.get(REQUEST_ID, ""), "User-Agent": "Musubi screens"}
    headers["Accept-Language"] = language()
    token = asked.cookies.get(COOKIE)
    if token:
        headers["Authorization"] = f"Bearer {_sendable(token)}"
    if forwarding:
        headers |= {"X-Forwarded-For": asked.remote_addr or "", "X-Forwarded-Proto": asked.scheme}
    return headers


def _sendable(text: str) -> str:
    """What came in a form, a cookie or a header as a header may hold it; what is none of ours the API then refuses."""
    return text.encode("ascii", "replace").decode()


def _within(app: Any, asked: Request) -> httpx.WSGITransport:
    """To the app in this process, which is told the browser's address and the id of its request."""

    def called(environ: Any, start_response: Any) -> Any:
        environ[REQUEST_ID] = asked.environ.get(REQUEST_ID, "")
        return app(environ, start_response)

    return httpx.WSGITransport(called, remote_addr=asked.remote_addr or "")


def _problem(answer: httpx.Response) -> Values:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
