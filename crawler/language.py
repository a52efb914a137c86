"""The language of a text: bokmål, nynorsk, English, Northern Sami, or undetermined.

Publishers mark bokmål and nynorsk alike as `no`, so the words have to tell. simplemma's word lists
say how many words each language knows; where bokmål and nynorsk come close, small words that only
one of them has decide.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from simplemma import langdetect

from db.models import Language
from db.text import clean

#: characters that are looked at; the language does not change its mind after a page
LONGEST = 4_000
#: with fewer words, and none that only one language knows, a guess would be chance
FEWEST_WORDS = 3
CLEARLY = 0.5
#: the share of words that the best language must know
LEAST_KNOWN = 0.4
#: nearer than this, bokmål and nynorsk are told apart by `_BOKMAL` and `_NYNORSK`
TIE = 0.1

_WORD = re.compile(r"[^\W\d_]+")
_NYNORSK = re.compile(
    r"ikkje|frå|korleis|kvifor|kven|kva|kvar|kvart|dei|eit|ein|eg|vere|vore|vert|vart|berre|meir"
    r"|mykje|nokon|noko|nokre|nyleg|òg|auke|auka|fekk|gjekk|gje|gjer|gjev|gjeve|seier|skule"
    r"|\w{3,}skular|saman|sidan|medan|heile|heim|høve|tenester?|tilskot|veke|vekene"
    r"|fleire|noreg|løyve|løyver|busetjing|busett|busette|busetje|born|ungdomar|kommunar|kommunane"
    r"|\w{3,}(?:ane|ingar|ingane|legg?|legare|leik|heit)"
)
_BOKMAL = re.compile(
    r"ikke|fra|hvordan|hvorfor|hvem|hva|hver|hvert|hvilke|hvilken|de|et|en|jeg|være|vært|blir"
    r"|ble|bare|mer|mye|noen|noe|nå|økning|økt|øke|fikk|gikk|gjør|gir|sier|skole|sammen"
    r"|siden|mens|hele|hjem|tjenester?|tilskudd|uke|ukene|flere|norge|tillatelse|bosetting|bosatt"
    r"|bosette|\w{3,}(?:ene|inger|ingene|lig|lige|ligere|skap|het|else|elser)"
)
_SAMI_LETTERS = re.compile(r"[đŋšŧžčá]")
_SAMI_SMALL_WORDS = """
    lea leat leai ahte dat dan daid mii eai ii muhto ovttas nu gos dahje maid dás sámi sámegiella
    norgga birra ovdal
"""
_SAMI_WORDS = frozenset(_SAMI_SMALL_WORDS.split())
_LANGUAGES = {"nb": Language.BOKMAL, "nn": Language.NYNORSK, "en": Language.ENGLISH}


def detect_language(title: str, lead: str, body_text: str) -> Language:
    """Tell the language of an entry's text; `und` where there are too few words to tell."""
    text = clean(f"{title}\n{lead}\n{body_text}"[:LONGEST]).lower()
    words = _WORD.findall(text)
    if _is_sami(words):
        return Language.SAMI
    nynorsk, bokmal = _count(_NYNORSK, words), _count(_BOKMAL, words)
    known = _known(text)
    second, first = sorted(known.values())[-2:]
    best = max(known, key=known.__getitem__)
    few = len(words) < FEWEST_WORDS and first - second < CLEARLY
    if first < LEAST_KNOWN or (few and not nynorsk and not bokmal):
        return Language.UNDETERMINED
    if best == "en":
        return Language.ENGLISH
    if abs(known["nb"] - known["nn"]) <= TIE and nynorsk != bokmal:
        return Language.NYNORSK if nynorsk > bokmal else Language.BOKMAL
    return _LANGUAGES[best]


def _is_sami(words: list[str]) -> bool:
    lettered = sum(bool(_SAMI_LETTERS.search(word)) for word in words)
    small = sum(word in _SAMI_WORDS for word in words)
    # names carry these letters into other languages' texts; there they stay rare
    return (lettered >= 2 and lettered * 5 >= len(words)) or (
        small >= 2 and (lettered + small) * 5 >= len(words) and lettered >= 1
    )


def _count(markers: re.Pattern[str], words: Iterable[str]) -> int:
    return sum(bool(markers.fullmatch(word)) for word in words)


@lru_cache(maxsize=64)
def _known(text: str) -> dict[str, float]:
    """Give the share of words each language knows; loads the word lists on the first call."""
    shares = dict(langdetect(text, lang=tuple(_LANGUAGES)))
    return {code: shares.get(code, 0.0) for code in _LANGUAGES}
