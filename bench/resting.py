"""The embedded system as `make run` starts it: seconds to the first answer, CPU and memory while nothing happens."""

import http.client
import shutil
import time
from pathlib import Path

from bench.meters import memory_shares, peak_memory, tree
from bench.report import MEGABYTE
from bench.workshop import Workshop
from tests.infra import eventually
from tests.infra.process import Server, free_port, work_folder
from tests.infra.services import MUSUBI

CALM, SETTLE, LONGEST = 0.05, 120.0, 60.0
WATCHED = 30.0


def idle_part(shop: Workshop) -> None:
    """`musubi up --demo`: seconds to the first answered request, and what it costs at rest (30 s)."""
    folder = work_folder("idle")
    try:
        _first_start(shop, folder)
        _second_start(shop, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _first_start(shop: Workshop, folder: Path) -> None:
    server, seconds = _started(folder)
    shop.report.add("musubi up --demo: first start, empty folder, to the first answer", seconds, "s")
    _wait_calm(shop, server)
    server.stop()


def _second_start(shop: Workshop, folder: Path) -> None:
    server, seconds = _started(folder)
    shop.report.add("musubi up --demo: start to the first answer", seconds, "s")
    _wait_calm(shop, server)
    before = server.usage().cpu
    time.sleep(WATCHED)
    usage = server.usage()
    shop.report.add("musubi up --demo: CPU at rest", (usage.cpu - before) / WATCHED * 100, "% of a core")
    shop.report.add("musubi up --demo: memory at rest", memory_shares(server.pid) / MEGABYTE, "MB")
    shop.report.say(f"  {len(list(tree(server.pid)))} processes, shared pages counted once; their peaks together")
    shop.report.add("musubi up --demo: peak memory", peak_memory(server.pid) / MEGABYTE, "MB")
    server.stop()


def _started(folder: Path) -> tuple[Server, float]:
    port = free_port()
    command = [MUSUBI, "up", "--demo", "--data", str(folder / "var"), "--port", str(port)]
    server = Server("musubi-up", folder=folder, command=command)
    began = time.perf_counter()
    server.start()
    eventually(lambda: _answers(port), timeout=LONGEST, interval=0.01, what=f"musubi up answers: {server.output()}")
    return server, time.perf_counter() - began


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/health/ready")
    return connection.getresponse().status == 200


def _wait_calm(shop: Workshop, server: Server) -> None:
    """Until a few seconds in a row cost next to nothing; the demo's mails are filed by then."""
    deadline = time.monotonic() + SETTLE
    calm = 0
    while calm < 3 and time.monotonic() < deadline:
        before = server.usage().cpu
        time.sleep(1)
        calm = calm + 1 if server.usage().cpu - before < CALM else 0
    if calm < 3:
        shop.report.say(f"  it did not come to rest within {SETTLE:.0f} s")
