"""What the services ask of PostgreSQL meanwhile: transactions of each database, WAL written, and its syncs to disk."""

from collections.abc import Mapping

from bench.ground import Ground, database_of
from tests.infra.services import ServiceProcesses

_WAL = "SELECT wal_bytes, wal_sync, wal_write FROM pg_stat_wal"
_COMMITS = "SELECT datname, xact_commit FROM pg_stat_database WHERE datname IS NOT NULL"


class DatabaseWork:
    """Counts from now on; PostgreSQL's own counters, which lag by up to a second."""

    def __init__(self, ground: Ground, system: ServiceProcesses) -> None:
        self._ground = ground
        names = {service for replica in system.replicas.values() for service in replica.services}
        self._databases = {name: database_of(system, name) for name in sorted(names)}
        self._commits, self._wal = self._counted()

    def told(self) -> str:
        """A line for the reader."""
        commits, wal = self._counted()
        size, syncs, _ = (int(now - before) for now, before in zip(wal, self._wal, strict=True))
        each = ", ".join(f"{name} {commits[base] - self._commits[base]}" for name, base in self._databases.items())
        return f"PostgreSQL: {size / 1e6:,.0f} MB of WAL in {syncs:,} syncs; transactions: {each}"

    def _counted(self) -> tuple[Mapping[str, int], tuple[int, ...]]:
        [wal] = self._ground.postgres.query(_WAL)
        return dict(self._ground.postgres.query(_COMMITS)), wal
