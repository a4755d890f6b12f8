"""The child process of `parse_pool`: frames of mail on stdin, frames of JSON on stdout, within limits of memory and
CPU.

In: 4 bytes length, 1 byte kind (0: the mail itself, 1: the path of a file with it, 2: its beginning, 3: JSON of such a
path, a part of that mail and a file to write the part's bytes into), then as many bytes. Out: 4 bytes length, then the
JSON of a `ParsedMail` (of kind 2: of its `Headers`, of kind 3: `{}`) or `{"error": reason}`; the first frame out is
`{}`, for "ready". CPU is limited for each mail by a timer whose signal ends the process: RLIMIT_CPU
counts the whole life of a process, so it would punish the thousandth good mail.
"""

from __future__ import annotations

import contextlib
import gc
import resource
import signal
import sys
from pathlib import Path
from struct import Struct
from typing import BinaryIO, Final

import orjson

from mail_ingest_service.parsing import MailUnparseable, PartMissing, attachment_bytes, parse, parse_headers

IN: Final = Struct(">IB")
OUT: Final = Struct(">I")
BYTES, PATH, HEAD, PART = range(4)


def main() -> None:
    """Serve until stdin ends. Arguments: CPU seconds for each mail, bytes of address space."""
    cpu_seconds, memory_bytes = float(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    gc.freeze()
    # Findings are trees that references alone free; looking for cycles in them finds next to none.
    gc.set_threshold(50_000, 20, 20)
    serve(sys.stdin.buffer, sys.stdout.buffer, cpu_seconds)


def _limit(kind: int, most: int) -> None:
    """Set a limit where the system has it: macOS refuses one of address space, and mail is better read without."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, most))


def serve(source: BinaryIO, sink: BinaryIO, cpu_seconds: float) -> None:
    """Answer each mail as soon as it is parsed, so that the first unanswered one is the one that ended the process."""
    _send(sink, b"{}")
    while len(start := source.read(IN.size)) == IN.size:
        length, kind = IN.unpack(start)
        body = source.read(length)
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        answer = _answer(body, kind)
        signal.setitimer(signal.ITIMER_PROF, 0)
        del body
        _send(sink, answer)


def _answer(body: bytes, kind: int) -> bytes:
    try:
        if kind == HEAD:
            return orjson.dumps(parse_headers(body).as_dict())
        if kind == PART:
            path, part, into = map(str, orjson.loads(body))
            Path(into).write_bytes(attachment_bytes(Path(path).read_bytes(), part))
            return b"{}"
        raw = Path(body.decode()).read_bytes() if kind == PATH else body
        return orjson.dumps(parse(raw).as_dict())
    except (MailUnparseable, PartMissing) as reason:
        return _error(str(reason))
    except MemoryError:
        return _error("Parsing the mail needs more memory than allowed.")
    except Exception as error:  # a fault of the parser must cost this one mail only; the class tells where to look
        return _error(f"The parser failed on the mail ({type(error).__name__}).")


def _error(reason: str) -> bytes:
    return orjson.dumps({"error": reason})


def _send(sink: BinaryIO, answer: bytes) -> None:
    sink.write(OUT.pack(len(answer)) + answer)
    sink.flush()


if __name__ == "__main__":
    main()
