"""Where a request comes from: a page of Musubi, or one of somebody else's that makes a browser send our cookie."""

from werkzeug.wrappers import Request

SAFE = ("GET", "HEAD")


def is_ours(request: Request) -> bool:
    """Whether a page of this very host made the browser send the request (CSRF)."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return origin.partition("://")[2] == request.host
    return site is not None
