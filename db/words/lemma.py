"""Dictionaries: the base form of a word, from simplemma's lists of bokmål, nynorsk and English."""

from functools import cache, lru_cache

from db.words.wordlist import WordList, word_list


@cache
def dictionary(language: str) -> WordList:
    """Give the list of a language, opened on first use: `nb`, `nn`, `en` or `se`."""
    return word_list(language)


@lru_cache(maxsize=8192)
def lemma(word: str, language: str) -> str | None:
    """Give the base form of a word in lower case, or None where the language does not know it.

    Names are listed with a capital letter.
    """
    known = dictionary(language)
    found = known.get(word) or known.get(word.capitalize())
    if found and not found.isalnum():
        # `ca.` of `ca`, `buss-stopp` of `busstopp`: keys are letters and digits
        found = "".join(letter for letter in found if letter.isalnum())
    return found.lower() if found else None
