"""A filter in plain words, in the language of the request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.web import formats
from gateway.web.language import gettext, msg
from gateway.web.lists import fields
from gateway.web.lists.drafts import Draft, is_group
from gateway.web.lists.operators import PERIODS, Operator, operator

AND, OR = msg("and"), msg("or")
QUOTED, SPAN, EITHER = msg("“%(text)s”"), msg("%(first)s to %(last)s"), msg(" or ")
ALSO_AND, ALSO_OR, INSIDE = msg("%(one)s and %(other)s"), msg("%(one)s or %(other)s"), msg("(%(text)s)")
GONE = msg("somebody who is gone")


@dataclass(frozen=True, slots=True)
class Said:
    """What is needed to say a filter: the types of fields and what records and people are called, by id."""

    types: Mapping[str, str]
    names: Mapping[str, str]

    def part(self, node: Draft) -> str:
        """A condition, or a group in brackets."""
        return gettext(INSIDE, text=self.group(node)) if is_group(node) else self.condition(node)

    def group(self, group: Draft) -> str:
        """All its conditions."""
        parts = [self.part(node) for node in group["conditions"]]
        joining = ALSO_AND if group["match"] == "all" else ALSO_OR
        text = parts[0] if parts else ""
        for part in parts[1:]:
            text = gettext(joining, one=text, other=part)
        return text

    def condition(self, condition: Draft) -> str:
        """One condition."""
        name = condition["field"]
        known = operator(self.types.get(name, ""), condition["operator"])
        if known is None:
            return gettext(fields.label(name))
        value = self._value(known, condition.get("value"))
        return gettext(known.says, field=gettext(fields.label(name)), value=value)

    def _value(self, known: Operator, value: Any) -> str:
        values = value if isinstance(value, list) else [value]
        shown = [self._one(known.shape, each) for each in values]
        if known.shape in ("numbers", "days") and len(shown) == 2:
            return gettext(SPAN, first=shown[0], last=shown[1])
        return gettext(EITHER).join(shown)

    def _one(self, shape: str, value: Any) -> str:
        text = str(value)
        if shape in ("word", "words"):
            return gettext(QUOTED, text=text)
        if shape == "choices":
            return gettext(fields.CHOICES.get(text, text))
        if shape == "ids":
            return self.names.get(text) or gettext(GONE)
        if shape in ("period", "short_period"):
            return gettext(PERIODS.get(text, text))
        return formats.day_or_text(text) if shape in ("day", "days") else text
