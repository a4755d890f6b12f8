"""The OpenAPI document, a page made of it, and a page for each kind of error. Nothing comes from another server."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask_smorest.spec.plugins import FlaskPlugin
from markupsafe import Markup, escape
from werkzeug.exceptions import NotFound

from contracts.errors import ERRORS
from gateway import access, problems
from gateway.api.blueprint import HEADERS, IF_NONE_MATCH, PREFIX
from gateway.language import LANGUAGES, language, said

METHODS = ("get", "post", "put", "patch", "delete")
# What any call may answer, whoever asks; more is added by what the call takes.
ALWAYS = (400, 429, 500, 503, 504)

FILE_EXAMPLE = "-H 'Content-Type: text/csv' --data-binary @contacts.csv"

documentation = Blueprint("documentation", __name__, template_folder="templates")


def install(app: Flask, api: Any) -> None:
    """Make the document once, and offer it with its pages."""
    descriptions = {name: key[0].__doc__ for key, name in api.ma_plugin.converter.refs.items()}
    app.extensions["musubi_openapi"] = complete(app, api.spec.to_dict(), descriptions)
    app.register_blueprint(documentation)


@documentation.get(f"{PREFIX}/openapi.json")
def openapi() -> Any:
    """The OpenAPI 3.1 document."""
    response = current_app.json.response(current_app.extensions["musubi_openapi"])
    response.headers["Cache-Control"] = "max-age=60"
    return response


@documentation.get(f"{PREFIX}/docs")
def docs() -> Any:
    """The document for people."""
    document = current_app.extensions["musubi_openapi"]
    descriptions = {tag["name"]: tag["description"] for tag in document["tags"]}
    # Where the reader has this page from, the API answers as well.
    here = request.host_url.rstrip("/")
    values = {"groups": grouped(document), "descriptions": descriptions, "here": here, "example": example_of}
    return _page("docs.html", document=document, **values)


@documentation.app_template_filter()
def with_code(text: str) -> Markup:
    """A text of ours with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 # escaped


@documentation.get("/assets/pages.css")
def style() -> Any:
    """How the pages look."""
    response = Response(render_template("pages.css"), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "max-age=3600"
    return response


@documentation.get("/problems/<string(maxlength=60):code>")
def problem_page(code: str) -> Any:
    """What an error means and what to do."""
    text = problems.explain(code)
    if text is None:
        raise NotFound
    values = {"text": said(text), "more": said(problems.ABOUT_THE_ANSWER), "language": language()}
    return _page("problem.html", code=code, status=ERRORS[code].status, **values)


def complete(app: Flask, document: dict[str, Any], descriptions: dict[str, str | None]) -> dict[str, Any]:
    """The generated document with what flask-smorest does not know: errors, log-in, scopes, what schemas mean."""
    document["info"]["description"] = (
        "Contacts and mail, tied together. Errors are problem+json (RFC 9457). Their sentences are in English, or in "
        "Japanese where Accept-Language prefers that, as Content-Language tells; `code` is the same in both."
    )
    document["servers"] = [{"url": "/"}]
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "musubi_session"},
    }
    components.pop("responses", None)
    components["schemas"].pop("Error", None)
    for name, schema in components["schemas"].items():
        schema["description"] = " ".join((descriptions.get(name) or "").replace("``", "`").split())
    components["schemas"]["Problem"] = _problem_schema()
    endpoints = _endpoints(app)
    for path, method, operation in operations(document):
        _complete_operation(operation, method, path, endpoints[path, method])
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of every call."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def grouped(document: dict[str, Any]) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    """The calls by the resource that they belong to."""
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = defaultdict(list)
    for path, method, operation in operations(document):
        parameters = document["paths"][path].get("parameters", []) + operation.get("parameters", [])
        groups[operation["tags"][0]].append((path, method.upper(), {**operation, "parameters": parameters}))
    return dict(groups)


def example_of(url: str, method: str, operation: dict[str, Any]) -> str:
    """A curl line for a call."""
    lines = [f"curl -X {method} {url}"]
    if operation["x-scope"] != access.PUBLIC:
        lines.append("-H 'Authorization: Bearer '$TOKEN")
    lines += [f"-H '{name}: {value}'" for name, value in _example_headers(operation)]
    if "requestBody" in operation:
        takes_json = "application/json" in operation["requestBody"]["content"]
        lines.append("-H 'Content-Type: application/json' -d '{…}'" if takes_json else FILE_EXAMPLE)
    return " \\\n  ".join(lines)


def _example_headers(operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "If-Match":
            yield "If-Match", '"3"'
        elif parameter["name"] == "Idempotency-Key":
            yield "Idempotency-Key", "a-word-of-your-own"


def _complete_operation(operation: dict[str, Any], method: str, path: str, endpoint: str) -> None:
    operation["operationId"] = endpoint.replace(".", "_")
    scope = operation["x-scope"] = access.NEEDED[endpoint]
    operation["security"] = [] if scope == access.PUBLIC else [{"token": []}, {"session": []}]
    responses = operation["responses"]
    responses.pop("default", None)
    has_version = method == "get" and "ETag" in responses.get("200", {}).get("headers", {})
    if has_version:
        responses["304"] = {"description": "It is still the version that you have."}
    headers = _add_headers(operation, has_version=has_version)
    for status in _errors(method, path, scope, headers, body="requestBody" in operation):
        responses[str(status)] = _problem_response(status)
    operation["responses"] = dict(sorted(responses.items()))


def _add_headers(operation: dict[str, Any], *, has_version: bool) -> set[str]:
    """Put headers in the place of the marks that views carry; their names."""
    marked = [header for mark, header in HEADERS.items() if operation.pop(mark, False)]
    headers = [*marked, *([IF_NONE_MATCH] if has_version else [])]
    if headers:
        operation.setdefault("parameters", []).extend(headers)
    return {str(header["name"]) for header in headers}


def _errors(method: str, path: str, scope: str, headers: set[str], *, body: bool) -> list[int]:
    known = {*ALWAYS, 401, 422}
    known |= {403} if scope != access.PUBLIC else set()
    known |= {404} if "{" in path or method != "get" else set()
    known |= {409} if method != "get" else set()
    known |= {413, 415} if method != "get" or body else set()
    known |= {412, 428} if "If-Match" in headers else set()
    return sorted(known)


def _problem_response(status: int) -> dict[str, Any]:
    content = {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    headers = {"Content-Language": {"schema": {"enum": [*LANGUAGES]}, "description": "That of the sentences."}}
    if status in problems.RETRY_LATER:
        headers["Retry-After"] = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
    return {"description": problems.meaning(status), "content": content, "headers": headers}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "An error. `errors` maps fields to sentences; `request_id` finds the lines in the log.",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "code": text,
            "request_id": text,
            "errors": {"type": "object"},
        },
    }


def _endpoints(app: Flask) -> dict[tuple[str, str], str]:
    return {
        (FlaskPlugin.flaskpath2openapi(rule.rule), method.lower()): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }


def _page(template: str, **values: Any) -> Response:
    return Response(render_template(template, **values), content_type="text/html; charset=utf-8")
