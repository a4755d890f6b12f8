"""The bytes of a mail on their way from the server to the database: in memory, or in a file where they are many."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from mail_ingest_service.domain import LARGEST_SIZE_LIMIT
from mail_ingest_service.mailbox import Mailbox
from mail_ingest_service.sync import BIG, CHUNK, Head

HEAD_BYTES = 256 * 1024


@dataclass(slots=True)
class RawMail:
    """A fetched mail. ``sha256`` is that of the bytes with LF line ends, for servers differ in theirs."""

    head: Head
    sha256: bytes
    size: int
    content: bytes | IO[bytes]

    def chunks(self) -> Iterator[bytes]:
        """The bytes in pieces of CHUNK, the last one shorter."""
        if isinstance(self.content, bytes):
            content = self.content
            yield from (content[start : start + CHUNK] for start in range(0, max(len(content), 1), CHUNK))
            return
        self.content.seek(0)
        yield from iter(lambda: self.content.read(CHUNK), b"")  # type: ignore[union-attr]  # a file by now

    def beginning(self) -> bytes:
        """The first bytes, enough for every header that we look at."""
        if isinstance(self.content, bytes):
            return self.content[:HEAD_BYTES]
        self.content.seek(0)
        return self.content.read(HEAD_BYTES)

    def source(self) -> bytes | str:
        """The bytes, or the path of the file that holds them."""
        return self.content if isinstance(self.content, bytes) else self.content.name

    def close(self) -> None:
        """Remove the file behind a big mail."""
        if not isinstance(self.content, bytes):
            self.content.close()


def fetched(mailbox: Mailbox, batch: list[Head]) -> list[RawMail]:
    """The mails of a batch, in its order; those that are gone are left out."""
    if len(batch) == 1 and batch[0].size > BIG:
        big = spooled(batch[0], mailbox.body_pieces(batch[0]))
        return [big] if big else []
    bodies = mailbox.bodies([head.uid for head in batch])
    return [in_memory(head, bodies[head.uid]) for head in batch if head.uid in bodies]


def in_memory(head: Head, content: bytes) -> RawMail:
    """A mail of usual size."""
    return RawMail(head, hashlib.sha256(content.replace(b"\r\n", b"\n")).digest(), len(content), content)


def spooled(head: Head, pieces: Iterable[bytes], *, most: int = LARGEST_SIZE_LIMIT) -> RawMail | None:
    """A big mail, written to a file while it comes in; None if nothing came.

    Of one above ``most`` bytes only the beginning: what a server says or sends without end must not fill the disk.
    """
    file = tempfile.NamedTemporaryFile(prefix="musubi-mail-")  # noqa: SIM115  # RawMail.close ends it
    digest, size, rest = hashlib.sha256(), 0, b""
    try:
        for piece in pieces:
            file.write(piece)
            size += len(piece)
            rest = _digested(digest, rest + piece)
            if size > most:
                break
    except BaseException:
        file.close()
        raise
    digest.update(rest)
    file.flush()
    if not size:
        file.close()
        return None
    return RawMail(head, digest.digest(), size, file)


def _digested(digest: "hashlib._Hash", data: bytes) -> bytes:
    """Feed all but a CR at the end, which may belong to the LF of the next piece; that CR is returned."""
    cut = len(data) - data.endswith(b"\r")
    digest.update(data[:cut].replace(b"\r\n", b"\n"))
    return data[cut:]
