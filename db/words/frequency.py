"""How frequent words are in Norwegian and English at large, by wordfreq's lists of some 50,000."""

from collections import defaultdict
from functools import lru_cache
from math import exp

from db.lists_version import lists_version, words_version
from db.words import analyse
from db.words.wordlist import WordList, kept, pack

#: words of an ordinary text
_WORDS = 100


@lru_cache(maxsize=8192)
def usual_share(key: str) -> float:
    """Give the share of ordinary texts that have a word with an index token, from 0 to 1."""
    found = _shares().get(key)
    return float(found) if found else 0.0


@lru_cache(maxsize=1)
def _shares() -> WordList:
    name = f"frequency-{lists_version('wordfreq')}-{words_version()}".replace(" ", "-")
    return kept(name, _packed, WordList)


def _packed() -> bytes:
    # imported here: it is read once, and kept
    from wordfreq import get_frequency_dict

    found: dict[str, float] = {}
    for language in ("nb", "en"):
        own: defaultdict[str, float] = defaultdict(float)
        for word, frequency in get_frequency_dict(language, "small").items():
            if word.isalpha():
                own[analyse(word).key] += frequency
        # a word of both languages is as common as in the one that has it more often
        found |= {key: max(frequency, found.get(key, 0.0)) for key, frequency in own.items()}
    return pack(
        [
            (key.encode(), f"{1 - exp(-_WORDS * frequency):.5f}".encode())
            for key, frequency in found.items()
        ],
        len(found),
    )
