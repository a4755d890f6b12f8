"""The bytes of attachments: a child that parses decodes them into a file, from which piece after piece is read."""

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from chassis import DatabaseHandle
from contracts.errors import Conflict
from mail_ingest_service import store
from mail_ingest_service.domain import LARGEST_SIZE_LIMIT
from mail_ingest_service.parse_pool import ParsePool


class DecodedParts:
    """The attachments that somebody reads, each in a file without a name: decoded once, not for each piece.

    At most ``most`` files and ``most_bytes`` of them all (but always the last one); the least used go first.
    """

    def __init__(self, parser: ParsePool, *, most: int = 8, most_bytes: int = LARGEST_SIZE_LIMIT) -> None:
        self._parser = parser
        self._most, self._most_bytes = most, most_bytes
        self._files: dict[tuple[str, str], IO[bytes]] = {}
        self._decoding = threading.Lock()

    def piece(
        self, db: DatabaseHandle, mail_message_id: str, part: str, *, offset: int, length: int
    ) -> tuple[bytes, int]:
        """(at most ``length`` bytes from ``offset`` on, the size of the whole). Conflict: it cannot be decoded."""
        key = (mail_message_id, part)
        if key not in self._files:
            with self._decoding:
                if key not in self._files:
                    self._keep(key, self._decoded(db, mail_message_id, part))
        file = self._files[key] = self._files.pop(key)
        file.seek(offset)
        return file.read(length), _size(file)

    def close(self) -> None:
        """Forget all of them."""
        for key in list(self._files):
            self._files.pop(key).close()

    def _decoded(self, db: DatabaseHandle, mail_message_id: str, part: str) -> IO[bytes]:
        with kept_mail(db, mail_message_id) as mail, tempfile.NamedTemporaryFile(prefix="musubi-part-") as decoded:
            answer = self._parser.write_part(mail_message_id, mail, part, into=decoded.name)
            if "error" in answer:
                raise Conflict(f"The attachment cannot be read. {answer['error']}")
            return open(decoded.name, "rb")  # the name goes now, the bytes with the last one who holds the file

    def _keep(self, key: tuple[str, str], file: IO[bytes]) -> None:
        self._files[key] = file
        while len(self._files) > 1 and self._is_full():
            self._files.pop(next(iter(self._files))).close()

    def _is_full(self) -> bool:
        return len(self._files) > self._most or sum(map(_size, self._files.values())) > self._most_bytes


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


@contextmanager
def kept_mail(db: DatabaseHandle, mail_message_id: str) -> Iterator[str]:
    """The path of a file with the bytes of a mail as we keep it, for the time of the block: they may be many."""
    with tempfile.NamedTemporaryFile(prefix="musubi-mail-") as file:
        with db.session() as session:
            file.writelines(store.raw_pieces(session, mail_message_id))
        file.flush()
        yield file.name
