"""What the browser gets beside pages: styles, scripts, icons; ours and those that vendor.py fetched.

All of it lies in memory, under a path that has a hash of the whole in it: browsers keep it for ever, and ask anew as
soon as anything in it is another.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Response, request
from werkzeug.exceptions import NotFound

from chassis import logs

HERE = Path(__file__).parent
FOLDERS = (HERE / "own", HERE / "static")
NEEDED = ("app.js", "htmx.js", "icons.svg", "musubi.css", "records.css", "tabler.css", "work.css")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
FOR_EVER = "public, max-age=31536000, immutable"
# An older page after an upgrade, or another replica in the middle of one.
OTHER_VERSION = "public, max-age=60"

log = logs.logger(__name__)


@dataclass
class Asset:
    """A file."""

    body: bytes
    content_type: str

    @cached_property
    def packed(self) -> bytes:
        """By gzip."""
        return gzip.compress(self.body, 9, mtime=0)


class Assets:
    """All files of the folders."""

    def __init__(self) -> None:
        """Reads them. What is missing is told to the log: pages work without, and look it."""
        paths = [path for folder in FOLDERS if folder.is_dir() for path in sorted(folder.iterdir())]
        self._files = {path.name: _asset(path) for path in paths if path.suffix in TYPES}
        digest = hashlib.sha256()
        for name, asset in self._files.items():
            digest.update(name.encode() + asset.body)
        self.version = digest.hexdigest()[:12]
        missing = [name for name in NEEDED if name not in self._files]
        if missing:
            log.warning("the screens lack files: make run fetches them", missing=missing)

    def url(self, name: str) -> str:
        """Where a file is."""
        return f"/static/{self.version}/{name}"

    def response(self, version: str, name: str) -> Response:
        """The file. NotFound."""
        asset = self._files.get(name)
        if asset is None:
            raise NotFound
        packed = request.accept_encodings.quality("gzip") > 0 and asset.content_type != "image/png"
        response = Response(asset.packed if packed else asset.body, content_type=asset.content_type)
        response.headers["Cache-Control"] = FOR_EVER if version == self.version else OTHER_VERSION
        response.headers["Vary"] = "Accept-Encoding"
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        return response


def _asset(path: Path) -> Asset:
    kind = TYPES[path.suffix]
    return Asset(path.read_bytes(), kind if kind == "image/png" else f"{kind}; charset=utf-8")
