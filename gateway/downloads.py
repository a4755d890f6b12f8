"""Bytes from a service to the client, piece by piece, under headers that keep a browser from running them."""

import re
import unicodedata
from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from flask import Response, request

from chassis import deadline

PIECE = 1024 * 1024
# Printing is work of a second for a machine that has nothing else to do.
PRINT_SECONDS = 20.0
# Shown in place; everything else, SVG and HTML above all, is only ever saved.
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|]')

ReadPiece = Callable[[int, int], dict[str, Any]]


def download(read: ReadPiece, *, name: str | None = None) -> Response:
    """An answer that streams what ``read(offset, length)`` gives: ``{content: base64, size: of all}``.

    The name and the content type are those of the first piece, where it has them.
    """
    first = read(0, PIECE)
    content_type = str(first.get("content_type", "")).lower()
    shown = content_type if content_type in IMAGES else "application/octet-stream"
    response = Response(_pieces(read, first), content_type=shown, direct_passthrough=True)
    response.headers["Content-Length"] = str(first["size"])
    response.headers["Content-Disposition"] = disposition(name or first.get("name") or "file")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def printed(print_it: Callable[[str | None], dict[str, Any]]) -> Response:
    """A PDF of our own: ``print_it(etag)`` gives ``{name, etag, content: base64}``, or no content for a 304."""
    known = min(filter(None, request.if_none_match.as_set(include_weak=True)), default=None)
    with deadline.within(PRINT_SECONDS):
        answer = print_it(known[:100] if known else None)
    content = answer["content"]
    if content is None:
        response = Response(status=304)
    else:
        response = Response(b64decode(content), content_type="application/pdf")
        response.headers["Content-Disposition"] = disposition(answer["name"])
    response.set_etag(answer["etag"])
    return response


def disposition(name: str) -> str:
    """``Content-Disposition`` for a file name from outside (RFC 6266, RFC 8187)."""
    safe = safe_name(name)
    # Once more: a full-width quote or slash is none until it is taken apart.
    plain = safe_name(unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode())
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def safe_name(name: str) -> str:
    """A file name without folders, control characters, and the marks that turn ``gpj.exe`` around."""
    visible = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cf", "Cc", "Cs", "Co", "Cn"))
    return UNSAFE.sub("_", visible).strip(". ")[:150] or "file"


def _pieces(read: ReadPiece, first: dict[str, Any]) -> Iterator[bytes]:
    piece, sent = b64decode(first["content"]), 0
    while piece:
        yield piece
        sent += len(piece)
        if sent >= first["size"]:
            return
        piece = b64decode(read(sent, PIECE)["content"])
