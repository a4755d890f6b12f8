"""A TCP proxy with faults: links that swallow, are cut after so many bytes, are reset, or heal. Plain threads."""

import contextlib
import socket
import struct
import threading
import time

_ABORT = struct.pack("ii", 1, 0)


class _Link:
    """One client's connection: two threads copy bytes until an end closes or the link is broken on purpose."""

    def __init__(self, client: socket.socket, server: socket.socket, *, proxy: "TcpProxy", swallowing: bool) -> None:
        self.client, self.server, self._proxy = client, server, proxy
        self.swallowing = swallowing
        self._gone = threading.Event()

    def start(self) -> None:
        for source, target, answering in ((self.client, self.server, False), (self.server, self.client, True)):
            threading.Thread(target=self._copy, args=(source, target, answering), daemon=True).start()

    def reset(self) -> None:
        """Ends both sides with RST, as a crashed router would."""
        self._gone.set()
        for side in (self.client, self.server):
            with contextlib.suppress(OSError):
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
                side.shutdown(socket.SHUT_RD)
            side.close()

    def close(self) -> None:
        self._gone.set()
        for side in (self.client, self.server):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()

    @property
    def gone(self) -> bool:
        return self._gone.is_set()

    def _copy(self, source: socket.socket, target: socket.socket, answering: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not self.swallowing:
                    self._pass_on(data, target, answering)
        if not self.swallowing and not self.gone:
            self.close()
        self._proxy.forget(self)

    def _pass_on(self, data: bytes, target: socket.socket, answering: bool) -> None:
        self._proxy.wait_delay()
        if answering and self._proxy.falls_silent_at(data):
            self.swallowing = True
            return
        data = self._proxy.rewritten(data) if answering else data
        passed, cut = self._proxy.allowance(len(data)) if answering else (len(data), False)
        target.sendall(data[:passed])
        if cut:
            self.reset()


class TcpProxy:
    """Forwards `127.0.0.1:port` to `127.0.0.1:target`.

    `hole()`: connections open now go silent, nothing is closed, new ones work (a half-open link).
    `hole_all()`: new ones go silent too. `hole_at(words)`: so does one whose server is about to say these words.
    `cut_after(n)`: after n more bytes from the server that connection is reset; once.
    `rewrite(old, new)`: answers say `new` where the server said `old` (within one chunk).
    `reset()`: all are reset now. `refuse()`: new connections are closed at once. `delay(s)`: every chunk waits.
    `heal()`: faults end; links that were silent lost bytes, so they are reset and both ends connect anew.
    """

    def __init__(self, target: int, *, port: int | None = None) -> None:
        self.target = target
        self._listener = socket.create_server(("127.0.0.1", port or 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self.accepted = 0
        self._lock = threading.Lock()
        self._links: set[_Link] = set()
        self._swallow_new = self._refuse_new = False
        self._cut: int | None = None
        self._rewritten: dict[bytes, bytes] = {}
        self._last_words: bytes | None = None
        self._delay = 0.0

    def start(self) -> "TcpProxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __enter__(self) -> "TcpProxy":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for link in self._open_links():
            link.close()

    def hole(self) -> int:
        """Makes the links open now half-open; returns how many."""
        links = self._open_links()
        for link in links:
            link.swallowing = True
        return len(links)

    def hole_all(self) -> None:
        self._swallow_new = True
        self.hole()

    def hole_at(self, words: bytes) -> None:
        self._last_words = words

    def cut_after(self, count: int) -> None:
        with self._lock:
            self._cut = count

    def reset(self) -> int:
        links = self._open_links()
        for link in links:
            link.reset()
        return len(links)

    def refuse(self) -> None:
        self._refuse_new = True

    def rewrite(self, old: bytes, new: bytes) -> None:
        self._rewritten[old] = new

    def delay(self, seconds: float) -> None:
        self._delay = seconds

    def heal(self) -> None:
        self._swallow_new = self._refuse_new = False
        self._delay = 0.0
        with self._lock:
            self._cut = None
        for link in self._open_links():
            if link.swallowing:
                link.reset()

    @property
    def open(self) -> int:
        """How many connections are open through the proxy, silent ones included."""
        return len(self._open_links())

    @property
    def cutting(self) -> bool:
        """True while a cut ordered by `cut_after` has not happened."""
        return self._cut is not None

    def allowance(self, size: int) -> tuple[int, bool]:
        """How many of `size` bytes may pass, and whether the link is then cut."""
        with self._lock:
            if self._cut is None:
                return size, False
            passed, self._cut = min(size, self._cut), self._cut - size
            if self._cut <= 0:
                self._cut = None
                return passed, True
            return passed, False

    def falls_silent_at(self, data: bytes) -> bool:
        return self._last_words is not None and self._last_words in data

    def rewritten(self, data: bytes) -> bytes:
        for old, new in self._rewritten.items():
            data = data.replace(old, new)
        return data

    def wait_delay(self) -> None:
        if self._delay:
            time.sleep(self._delay)

    def forget(self, link: _Link) -> None:
        if link.gone:
            with self._lock:
                self._links.discard(link)

    def _open_links(self) -> list[_Link]:
        with self._lock:
            return [link for link in self._links if not link.gone]

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.accepted += 1
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        if self._refuse_new:
            client.close()
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        link = _Link(client, server, proxy=self, swallowing=self._swallow_new)
        with self._lock:
            self._links.add(link)
        link.start()
