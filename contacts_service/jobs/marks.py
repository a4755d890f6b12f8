"""What a job did to a record, as its journal tells it: what is needed to take it back."""

from typing import Any, Protocol

Values = dict[str, Any]

CREATED, UPDATED, DELETED, RESTORED = DID = ("created", "updated", "deleted", "restored")


class Mark(Protocol):
    """What a job did to a record: ``before`` the values that it changed, ``version`` the record's after it."""

    @property
    def record_id(self) -> str: ...
    @property
    def did(self) -> str: ...
    @property
    def before(self) -> Values | None: ...
    @property
    def version(self) -> int: ...
