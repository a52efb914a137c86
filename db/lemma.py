"""Dictionaries: the base form of a word, from simplemma's word lists of bokmål, nynorsk, English.

Loaded on first use and once a process, for they take about half a second.
"""

from collections.abc import Mapping
from functools import cache


@cache
def _dictionary(language: str) -> Mapping[str, str]:
    # the same lists that detect languages, held once in memory
    from simplemma.strategies.dictionaries import DEFAULT_DICTIONARY_FACTORY

    return DEFAULT_DICTIONARY_FACTORY.get_dictionary(language)


def lemma(word: str, language: str) -> str | None:
    """Give the base form of a word in lower case, or None where the language does not know it.

    Names are listed with a capital letter.
    """
    known = _dictionary(language)
    found = known.get(word) or known.get(word.capitalize())
    return found.lower() if found else None
