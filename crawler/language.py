"""The language of a text: bokmål, nynorsk, English, Northern Sami, or undetermined.

Publishers mark bokmål and nynorsk alike as `no`, so the words have to tell. simplemma's word lists
say which languages know a word; a word that only one of them knows is evidence for it. Small words
and endings that only bokmål or only nynorsk has are stronger evidence between those two, because
the lists take in the freer forms of both (`auka`, `kven` and `fann` stand in bokmål's).
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from db.lemma import dictionary, lemma
from db.models import Language
from db.text import clean
from db.words import analyse

_MARKS = Path(__file__).with_name("language.toml")
#: characters that are looked at; the language does not change its mind after a page
LONGEST = 4_000
#: evidence below which any answer would be a guess; a word that only one language knows is 1
LEAST_EVIDENCE = 1.0
#: letters of a word that tells the language all alone
LEAST_ALONE = 8
#: what a word is that both Norwegian and English know
_SHARED = 0.3
#: what a small Norwegian word is, which names stand around: `IMDi og NAV`
_SMALL = 0.8
#: what a compound counts that no list has, and letters of it and of each part
_PUT_TOGETHER, _LONG, _LONG_PART = 0.5, 9, 4
#: abbreviations in the names of laws and papers, which are words of other languages
_NO_WORDS = frozenset(["meld", "st", "prop", "innst", "nou", "kap", "nr"])
#: how far the best language must be ahead of the next, as a share of both
CLEARLY = 0.2
#: the share of a text's words that its language must know, and of how many words that is asked
LEAST_KNOWN = 0.45
ENOUGH_WORDS = 8
#: with so many Norwegian words and nothing that tells them apart, bokmål is the likelier
NORWEGIAN_WORDS = 2

_WORD = re.compile(r"[^\W\d_]+")
#: the words of `www.imdi.no` are no words
_ADDRESS = re.compile(r"\S{0,200}[\w@]\.[^\W\d]\S{0,200}")
#: endings that one form of Norwegian merely prefers, and what one of them weighs
_FAINT = 0.3
#: what one `-a` weighs, which radical bokmål writes as well
_FAINTEST = 0.2
_RADICAL = re.compile(r"\w{4,}(?<!fr|tr)a")
_FAINT_NYNORSK = re.compile(r"\w{3,}(?<!semin)(?<!sv)(?<!nu)(?<!ru)(?:ar|ast)")
_FAINT_BOKMAL = re.compile(r"\w{3,}(?:ene|er|et|es)")
#: what a word weighs that only one of the two lists knows; nynorsk's is the smaller one
_ONLY_NYNORSK = 0.8
_ONLY_BOKMAL = 0.15

#: small words of one language that the lists of others know as well
_SMALL_ENGLISH = """
    the of and in are was were be been with from on it its this that these those who what which how
    when where why you your we our they their them has have had will would could may must shall
    should not more most than or if about after before between new any
