"""A sorted list of place names: those equal to, beginning with, holding the words of, or near to a name."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from rules.spellings import Words

EXACT = 100.0
"""Likeness of a name written as it is in the table, blanks aside."""

BEGUN = 74.0
"""Likeness of a name of which only the beginning is written; up to 96 as less of it is missing."""

HELD = 65.0
"""Likeness of a name that holds the words written; up to 80 as less of it is missing."""

SHORTEST_BEGINNING = 3
"""Letters that may stand for the longer words that begin with them; shorter words stand for themselves."""

AFTER_ALL_LETTERS = "~"


def letters_forgiven(name: str) -> int:
    """Return how many letters of a name may be wrong: more of a longer one."""
    return (0, 0, 0, 1)[len(name)] if len(name) < 4 else 2 if len(name) < 12 else 3


class Gazetteer:
    """Place names without blanks, numbered in order, each with the codes of the places that bear it."""

    def __init__(self, entries: Iterable[tuple[Words, str]]) -> None:
        ordered = sorted({("".join(words), code, words) for words, code in entries})
        self._names: list[str] = []
        self._codes: list[str] = []
        self._first_code = array("I")
        held: set[tuple[str, int]] = set()
        for name, places in groupby(ordered, key=lambda entry: entry[0]):
            self._first_code.append(len(self._codes))
            for _, code, words in places:
                self._codes.append(code)
                held.update((word, len(self._names)) for word in words if len(words) > 1)
            self._names.append(name)
        self._first_code.append(len(self._codes))
        self._note_words(held)
        self._note_lengths()

    def _note_words(self, held: set[tuple[str, int]]) -> None:
        self._words: list[str] = []
        self._first_holder = array("I")
        self._holders = array("I")
        for word, pairs in groupby(sorted(held), key=lambda pair: pair[0]):
            self._words.append(word)
            self._first_holder.append(len(self._holders))
            self._holders.extend(number for _, number in pairs)
        self._first_holder.append(len(self._holders))

    def _note_lengths(self) -> None:
        self._of_length: dict[int, tuple[list[str], array[int]]] = {}
        for number, name in enumerate(self._names):
            names, numbers = self._of_length.setdefault(len(name), ([], array("I")))
            names.append(name)
            numbers.append(number)

    def codes(self, number: int) -> Sequence[str]:
        """Return the codes of the places that bear the name with this number."""
        return self._codes[self._first_code[number] : self._first_code[number + 1]]

    def bearers(self, number: int) -> int:
        """Return how many places bear the name with this number."""
        return self._first_code[number + 1] - self._first_code[number]

    def like(self, words: Words, *, forgiving: bool) -> dict[int, float]:
        """Return the names like these words, by number, with their likeness from 0 to 100."""
        name = "".join(words)
        found = dict(self._near(name)) if forgiving else {}
        for number, likeness in (*self._holding(words), *self._begun(name)):
            found[number] = max(likeness, found.get(number, 0.0))
        return found

    def holds(self, word: str) -> bool:
        """Tell whether a name of several words has a word that is or begins with this one."""
        return bool(self._holders_of(word))

    def words_near(self, word: str, limit: int = 12) -> list[str]:
        """Return the words of all names that differ from this one in a letter or two, nearest first."""
        forgiven = min(letters_forgiven(word), 2)
        found = process.extract(
            word, self._words, scorer=Levenshtein.distance, score_cutoff=forgiven, limit=limit
        )
        return [near for near, _, _ in found] if forgiven else []

    def _begun(self, name: str) -> Iterator[tuple[int, float]]:
        number = bisect_left(self._names, name)
        if len(name) < SHORTEST_BEGINNING:
            last = bisect_right(self._names, name)
        else:
            last = bisect_left(self._names, name + AFTER_ALL_LETTERS)
        for begun in range(number, last):
            whole = self._names[begun]
            yield begun, EXACT if whole == name else BEGUN + 22 * len(name) / len(whole)

    def _holding(self, words: Words) -> Iterator[tuple[int, float]]:
        common: set[int] | None = None
        for word in sorted(words, key=len, reverse=True):
            common = self._holders_of(word) if common is None else common & self._holders_of(word)
            if not common:
                return
        letters = sum(map(len, words))
        for number in common or ():
            yield number, HELD + 15 * min(1.0, letters / len(self._names[number]))

    def _holders_of(self, word: str) -> set[int]:
        first = bisect_left(self._words, word)
        if len(word) < SHORTEST_BEGINNING:
            last = bisect_right(self._words, word)
        else:
            last = bisect_left(self._words, word + AFTER_ALL_LETTERS)
        return set(self._holders[self._first_holder[first] : self._first_holder[last]])

    def _near(self, name: str) -> Iterator[tuple[int, float]]:
        forgiven = letters_forgiven(name)
        for length in range(len(name) - forgiven, len(name) + forgiven + 1):
            if forgiven and length in self._of_length:
                names, numbers = self._of_length[length]
                for near, _, place in process.extract(
                    name, names, scorer=Levenshtein.distance, score_cutoff=forgiven, limit=None
                ):
                    yield numbers[place], 100 * OSA.normalized_similarity(name, near)
