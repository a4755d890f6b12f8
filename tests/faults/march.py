"""Marches services through the named crash points: each life of a process ends at the next point of its list."""

from collections import defaultdict

from tests.faults.site import Site

READING = ("after_effect", "before_commit", "after_commit", "after_publish", "before_ack")
ROAD: dict[str, tuple[str, ...]] = {
    "mail_ingest": ("after_fetch", "before_commit", "after_commit", "after_publish"),
    "matcher": READING,
    "leads": READING,
    "tickets": READING,
    "history": READING,
    "contacts": READING,
}
CALLS: dict[str, tuple[str, ...]] = {"staff": ("before_commit", "after_commit", "after_publish")}


class March:
    """``points``: service → the points it is to end at, one life each. Second replicas stay down meanwhile.

    `with March(...) as march:` ends every service in question and starts one process of each with its first point;
    whatever becomes of it, all of them run again after it.
    """

    def __init__(self, site: Site, points: dict[str, tuple[str, ...]]) -> None:
        """Nothing is ended yet."""
        self._site = site
        self._left = {service: list(names) for service, names in points.items()}
        self.passed: dict[str, list[tuple[str, int | None]]] = defaultdict(list)

    def __enter__(self) -> "March":
        for service in self._left:
            self._site.processes.halt(service)
        for service in self._left:
            self._start(service)
        return self

    def __exit__(self, *_: object) -> None:
        for service, points in self._left.items():
            if points:
                self._site.processes.halt(service)
                self._site.processes.resume(service)

    def go_on(self) -> bool:
        """Start what has ended with its next point, or for good; True when every service is through."""
        for service, points in self._left.items():
            server = self._site.processes.replicas[f"{service}-1"].server
            if points and not server.running:
                self.passed[service].append((points.pop(0), server.exit_code))
                self._start(service)
        return not any(self._left.values())

    def _start(self, service: str) -> None:
        points = self._left[service]
        if not points:
            self._site.processes.resume(service)
            return
        replica = self._site.processes.replicas[f"{service}-1"]
        self._site.processes.crash_at(replica.name, points[0])
        replica.start()
        # The supervisor would hide the exit code by starting it again.
        replica.wanted = False