"""
_SMALL_NORWEGIAN = "og som det den kan skal vil har med om på av til er å ved alle"
_ENGLISH_WORDS = frozenset(_SMALL_ENGLISH.split())
_NORWEGIAN_WORDS = frozenset(_SMALL_NORWEGIAN.split())
_SAMI_LETTERS = re.compile(r"[đŋšŧžčá]")
#: rows of letters that Norwegian and English have not
_SAMI_SHAPE = re.compile(r"\w*(?:uo[hđ]|ddj|hkk|jj|hčč|eai|oa[hđ]|\w{3}ii\b)\w*")
#: letters of languages we cannot name, Swedish and Polish among them; and words of Danish, which
#: looks like bokmål
_STRANGE = re.compile(
    r"\w*[äößüłąęśżźćıçñúíóőűêâîû]\w*|af|hvad|blev|bliver|mig|dig|nogle|(?:arbejd|flygtning|uddannelse)\w*"
)
_NORWEGIAN_LETTERS = re.compile(r"[æøå]")
_CODES = ("nb", "nn", "en", "se")


@dataclass(frozen=True, slots=True)
class _Known:
    """Which languages know a word."""

    nb: bool
    nn: bool
    en: bool
    se: bool
    #: whether no list has it, but the words it is put together from are Norwegian
    put_together: bool = False

    @property
    def norwegian(self) -> bool:
        return self.nb or self.nn

    @property
    def any(self) -> bool:
        return self.norwegian or self.en or self.se


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
    for place, match in enumerate(_WORD.finditer(_ADDRESS.sub(" ", text))):
        printed = match[0]
        word = printed.lower()
        if word in _NO_WORDS:
            continue
        known = _known(word)
        found.words += 1
        found.longest = max(found.longest, len(word))
        found.known_norwegian += (
            known.norwegian or known.put_together or bool(_NORWEGIAN_LETTERS.search(word))
        )
        found.known_english += known.en
        found.known_sami += known.se
        # a capital inside a Norwegian sentence begins a name, which tells nothing
        inside = printed != word and (place > 0 or not printed.istitle())
        name = inside and not capitals
        if name and word not in _names() and (known.norwegian or not known.en) and not known.se:
            continue
        found.strange += bool(_STRANGE.fullmatch(word))
        first = place == 0 and known.norwegian and not _is_name(word)
        _weigh(word, known, found, plain=capitals or first or printed[0].islower())
    return found


def _weigh(word: str, known: _Known, found: _Evidence, *, plain: bool) -> None:
    found.sami += bool(_SAMI_LETTERS.search(word)) + bool(_SAMI_SHAPE.fullmatch(word))
    found.norwegian += _PUT_TOGETHER * known.put_together
    if known.se and not (known.norwegian or known.en):
        found.sami += 1.0
    if word in _ENGLISH_WORDS or (known.en and not known.norwegian):
        found.english += 1.0
    elif known.en and word not in _NORWEGIAN_WORDS:
        found.english += _SHARED
        found.norwegian += _SHARED
    bokmal, nynorsk = (bool(marks.fullmatch(word)) for marks in _marks())
    form = nynorsk or bokmal
    if word in _NORWEGIAN_WORDS:
        found.norwegian += _SMALL
    elif (known.norwegian or form) and not known.en:
        found.norwegian += 1.0
    if _NORWEGIAN_LETTERS.search(word):
        found.norwegian += 1.0
    if nynorsk != bokmal:
        found.nynorsk += nynorsk
        found.bokmal += bokmal
    elif known.nb != known.nn and not known.en:
        found.nynorsk += known.nn * _ONLY_NYNORSK
        found.bokmal += known.nb * _ONLY_BOKMAL
    if plain and not (form or known.en):
        # `tema` ends so by itself
        found.nynorsk += _FAINTEST * bool(_RADICAL.fullmatch(word) and lemma(word, "nb") != word)
        found.nynorsk += _FAINT * bool(not known.nb and _FAINT_NYNORSK.fullmatch(word))
        found.bokmal += _FAINT * bool(not known.nn and _FAINT_BOKMAL.fullmatch(word))


@cache
def _marks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Read what only bokmål and what only nynorsk writes from `language.toml`."""
    table = tomllib.loads(_MARKS.read_text(encoding="utf-8"))
    pairs = [pair for pairs in table.values() for pair in pairs]
    bokmal, nynorsk = (_any_of(word for pair in pairs for word in pair[side]) for side in (0, 1))
    return bokmal, nynorsk


@cache
def _names() -> frozenset[str]:
    """Read the names that only bokmål or only nynorsk writes so."""
    table = tomllib.loads(_MARKS.read_text(encoding="utf-8"))
    return frozenset(word for pair in table["names"] for side in pair for word in side)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(_pattern(word) for word in words))


def _pattern(word: str) -> str:
    is_ending = word.startswith("*") and not word.endswith("*")
    beginning = r"\w{3,}" if is_ending else ""
    return beginning + word.removeprefix("*" * is_ending).replace("*", r"\w*")


@lru_cache(maxsize=50_000)
def _known(word: str) -> _Known:
    known = _Known(*(word in dictionary(code) for code in _CODES))
    return known if known.any else replace(known, put_together=_is_put_together(word))


def _is_name(word: str) -> bool:
    return any(word.capitalize() in dictionary(code) for code in ("nb", "nn"))


def _is_put_together(word: str) -> bool:
    """Tell whether a word is a Norwegian compound that no list has: `innsynskrav`."""
    return len(word) >= _LONG and min(map(len, analyse(word).leaves), default=0) >= _LONG_PART
