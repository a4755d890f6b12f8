"""Files from clients to services, piece by piece: nothing holds a whole one."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from flask import request

from contracts.errors import MusubiError
from gateway.problems import BodyTooLarge

# As much as goes to a service at once.
PIECE = 512 * 1024
FILE = {"schema": {"type": "string", "format": "binary"}}
# For the document of the API.
BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": FILE}}}


def check_length(most: int, too_large: str) -> None:
    """BodyTooLarge where the client says beforehand that the file is."""
    if (request.content_length or 0) > most:
        raise BodyTooLarge(too_large)


def hand_on(
    id: str,
    *,
    take: Callable[..., Any],
    discard: Callable[..., Any],
    complete: Callable[..., Any],
    most: int,
    too_large: str,
) -> Any:
    """The body, piece by piece, to the service that keeps it as ``id``: what ``complete`` answers. BodyTooLarge.

    Each piece has the time of a call, however many there are. A file that does not come in whole is discarded.
    """
    try:
        pieces, digest = _sent(id, take, most, too_large)
    except MusubiError:
        discard(id=id)
        raise
    return complete(id=id, pieces=pieces, digest=digest)


def _sent(id: str, take: Callable[..., Any], most: int, too_large: str) -> tuple[int, str]:
    """How many pieces were sent, and the SHA-256 of all."""
    request.max_content_length = most + PIECE
    digest, count = hashlib.sha256(), 0
    while piece := _piece(request.stream):
        digest.update(piece)
        if count * PIECE + len(piece) > most:
            raise BodyTooLarge(too_large)
        take(id=id, position=count, content=b64encode(piece).decode())
        count += 1
    return count, digest.hexdigest()


def _piece(stream: Any) -> bytes:
    """The next bytes, as many as a piece has unless it is the last one."""
    content = b""
    while len(content) < PIECE and (more := stream.read(PIECE - len(content))):
        content += more
    return content
