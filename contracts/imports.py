"""Events of imports of contacts and organizations, emitted by contacts."""

from contracts.base import EventContract, Record
from contracts.fields import count, further_count, identifier, word
from contracts.people import SOURCE


class ImportProgress(Record):
    """How far an import is. ``rows``: of the whole file, null as long as it is being read.

    ``links``: rows that name somebody above their record, seen to when all rows are in; ``links_done``: those that were
    dealt with; ``unlinked``: those of them whose record could not be put below.
    """

    import_id = identifier()
    record_kind = word("contact", "organization")
    rows = count(allow_none=True)
    done = count()
    created = count()
    updated = count()
    skipped = count()
    refused = count()
    links = further_count()
    links_done = further_count()
    unlinked = further_count()


class ImportStarted(EventContract, ImportProgress):
    """Emitted when a person started an import, once per import."""

    type = "import.started.v1"
    source = SOURCE


class ImportAdvanced(EventContract, ImportProgress):
    """Emitted when another part of an import, or of its undoing, was done; about once per hundredth of it."""

    type = "import.advanced.v1"
    source = SOURCE


class ImportFinished(EventContract, ImportProgress):
    """Emitted when the last row of a file, and the last link, had been dealt with, once per import."""

    type = "import.finished.v1"
    source = SOURCE


class ImportStopped(EventContract, ImportProgress):
    """Emitted when a person ended an import before its last row, once per import."""

    type = "import.stopped.v1"
    source = SOURCE


class ImportFailed(EventContract, ImportProgress):
    """Emitted when a file turned out not to be readable, once per import; nothing was written."""

    type = "import.failed.v1"
    source = SOURCE


class ImportUndone(EventContract, ImportProgress):
    """Emitted when an import had been taken back, once per import. ``kept``: records that somebody changed since."""

    type = "import.undone.v1"
    source = SOURCE
    undone = count()
    kept = count()
