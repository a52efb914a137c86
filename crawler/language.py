"""The language of a text: bokmål, nynorsk, English, Northern Sami, or undetermined.

Publishers mark bokmål and nynorsk alike as `no`, so the words have to tell. simplemma's word lists
say which languages know a word; a word that only one of them knows is evidence for it. Small words
and endings that only bokmål or only nynorsk has are stronger evidence between those two, because
the lists take in the freer forms of both (`auka`, `kven` and `fann` stand in bokmål's).
"""

import re
from dataclasses import dataclass

from crawler.word_evidence import told
from db.models import Language
from db.text import clean
from db.words.lemma import dictionary

#: characters that are looked at; the language does not change its mind after a page
LONGEST = 4_000
#: evidence below which any answer would be a guess; a word that only one language knows is 1
LEAST_EVIDENCE = 1.0
#: letters of a word that tells the language all alone
LEAST_ALONE = 8
#: abbreviations in the names of laws and papers, which are words of other languages
_NO_WORDS = frozenset(["meld", "st", "prop", "innst", "nou", "kap", "nr"])
#: how far the best language must be ahead of the next, as a share of both
CLEARLY = 0.2
#: the share of a text's words that its language must know, and of how many words that is asked
LEAST_KNOWN = 0.45
ENOUGH_WORDS = 8
#: so many words that all begin with a capital are names: `Bodø, Førde, Molde`
NAMES_ALONE = 3
#: with so many Norwegian words and nothing that tells them apart, bokmål is the likelier
NORWEGIAN_WORDS = 2

_WORD = re.compile(r"[^\W\d_]+")
#: the words of `www.imdi.no` are no words
_ADDRESS = re.compile(r"\S{0,200}[\w@]\.[^\W\d]\S{0,200}")
#: what none of them is without, and hardly anything else has
_DOT_INSIDE = re.compile(r"\.[^\W\d]")


@dataclass(slots=True)
class _Evidence:
    """What the words of a text add up to."""

    norwegian: float = 0.0
    english: float = 0.0
    sami: float = 0.0
    nynorsk: float = 0.0
    bokmal: float = 0.0
    words: int = 0
    #: words that the Norwegian, English or Sami list knows
    known_norwegian: int = 0
    known_english: int = 0
    known_sami: int = 0
    strange: int = 0
    #: letters of the longest word
    longest: int = 0


def detect_language(title: str, lead: str, body_text: str) -> tuple[Language, float]:
    """Tell the language of an entry's text, and how sure that is, from 0 to 1.

    It is `und`, with 0, where there are too few words to tell or none of ours knows them. Text
    that is Norwegian but has nothing to tell bokmål from nynorsk is bokmål, with 0.5.
    """
    found = _evidence(clean(f"{title}\n{lead}\n{body_text}"[:LONGEST]))
    scores = {
        Language.BOKMAL: (found.norwegian, found.known_norwegian),
        Language.ENGLISH: (found.english, found.known_english),
        Language.SAMI: (found.sami, found.known_sami),
    }
    (best, (first, known)), (_, (second, _known)) = sorted(
        scores.items(), key=lambda pair: pair[1][0], reverse=True
    )[:2]
    margin = (first - second) / (first + second) if first else 0.0
    foreign = found.words >= ENOUGH_WORDS and known < LEAST_KNOWN * found.words
    alone = found.words == 1 and found.longest < LEAST_ALONE
    little = first < LEAST_EVIDENCE or margin < CLEARLY or alone
    if little or foreign or found.strange * 10 > found.words:
        return Language.UNDETERMINED, 0.0
    sure = round((1 + margin) / 2, 2)
    return _form_of_norwegian(found, sure) if best is Language.BOKMAL else (best, sure)


def _form_of_norwegian(found: _Evidence, sure: float) -> tuple[Language, float]:
    first, second = sorted((found.nynorsk, found.bokmal), reverse=True)
    if first == second:
        if found.known_norwegian < NORWEGIAN_WORDS:
            return Language.UNDETERMINED, 0.0
        return Language.BOKMAL, min(sure, 0.5)
    language = Language.NYNORSK if found.nynorsk > found.bokmal else Language.BOKMAL
    return language, min(sure, round((first + 0.5) / (first + second + 1.0), 2))


def _evidence(text: str) -> _Evidence:
    found = _Evidence()
    capitals = text.isupper()
    if _DOT_INSIDE.search(text):
        text = _ADDRESS.sub(" ", text)
    words = _WORD.findall(text)
    names = len(words) >= NAMES_ALONE and all(word[0].isupper() for word in words)
    for place, printed in enumerate(words):
        word = printed.lower()
        if word in _NO_WORDS:
            continue
        tells = told(word)
        known = tells.known
        found.words += 1
        found.longest = max(found.longest, len(word))
        found.known_norwegian += tells.is_norwegian
        found.known_english += known.en
        found.known_sami += known.se
        # a capital inside a Norwegian sentence begins a name, which tells nothing
        inside = printed != word and (place > 0 or names or not printed.istitle())
        if inside and not capitals and tells.may_be_name:
            continue
        found.strange += tells.is_strange
        found.sami += tells.sami
        found.norwegian += tells.norwegian
        found.english += tells.english
        found.nynorsk += tells.nynorsk
        found.bokmal += tells.bokmal
        first = place == 0 and known.norwegian and not _is_name(word)
        if capitals or first or printed[0].islower():
            found.nynorsk += tells.plain_nynorsk
            found.bokmal += tells.plain_bokmal
    return found


def _is_name(word: str) -> bool:
    return any(word.capitalize() in dictionary(code) for code in ("nb", "nn"))
