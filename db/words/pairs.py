"""Words that a nynorsk word of `norwegian.toml` is part of, or an inflection of.

`leigekontrakt` is to `leiekontrakt` what `leige` is to `leie`, and `verksemdene` belongs to
`verksemd`; neither needs a line.
"""

from collections.abc import Iterator

from db.words.lexicon import LISTED, lexicon

#: letters of what stands beside a listed word
_BESIDE = 3
#: what may stand before it though it is shorter: `umogleg`
_PREFIXES = ("av", "ny", "om", "på", "u", "ut")
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


def inflection_of(word: str) -> str | None:
    """Give the listed word that one is an inflection of."""
    words = lexicon()
    if word[:LISTED] not in words.begins:
        return None
    return next((stem for stem in stems(word) if stem in words.nynorsk), None)


def stems(word: str) -> Iterator[str]:
    """Give the base forms that a word may be an inflection of, by its ending."""
    for ending, instead in _INFLECTIONS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _BEFORE_ENDING:
            yield from (stem + one for one in instead)


def may_be_exchanged(word: str) -> bool:
    """Tell whether a word may begin or end with a listed one; most do not."""
    words = lexicon()
    return word[-LISTED:] in words.ends or word[:LISTED] in words.begins


def exchanged(word: str) -> Iterator[str]:
    """Write a word with what it begins or ends with, or both, in bokmål."""
    for ended in _ended(word):
        yield ended
        yield from _begun(ended)
    yield from _begun(word)


def _ended(word: str) -> Iterator[str]:
    words = lexicon()
    for listed in words.ends.get(word[-LISTED:], ()):
        before = word.removesuffix(listed)
        if before != word and (len(before) >= _BESIDE or before in _PREFIXES):
            yield before + words.nynorsk[listed]


def _begun(word: str) -> Iterator[str]:
    words = lexicon()
    for listed in words.begins.get(word[:LISTED], ()):
        rest = word.removeprefix(listed)
        if rest != word and len(rest) >= _BESIDE:
            bokmal = words.nynorsk[listed]
            yield bokmal + rest
            # bustadsosial is boligsosial, and bustadkommune bostedskommune
            yield bokmal + (rest.removeprefix("s") if rest[0] == "s" else f"s{rest}")
