"""What one word tells of the language of the text it stands in."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from db.words import analyse
from db.words.lemma import dictionary, lemma

_MARKS = Path(__file__).with_name("language.toml")
#: what a word is that both Norwegian and English know
_SHARED = 0.3
#: what a small Norwegian word is, which names stand around: `IMDi og NAV`
_SMALL = 0.8
#: what a compound counts that no list has, and letters of it and of each part
_PUT_TOGETHER, _LONG, _LONG_PART = 0.5, 9, 4
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
class Known:
    """Which languages know a word."""

    nb: bool
    nn: bool
    en: bool
    se: bool
    #: whether no list has it, but the words it is put together from are Norwegian
    put_together: bool = False

    @property
    def norwegian(self) -> bool:
        """Whether either norm has it."""
        return self.nb or self.nn

    @property
    def any(self) -> bool:
        """Whether any language has it."""
        return self.norwegian or self.en or self.se


@dataclass(slots=True)
class Told:
    """What a word tells wherever it stands, by what each language's evidence grows."""

    known: Known
    #: whether it is a Norwegian word, even if no list has it
    is_norwegian: bool
    is_strange: bool
    #: whether a capital makes a name of it
    may_be_name: bool
    norwegian: float = 0.0
    english: float = 0.0
    sami: float = 0.0
    nynorsk: float = 0.0
    bokmal: float = 0.0
    #: the same, where it is surely no name
    plain_nynorsk: float = 0.0
    plain_bokmal: float = 0.0


@lru_cache(maxsize=50_000)
def told(word: str) -> Told:
    """Weigh a word in lower case, once for all the places where it stands."""
    known = _known(word)
    has_letters = bool(_NORWEGIAN_LETTERS.search(word))
    bokmal, nynorsk = (bool(marks.fullmatch(word)) for marks in _marks())
    form = nynorsk or bokmal
    weighed = Told(
        known,
        is_norwegian=known.norwegian or known.put_together or has_letters,
        is_strange=bool(_STRANGE.fullmatch(word)),
        may_be_name=(word not in _names() and (known.norwegian or not known.en) and not known.se),
        norwegian=_PUT_TOGETHER * known.put_together + has_letters,
        sami=float(bool(_SAMI_LETTERS.search(word)) + bool(_SAMI_SHAPE.fullmatch(word))),
    )
    if known.se and not (known.norwegian or known.en):
        weighed.sami += 1.0
    if word in _ENGLISH_WORDS or (known.en and not known.norwegian):
        weighed.english += 1.0
    elif known.en and word not in _NORWEGIAN_WORDS:
        weighed.english += _SHARED
        weighed.norwegian += _SHARED
    if word in _NORWEGIAN_WORDS:
        weighed.norwegian += _SMALL
    elif (known.norwegian or form) and not known.en:
        weighed.norwegian += 1.0
    if nynorsk != bokmal:
        weighed.nynorsk += nynorsk
        weighed.bokmal += bokmal
    elif known.nb != known.nn and not known.en:
        weighed.nynorsk += known.nn * _ONLY_NYNORSK
        weighed.bokmal += known.nb * _ONLY_BOKMAL
    if not (form or known.en):
        # `tema` ends so by itself
        radical = bool(_RADICAL.fullmatch(word)) and lemma(word, "nb") != word
        faint = not known.nb and bool(_FAINT_NYNORSK.fullmatch(word))
        weighed.plain_nynorsk = _FAINTEST * radical + _FAINT * faint
        weighed.plain_bokmal = _FAINT * bool(not known.nn and _FAINT_BOKMAL.fullmatch(word))
    return weighed


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


def _known(word: str) -> Known:
    known = Known(*(word in dictionary(code) for code in _CODES))
    return known if known.any else replace(known, put_together=_is_put_together(word))


def _is_put_together(word: str) -> bool:
    """Tell whether a word is a Norwegian compound that no list has: `innsynskrav`."""
    return len(word) >= _LONG and min(map(len, analyse(word).leaves), default=0) >= _LONG_PART
