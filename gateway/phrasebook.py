"""The sentences of the services, who speak English, in another language. Pure.

Calls, events and databases carry a sentence as text, with its values in it ("Is longer than 255 characters: shorten
it."). The catalogue has the same with names in place of the values ("Is longer than %(most)s characters: shorten it."),
by which it is recognised here. What a name ends with says what its value is: a ``sentence`` is said in turn; a
``kind``, ``state`` or ``field`` is a word of the catalogue, and with an s several of them; all others stay as they are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_VALUE = re.compile(r"%\((\w+)\)s")
_END = re.compile(r"[.?] ")
_WORDS = ("kind", "state", "field")
# Beyond this nothing is looked for: whoever sends long texts shall not keep us busy.
LONGEST, MOST_SENTENCES, MOST_STEPS = 5_000, 10, 100

# How often may still be looked: sentences lie in sentences.
Steps = Iterator[int]


@dataclass(frozen=True, slots=True)
class Shape:
    """A sentence of the catalogue: the names of its values, and the texts before, between and after them."""

    names: tuple[str, ...]
    parts: tuple[str, ...]

    def values_in(self, sentence: str) -> list[str] | None:
        """Its values in a sentence of this shape, else None. In linear time, whatever they are."""
        first, *between, last = self.parts
        end = len(sentence) - len(last)
        if not (sentence.startswith(first) and sentence.endswith(last)):
            return None
        values, begin = [], len(first)
        for part in between:
            found = sentence.find(part, begin, end)
            if found < 0:
                return None
            values.append(sentence[begin:found])
            begin = found + len(part)
        return [*values, sentence[begin:end]] if begin <= end else None


def shape(template: str) -> Shape:
    """The shape of a sentence with ``%(name)s`` in it."""
    pieces = _VALUE.split(template)
    return Shape(tuple(pieces[1::2]), tuple(pieces[::2]))


def _is_sentence(name: str) -> bool:
    return name.endswith("sentence")


class Phrasebook:
    """Sentences by what they are in another language."""

    def __init__(self, sentences: Mapping[str, str], words: Mapping[str, str]) -> None:
        """English to the other language; ``words`` are never said alone, for a name may be the same."""
        self._words = words
        shapes = [(shape(template), said) for template, said in sentences.items()]
        self._fixed = {found.parts[0]: said for found, said in shapes if not found.names}
        # What is put around another sentence, then whatever has more words of its own, where several fit.
        self._shaped = sorted(
            ((found, said) for found, said in shapes if found.names),
            key=lambda one: (not any(map(_is_sentence, one[0].names)), -len("".join(one[0].parts))),
        )

    def said(self, text: str) -> str | None:
        """A sentence, or several, in the other language; None for what the catalogue does not have."""
        return self._said(text, iter(range(MOST_STEPS))) if len(text) <= LONGEST else None

    def _said(self, text: str, steps: Steps) -> str | None:
        if text in self._fixed:
            return self._fixed[text]
        return None if next(steps, None) is None else self._several(text, steps) or self._one(text, steps)

    def _several(self, text: str, steps: Steps) -> str | None:
        """The shortest beginning that is known, and what follows it: values hold no sentences if they need not."""
        for end in [found.end() for found in _END.finditer(text)][:MOST_SENTENCES]:
            begin = self._fixed.get(text[: end - 1]) or self._one(text[: end - 1], steps)
            if begin and (rest := self._said(text[end:], steps)):
                return begin + rest
        return None

    def _one(self, text: str, steps: Steps) -> str | None:
        for found, said in self._shaped:
            values = found.values_in(text)
            filled = None if values is None else self._filled(found.names, values, steps)
            if filled is not None:
                return _VALUE.sub(lambda name, by_name=filled: by_name[name[1]], said)  # type: ignore[misc]
        return None

    def _filled(self, names: Sequence[str], values: Sequence[str], steps: Steps) -> dict[str, str] | None:
        filled = {}
        for name, value in zip(names, values, strict=True):
            known = self._value(name.rpartition("_")[2], value, steps)
            if known is None:
                return None
            filled[name] = known
        return filled

    def _value(self, is_a: str, value: str, steps: Steps) -> str | None:
        if _is_sentence(is_a):
            return self._said(value, steps)
        if is_a.removesuffix("s") in _WORDS:
            return "、".join(self._words.get(word, word) for word in value.split(", "))
        return value
