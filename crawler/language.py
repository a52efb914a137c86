"""The language of a text: bokmål, nynorsk, English, Northern Sami, or undetermined.

Publishers mark bokmål and nynorsk alike as `no`, so the words have to tell. Words and endings that
one language has and its neighbour has not decide; where they say nothing, simplemma's word lists
tell how many words each language knows.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from simplemma import is_known, langdetect

from db.models import Language
from db.text import clean

#: characters that are looked at; the language does not change its mind after a page
LONGEST = 4_000
#: with fewer words, and no marks of a language, a guess would be chance
FEWEST_WORDS = 3
CLEARLY = 0.5
#: the share of words that the best language must know
LEAST_KNOWN = 0.4
#: words looked up one by one, enough for a title and a lead
MOST_LOOKED_UP = 60
#: what an ending counts that the neighbour has at times
_HINT = 0.4

_WORD = re.compile(r"[^\W\d_]+")
#: names of organisations and forms are words of no language
_ACRONYM = re.compile(r"\b(?:[A-ZÆØÅ]{2,5}|IMDi)\b")
_NORWEGIAN_LETTERS = re.compile(r"[æøå]")

_NYNORSK = re.compile(
    r"ikkje|frå|korleis|kvifor|kven|kva|kvar|kvart|kvarandre|dei|eit|ein|eg|vere|vore|vert|vart"
    r"|berre|meir|mykje|nokon|noko|nokre|nyleg|òg|auk(?:e|ar|a)|fekk|gjekk|gje|gjer|gjeld|gjev\w*"
    r"|seier|skul(?:e|en|ar|ane)|\w{3,}skular|saman|sidan|medan|heile|heim|tenest\w*|tilskot\w*"
    r"|vekene|veker|fleire|flest|noreg\w*|løyv\w*|buset\w*|born|borna|ungdomar|tal|rettlei\w*|kjem"
    r"|søkj\w*|tingar|sjølv\w*|tidlegare|mogleg\w*|løys\w*|vidare|byrj\w*|noverande|utan|nøgd\w*"
    r"|oppmod\w*|einsleg\w*|\w*gjevar\w*|dykk|dykkar|hugs|difor|framleis|ynskj\w*|finst|tykkj\w*"
    r"|skilnad\w*|mangfald\w*|haldning\w*|høyring\w*|framlegg|innvandrar\w*|utvandrar\w*"
    r"|kjønnslemlesting|gong|gonger|verksemd\w*|kring|syner|haust\w*|sommar\w*|sjå|nykomn\w*|kvardag\w*|bustad\w*"
    r"|byggj\w*|styrkj\w*|\w*tek|veit|tilhøve\w*|grunnskul\w*|arbeidslaus\w*|vorte|vaksne|einskild\w*"
    r"|samstundes|undervegs|heilt|eig(?:en|a|e|ne)|sein|seinare|opne|kome|desse|innan|utanfor"
    r"|høgskul\w*|låg|lågare|spurde|\w*undersøking\w*|forsking\w*|talet|betre|nærare|fyrst\w*|då"
    r"|kor|no|måndag|tysdag|laurdag|sundag|meining\w*|vegen|sakn\w*"
    r"|\w{3,}(?:ingar|ingane|arar|arane|nadar|ane|leg|lege|legare|legast|leik|leiken|heit|heiter)"
)
_BOKMAL = re.compile(
    r"ikke|fra|hvordan|hvorfor|hvem|hva|hver|hvert|hvilke[nt]?|hvor|de|et|en|jeg|være|vært|ble|bare"
    r"|mer|mye|noen|noe|nå|øk(?:e|er|t|te|ning|ningen)|fikk|gikk|gjør|gir|sier|skole\w*|sammen"
    r"|siden|mens|hele|hjem\w*|tjeneste\w*|tilskudd\w*|uker?|ukene|flere|norge\w*|tillatelse\w*"
    r"|bosett\w*|bosatt\w*|tall|tallene|nøkkeltall|veiled\w*|kommer|selv\w*|tidligere|mulig\w*"
    r"|løsning\w*|videre|begynn\w*|nåværende|uten|fornøyd\w*|anmod\w*|enslig\w*|\w*giver\w*|dere"
    r"|deres|finnes|forskjell\w*|mangfold\w*|holdning\w*|høring\w*|innvandrer\w*|kommune(?:r|ne|nes)"
    r"|gang|ganger|virksomhet\w*|høst\w*|sommer\w*|hverdag\w*|bolig\w*|\w*tar|vet|forhold\w*"
    r"|grunnskol\w*|arbeidsl(?:øs|ed)\w*|voksne|enkelt\w*|samtidig|underveis|helt|eg(?:en|et|ne)"
    r"|senere|åpne|åpen|komme|disse|innen|utenfor|høyskol\w*|lav|lavere|spurte|\w*undersøkelse\w*"
    r"|forskning\w*|tallet|bedre|nærmere|da|tirsdag|lørdag|søndag|mening\w*|veien|savn\w*"
    r"|(?!\w*(?:v|b)illig)\w{3,}(?:lig|lige|ligere|ligst)"
    r"|\w{3,}(?:inger|ingene|het|heten|heter|erne|ernes)"
    r"|(?!helse)\w{3,}else[rn]?"
)
_NYNORSK_HINT = re.compile(
    r"(?!(?:janu|febru|\w*sv|\w*t|semin|komment|rad|\w*kl|\w*p|\w*b|doll|hekt)ar$)\w{4,}ar"
    r"|\w{3,}inga|\w*(?:lova|gruppa|rolla|saka|sida|lista|hjelpa|boka|bygda|grensa)|ho|leier"
)
_BOKMAL_HINT = re.compile(r"\w{3,}(?:ere|ene|enes)|hun|regjeringen|opplæringen|\w{3,}ingen")
_ENGLISH = re.compile(
    r"the|of|and|with|from|about|are|is|has|have|who|what|how|new|among|towards?|between|their"
    r"|for|more|on|was|were|than|not|this|these|will|can|by|at|its|into|you|your"
)
_SAMI_LETTERS = re.compile(r"[đŋšŧžčá]")
_SAMI_STEMS = re.compile(
    r"\w*(?:vuohta|vuođ|bargu|barggu|gield|dulko|dulkk?[ai]|buohcc|searv[vi]|ásaid|oahpp|mearr[ái])\w*"
    r"|buor\w{1,6}"
)
_SAMI_SMALL_WORDS = """
    lea leat leai ahte dat dan daid mii eai ii muhto ovttas nu gos dahje maid dás sámi sámegiella
    norgga birra ovdal eanet galgá galget galgga galggašii gielddat gielddaide gielda olbmot olbmuid
    eambbo jagi jagis boahtá geat guhte olu olles ođđa suohkan suohkanat váldo barget bargat oahppu
