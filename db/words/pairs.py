"""Words that a nynorsk word of `norwegian.toml` is part of, or an inflection of.

`leigekontrakt` is to `leiekontrakt` what `leige` is to `leie`, and `verksemdene` belongs to
`verksemd`; neither needs a line.
"""

from collections.abc import Iterator

from db.words.lexicon import lexicon

#: letters of a listed word that others may begin or end with, and of what stands beside it
_LISTED, _BESIDE = 4, 3
#: what may stand before it though it is shorter: `umogleg`
_PREFIXES = ("av", "mis", "ny", "om", "på", "u", "ut")
#: letters of a listed word before an ending
_BEFORE_ENDING = 5
#: what nynorsk inflects its words with, the longer first, and what the base form has in its place
_INFLECTIONS = (
    ("arane", ("ar",)),
    ("arar", ("ar",)),
    ("aren", ("ar",)),
    ("ane", ("", "e")),
    ("ene", ("", "e")),
    ("ast", ("", "e")),
    ("are", ("", "e")),
    ("ar", ("", "e")),
    ("er", ("", "e")),
    ("en", ("", "e")),
    ("et", ("", "e")),
    ("de", ("e", "")),
    ("te", ("e", "")),
    ("a", ("", "e")),
    ("e", ("",)),
    ("t", ("", "e")),
    ("d", ("e",)),
    ("s", ("",)),
)


def inflection_of(word: str) -> str:
    """Give the listed word that one is an inflection of, or else the word itself."""
    listed = lexicon().nynorsk
    return next((stem for stem in stems(word) if stem in listed), word)


def stems(word: str) -> Iterator[str]:
    """Give the base forms that a word may be an inflection of, by its ending."""
    for ending, instead in _INFLECTIONS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _BEFORE_ENDING:
            yield from (stem + one for one in instead)


def exchanged(word: str) -> Iterator[str]:
    """Write a word with what it begins or ends with, or both, in bokmål."""
    for ended in _ended(word):
        yield ended
        yield from _begun(ended)
    yield from _begun(word)


def _ended(word: str) -> Iterator[str]:
    listed = lexicon().nynorsk
    for start in range(1, len(word) - _LISTED + 1):
        beside = start >= _BESIDE or word[:start] in _PREFIXES
        if beside and (bokmal := listed.get(word[start:])):
            yield word[:start] + bokmal


def _begun(word: str) -> Iterator[str]:
    listed = lexicon().nynorsk
    for end in range(len(word) - _BESIDE, _LISTED - 1, -1):
        if bokmal := listed.get(word[:end]):
            rest = word[end:]
            yield bokmal + rest
            # bustadsosial is boligsosial, and bustadkommune bostedskommune
            yield bokmal + (rest.removeprefix("s") if rest[0] == "s" else f"s{rest}")
