"""Compares what the rows say with what they must say, in the words of the fault tests of databases and brokers."""

from collections import Counter
from dataclasses import dataclass, field

from tests.faults.ledger import Outcome

MISSING = {"message": "LOST", "decision": "MISSING_DECISION"}
DOUBLED = {"message": "DUPLICATED_MESSAGE", "delivery": "DUPLICATED_DELIVERY"}
WRONG = {"bytes": "CHANGED_BYTES", "decision": "WRONG_DECISION"}


@dataclass(slots=True)
class Verdict:
    """``attempt``: mails of the ledger; ``ok``: those of which every row is right; ``faults``: (word, what)."""

    attempt: int = 0
    ok: int = 0
    quarantined: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The figures of a report."""
        words = Counter(word for word, _ in self.faults)
        return {"attempt": self.attempt, "ok": self.ok, "quarantined": self.quarantined, **words}

    def __str__(self) -> str:
        shown = "\n".join(f"  {word}: {what}" for word, what in self.faults[:20])
        return f"{self.counts}\n{shown}"


def compare(expected: Outcome, found: Outcome) -> Verdict:
    """The verdict over all mails and over the records made of them."""
    verdict = Verdict()
    wanted, seen = _by_subject(expected), _by_subject(found)
    for subject in sorted(wanted.keys() | seen.keys()):
        faults = _faults_of(subject, wanted.get(subject, {}), seen.get(subject, {}))
        verdict.faults += faults
        if "message" in wanted.get(subject, {}):
            verdict.attempt += 1
            verdict.ok += not faults
            verdict.quarantined += "quarantined" in wanted[subject]["message"]
    return verdict


def _by_subject(outcome: Outcome) -> dict[str, dict[str, Counter[str]]]:
    found: dict[str, dict[str, Counter[str]]] = {}
    for (subject, effect, value), count in outcome.items():
        found.setdefault(subject, {}).setdefault(effect, Counter())[value] += count
    return found


def _faults_of(subject: str, wanted: dict[str, Counter[str]], seen: dict[str, Counter[str]]) -> list[tuple[str, str]]:
    if "message" in wanted and "message" not in seen:
        return [("LOST", subject)]
    faults = []
    for effect in sorted(wanted.keys() | seen.keys()):
        must, does = wanted.get(effect, Counter()), seen.get(effect, Counter())
        if must != does:
            faults.append((_word(effect, must, does), f"{subject} {effect}: must {dict(must)}, does {dict(does)}"))
    return faults


def _word(effect: str, must: Counter[str], does: Counter[str]) -> str:
    if does < must:
        return MISSING.get(effect, "MISSING_EFFECT")
    if must < does and set(must) == set(does):
        return DOUBLED.get(effect, "DUPLICATED_EFFECT")
    return WRONG.get(effect, "WRONG_EFFECT")
