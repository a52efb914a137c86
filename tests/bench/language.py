"""Texts with words as often as in real ones: a few in all of them, most in hardly any (Zipf)."""

import random
import re
from collections import Counter
from itertools import accumulate

from quality.judged import load_entries

#: words that only names are, which make up most of a vocabulary
_NAMES = 60_000
_BITS = "ar be da el fo gu ha ik jo ka li mo ne op pre ran ske tun ut vei yt æra øst ånd stor lit"
#: how much of a text is said in the words of its own subject
_OF_SUBJECT = 0.06
#: rank at which words begin to become rarer (Mandelbrot)
_FLAT = 2.7
#: characters of a word with the space behind it, at least on average
_LENGTH = 6
_WORD = re.compile(r"[^\W\d_]+")


class Language:
    """Says as much as is asked for, the same for the same chance.

    The frequent words are those of the judged set, in their order; its titles are the subjects.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        items = [entry.item for entry in sorted(load_entries(), key=lambda entry: entry.id)]
        said = " ".join(f"{item.title} {item.lead} {item.body_text}" for item in items)
        known = [word for word, _ in Counter(_WORD.findall(said.lower())).most_common()]
        names = [
            "".join(chance.choices(_BITS.split(), k=chance.randint(2, 5))) for _ in range(_NAMES)
        ]
        self._words = list(dict.fromkeys([*known, *names]))
        self._often = list(accumulate(1 / (rank + _FLAT) for rank in range(len(self._words))))
        self._subjects = [_WORD.findall(item.title) for item in items]
        self._subject = self._subjects[0]

    def title(self) -> str:
        """Begin a text about something else, by its title."""
        self._subject = self._chance.choice(self._subjects)
        return f"{' '.join(self._subject)} {self._chance.choice(self._words[-_NAMES // 2 :])}"

    def sentence(self, length: int) -> str:
        """Say so many characters about it."""
        said, size = [], 0
        drawn = self._chance.choices(self._words, cum_weights=self._often, k=length // _LENGTH + 1)
        for word in drawn:
            of_subject = self._chance.random() < _OF_SUBJECT
            said.append(self._chance.choice(self._subject) if of_subject else word)
            size += len(said[-1]) + 1
            if size >= length:
                break
        return f"{' '.join(said)}.".capitalize()
