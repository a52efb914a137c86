"""One word: its key in the index, and the keys of the parts of a compound.

A key joins what a reader takes for one word: every inflection, both written norms, the deed and the
word for it. `bosetting`, `busetjing`, `bosatte` and `bosette` have the key `bosett`;
`busetjingskommunane` has `bosettkommune`, with `bosett` and `kommune` for its parts.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from db.words.bases import base_of, base_of_stem, root_of
from db.words.compounds import leaves, split
from db.words.lemma import lemma
from db.words.nynorsk import beginning

#: letters of the longest word that is looked into; a longer one is found by its beginning
LONGEST = 64
#: where every part is so long, a compound is no accident and not looked for among English words
_SURE_PART = 5
#: letters before the known ending of an unknown word
_FEWEST_BEFORE = 3
#: letters that are left of a word whose endings are taken off
_FEWEST_LEFT = 4
# kafé is kafe to whoever searches, but å is not a
_ACCENTS = str.maketrans("éèêëáàâíìîóòôúùûýñç", "eeeeaaaiiiooouuuync")
# å is typed as aa or a, ø as oe or o, æ as ae or a; å falls apart into a and its ring by itself
_FOLDED = (("æ", "a"), ("ø", "o"), ("ae", "a"), ("oe", "o"), ("aa", "a"))
#: endings of nouns, the longer first
_ENDINGS = ("enes", "anes", "ene", "ane", "ens", "ets", "ers", "en", "et", "er", "ar", "s")
# Cyrillic letters that text processing puts in the place of Latin ones: by their looks, or by sound
_LOOK_ALIKES = (
    str.maketrans("аеорсухікмтвнё", "aeopcyxikmtbhe"),
    str.maketrans("аеорсухікмтвнё", "aeorsuhikmtvne"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """What the index knows a word by."""

    key: str
    #: keys of what it is put together from, each once; empty unless it is a compound
    parts: tuple[str, ...] = ()
    #: those of its parts that are no compounds themselves, in order
    leaves: tuple[str, ...] = ()


@lru_cache(maxsize=300_000)
def analyse(word: str) -> Word:
    """Give the key and parts of one word of letters and digits, in any case."""
    word = unicodedata.normalize("NFC", word[:LONGEST].lower()).translate(_ACCENTS)
    if not word.isalpha():
        return Word(word)
    word = _latin(word)
    base = base_of(word) or base_of_stem(word)
    parts = leaves(split(base or word))
    if base is None and min(map(len, parts), default=0) < _SURE_PART:
        english = lemma(word, "en") or lemma(word.removesuffix("s"), "en")
        if english:
            return Word(english)
    if parts:
        return _compound(parts)
    return Word(root_of(base)) if base else _unknown(word)


def fold(word: str) -> str:
    """Write a word as on a keyboard without æ, ø and å: `opplæring`, `opplaering` → `opplaring`."""
    for letters, plain in _FOLDED:
        word = word.replace(letters, plain)
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _latin(word: str) -> str:
    """Read Cyrillic letters in a word of Latin ones as those that they stand for."""
    if word.isascii() or not any("\u0400" <= letter <= "\u045f" for letter in word):
        return word
    if not any("a" <= letter <= "z" for letter in word):
        return word
    latin = [word.translate(table) for table in _LOOK_ALIKES]
    return next((one for one in latin if base_of(one) or split(one)), latin[0])


def _unknown(word: str) -> Word:
    """Read a word nobody knows by the longest one it ends with: `introprogrammet`."""
    for start in range(_FEWEST_BEFORE, len(word) - _SURE_PART + 1):
        base = base_of(word[start:])
        if base and len(base) >= _SURE_PART:
            root = root_of(base)
            return Word(beginning(word[:start]) + root, (root,))
    return Word(_stripped(word))


def _stripped(word: str) -> str:
    """Take the common endings off a word nobody knows: `webinarene`, `Ullensvangs`, not `Olsen`."""
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _FEWEST_LEFT and not stem.endswith("s"):
            return stem if base_of(stem) is None else word
    return word


def _compound(leaves: tuple[str, ...]) -> Word:
    count = len(leaves)
    rows = (
        "".join(leaves[start : start + length])
        for length in range(1, count)
        for start in range(count - length + 1)
    )
    return Word("".join(leaves), tuple(dict.fromkeys(rows)), leaves)
