"""The TCP fault proxy in a process of its own: its threads and eventlet's patched sockets do not go together."""

import contextlib
import subprocess
import sys

from tests.infra.proxy import TcpProxy


class ProxyProcess:
    """`tell("hole")` and the like call that method of the TcpProxy in the other process and return when it is done."""

    def __init__(self, target: int) -> None:
        command = [sys.executable, "-m", "tests.patched.proxy_process", str(target)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self._answer())

    def tell(self, fault: str, *words: bytes) -> None:
        assert self._process.stdin
        self._process.stdin.write(" ".join([fault, *(word.hex() for word in words)]) + "\n")
        self._process.stdin.flush()
        assert self._answer() == "done"

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr] # both were asked for

    def _answer(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


def main() -> None:
    """Obey one fault name a line until the test goes."""
    proxy = TcpProxy(int(sys.argv[1])).start()
    print(proxy.port, flush=True)
    for line in sys.stdin:
        fault, *words = line.split()
        getattr(proxy, fault)(*map(bytes.fromhex, words))
        print("done", flush=True)


if __name__ == "__main__":
    main()
