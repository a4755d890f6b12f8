"""Who stands above whom: nobody above himself, and no line longer than people can read."""

from collections.abc import Iterable, Sequence
from typing import Any

from contacts_service import domain, store
from contacts_service.checks import Fault
from contacts_service.kinds import Kind
from contracts.errors import Invalid

TOO_LONG = f"More than {store.LONGEST_CHAIN} would stand above one another. Choose another one."


def check(session: Any, kind: Kind, record_id: str | None, superior_id: str) -> None:
    """That the one above is there, and that nobody stands above himself. Whoever calls holds the tree. Invalid."""
    chain = store.chain(session, kind.model, kind.superior, superior_id)
    ids = [row.id for row in chain]
    if not chain or chain[0].deleted_at:
        fault = f"There is no such {kind.name}: choose another one or none."
    elif record_id in ids:
        fault = _circle(kind, chain[: ids.index(record_id) + 1])
    elif len(chain) > store.LONGEST_CHAIN:
        fault = TOO_LONG
    else:
        return
    raise Invalid(f"The {kind.name} cannot be saved: who is above it cannot be.", fields={kind.superior: [fault]})


def _circle(kind: Kind, chain: Sequence[Any]) -> str:
    names = [domain.label_of(kind.name, store.values(row)) for row in chain]
    return f"This would be a circle: {' → '.join([names[-1], *names])}. Choose another one."


class Lines:
    """The lines upwards from some records, read in a statement a level, for many changes in one transaction.

    Whoever makes it holds the tree.
    """

    def __init__(self, session: Any, kind: Kind, record_ids: Iterable[str]) -> None:
        self._session, self._kind = session, kind
        self._above: dict[str, str | None] = {}
        wanted = set(record_ids)
        for _ in range(store.LONGEST_CHAIN + 1):
            if not wanted:
                break
            self._above |= store.superiors(session, kind.model, kind.superior, wanted)
            wanted = {above for each in wanted if (above := self._above.get(each))} - self._above.keys()

    def put(self, record_id: str, superior_id: str | None) -> None:
        """Let a record stand below another one, or none. Fault, with the circle, or where the line has no end."""
        if superior_id is None:
            self._above[record_id] = None
            return
        line = [superior_id]
        while (above := self._above.get(line[-1])) and record_id not in line and len(line) <= store.LONGEST_CHAIN:
            line.append(above)
        if record_id in line:
            raise Fault(self._circle(line[: line.index(record_id) + 1]))
        if len(line) > store.LONGEST_CHAIN:
            raise Fault(TOO_LONG)
        self._above[record_id] = superior_id

    def _circle(self, ids: Sequence[str]) -> str:
        rows = {row.id: row for row in store.records_by_id(self._session, self._kind.model, ids)}
        return _circle(self._kind, [rows[each] for each in ids])