"""
_SAMI_WORDS = frozenset(_SAMI_SMALL_WORDS.split())
_LANGUAGES = {"nb": Language.BOKMAL, "nn": Language.NYNORSK, "en": Language.ENGLISH}


def detect_language(title: str, lead: str, body_text: str) -> Language:
    """Tell the language of an entry's text; `und` where there are too few words to tell."""
    text = _ACRONYM.sub(" ", clean(f"{title}\n{lead}\n{body_text}"[:LONGEST])).lower()
    words = _WORD.findall(text)
    known = _known(text) if words else dict.fromkeys(_LANGUAGES, 0.0)
    if _is_sami(words, max(known.values())):
        return Language.SAMI
    nynorsk = _count(_NYNORSK, words) + _HINT * _count(_NYNORSK_HINT, words)
    bokmal = _count(_BOKMAL, words) + _HINT * _count(_BOKMAL_HINT, words)
    for word in words[:MOST_LOOKED_UP]:
        in_bokmal, in_nynorsk = _norwegian(word)
        nynorsk += _HINT * (in_nynorsk and not in_bokmal)
        bokmal += _HINT * (in_bokmal and not in_nynorsk)
    norwegian = max(known["nb"], known["nn"])
    english = _count(_ENGLISH, words)
    if known["en"] > norwegian or (known["en"] == norwegian and english > nynorsk + bokmal):
        return Language.ENGLISH if _is_told(known, words, english) else Language.UNDETERMINED
    if nynorsk != bokmal:
        return Language.NYNORSK if nynorsk > bokmal else Language.BOKMAL
    if not (_NORWEGIAN_LETTERS.search(text) and norwegian) and not _is_told(known, words, 0):
        return Language.UNDETERMINED
    return Language.NYNORSK if known["nn"] > known["nb"] else Language.BOKMAL


def _is_told(known: dict[str, float], words: list[str], marks: float) -> bool:
    """Tell whether the word lists know enough, and more of one language than of the next."""
    second, first = sorted(known.values())[-2:]
    enough = len(words) >= FEWEST_WORDS or first - second >= CLEARLY
    return first >= LEAST_KNOWN and (enough or bool(marks))


def _is_sami(words: list[str], known: float) -> bool:
    """Tell Sami by its letters and small words; names carry the letters into other texts."""
    letters = [min(2, len(_SAMI_LETTERS.findall(word))) for word in words]
    small = sum(word in _SAMI_WORDS or bool(_SAMI_STEMS.fullmatch(word)) for word in words)
    marked = sum(bool(count) for count in letters)
    if known > CLEARLY:
        return marked >= 2 and small >= 2 and (marked + small) * 5 >= 2 * len(words)
    return sum(letters) + small >= 2 and (marked + small) * 5 >= len(words)


def _count(markers: re.Pattern[str], words: Iterable[str]) -> int:
    return sum(bool(markers.fullmatch(word)) for word in words)


@lru_cache(maxsize=10_000)
def _norwegian(word: str) -> tuple[bool, bool]:
    """Tell whether a word stands in the lists of bokmål and of nynorsk."""
    return is_known(word, "nb"), is_known(word, "nn")


@lru_cache(maxsize=64)
def _known(text: str) -> dict[str, float]:
    """Give the share of words each language knows; loads the word lists on the first call."""
    shares = dict(langdetect(text, lang=tuple(_LANGUAGES)))
    return {code: shares.get(code, 0.0) for code in _LANGUAGES}
