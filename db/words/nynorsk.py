"""From nynorsk to the bokmål a word is searched by: spelling rules, held against a list.

Pairs that no rule leads to stand in `norwegian.toml`.
"""

import re
from collections.abc import Callable, Iterator

#: how many rules one word may need: `løysingane` → `løsningene` takes two
DEEPEST = 3
#: spellings tried for one word: one that fits nothing must not cost time
MOST_TRIED = 60
#: letters that stand before an ending
_FEWEST_BEFORE = 3

_DEEDS = {
    f"ing{ending}": (f"ning{ending}", "else")
    for ending in ("", "a", "en", "ar", "ane", "er", "ene", "ande")
}
# what nynorsk writes so, bokmål mostly writes so in the words they share
_ENDINGS: dict[str, tuple[str, ...]] = _DEEDS | {
    "ingane": ("ingene", "ningene", "else"),
    "ingar": ("inger", "ninger", "else"),
    "arane": ("erne",),
    "arar": ("ere",),
    "aren": ("eren",),
    "ane": ("ene",),
    "ar": ("er",),
    "are": ("ere",),
    "ast": ("est", "es"),
    "ande": ("ende",),
    "sam": ("som",),
    "same": ("somme",),
    "leg": ("lig",),
    "lege": ("lige",),
    "legare": ("ligere",),
    "a": ("et", "en", "e"),
}
_LONGEST_ENDING = max(map(len, _ENDINGS))
_STEMS = (
    ("ei", "e"),
    ("øy", "ø"),
    ("au", "ø"),
    ("kv", "hv"),
    ("kj", "k"),
    ("gj", "g"),
    ("vj", "v"),
    ("tj", "tt"),
    ("ald", "old"),
    ("alg", "olg"),
    ("heit", "het"),
    ("leik", "het"),
    ("semd", "somhet"),
    ("saman", "sammen"),
    ("utan", "uten"),
    ("framand", "fremmed"),
    ("fram", "frem"),
    ("frå", "fra"),
    ("føre", "fore"),
    ("vidar", "vider"),
    ("heim", "hjem"),
    ("skul", "skol"),
    ("verk", "virk"),
    ("bod", "bud"),
    ("skot", "skudd"),
    ("tenest", "tjenest"),
    ("komen", "kommen"),
    ("bu", "bo"),
)

# most words hold none, and this says so in one go
_ANY_STEM = re.compile("|".join(old for old, _ in _STEMS))
#: what nynorsk compounds begin with, longest first, where no list has them whole
_BEGINNINGS = (("hovud", "hoved"), ("sjølv", "selv"), ("høg", "høy"), ("låg", "lav"))


def beginning(letters: str) -> str:
    """Spell what a word begins with as bokmål does."""
    for nynorsk, bokmal in _BEGINNINGS:
        if letters.startswith(nynorsk):
            return bokmal + letters.removeprefix(nynorsk)
    return letters


def spell(word: str, accept: Callable[[str], str | None]) -> str | None:
    """Give what `accept` makes of the first bokmål spelling that it knows, fewest rules first."""
    for tried, candidate in enumerate(_spellings(word)):
        if tried == MOST_TRIED:
            return None
        if found := accept(candidate):
            return found
    return None


def _spellings(word: str) -> Iterator[str]:
    seen, row = {word}, [word]
    for _ in range(DEEPEST):
        following: list[str] = []
        for one in row:
            for changed in _one_rule(one):
                if changed not in seen:
                    seen.add(changed)
                    following.append(changed)
                    yield changed
        row = following


def _one_rule(word: str) -> Iterator[str]:
    for length in range(min(_LONGEST_ENDING, len(word) - _FEWEST_BEFORE), 0, -1):
        for replacement in _ENDINGS.get(word[-length:], ()):
            yield word[:-length] + replacement
    if _ANY_STEM.search(word):
        for old, new in _STEMS:
            if old in word:
                yield word.replace(old, new, 1)
