"""The words that lead from a deadline to its day, in bokmål, nynorsk and English."""

import re

from db.models import DeadlineKind

#: a line without any of these names no deadline
WORTH_READING = re.compile(
    r"frist|innen|innan|senest|seinast|seinest|deadline|closing date|due date|\bby\b|later than",
    re.I,
)
#: the word itself
TERM = re.compile(
    r"\b[a-zæøåé-]{0,40}frist(?:en|er|ene|ane|ar)?\b"
    r"|\b[a-zæøå]{0,20}frist(?:forlengelse|forlenging|utsettelse|utsetjing)[a-z]{0,3}\b"
    r"|\b(?:deadlines?|(?:closing|due) dates?)\b",
    re.I,
)
#: words that need a day right after them
BY = re.compile(
    r"\b(?:innen|innan|senest|seinast|seinest|by|(?:no|not) later than)\s(?:(?:den|the)\s)?$", re.I
)
# fmt: off
_SMALL = (
    r"(?>(?:nå|no|now|da|derfor|fortsatt|framleis|fremdeles|fremleis|også|òg|likevel|igjen|allerede|"
    r"allereie|altså|imidlertid|dermed|vanligvis|vanlegvis|opprinnelig|opphavleg|i år|i fjor|som "
    r"(?:tidligere|tidlegare|vanlig|vanleg|før)|already|therefore|originally|still|again|usually|"
    r"satt|sett|set|fastsatt|fastsett|utsatt|utsett|forlenget|forlenga|forlengt|utvidet|utvida|"
    r"flyttet|flytta|endret|endra|extended|postponed|moved|changed|til og med|fram|frem|til|to|"
    r"fra|frå|from|for|og med|på|on|at|i|in|innen|innan|by|senest|seinast|seinest|no later than|"
    r"den|the|dato|date|been|was|be)\b|[0-9]{1,2}\.|[\s:;,(–—-])"
)
_VERB = (
    r"(?:er|var|blir|ble|blei|vert|vart|is|was|are|were|will be|has been|have been|settes|"
    r"går ut|gjekk ut|gikk ut|utløper|utløp|løper ut|løp ut|faller|falt|fell|falls|ends|ended|"
    r"expires|expired|closes|closed)"
)
#: what it is for, the surest first
KINDS = (
    (DeadlineKind.REGISTRATION, re.compile(
        r"påmeld|oppmeld|\bmeld(?:e|er|ar|t)?\s(?:\w+\s){0,3}på\b|registration|\bregister\b|\bsign up",
        re.I)),
    (DeadlineKind.CONSULTATION, re.compile(
        r"høring|høyring|innspill|innspel|consultation|merknad", re.I)),
    (DeadlineKind.APPLICATION, re.compile(
        r"søknad|\bsøk(?:e|er|ar|je|jer|jar|ere|erne|arane)?\b|utlys|\bappl(?:y|ying|ies|ication|icant)|"
        r"forslag|framlegg|kandidat|nomin", re.I)),
)
# fmt: on
#: small words between a term and its day
DIRECT = re.compile(rf"{_SMALL}*+", re.I)
#: a verb between them, with small words after it
LINKED = re.compile(rf"(?P<before>.*)\b{_VERB}\b{_SMALL}*+", re.I)
#: what a deadline is for, between the two
PURPOSE = re.compile(r"\s(?:for|til|på|to|of)\s[^,;:]{1,80}(?:[:,–—-]\s?)?(?:den\s|the\s)?", re.I)
#: what makes of that something else that happens
EVENT = re.compile(
    r"\b(?:som|skal|starter|startar|vil|kan|har|hadde|that|which|will|starts)\b", re.I
)
#: where a sentence turns to something else
TURN = re.compile(
    r";|,\s(?:og|men|mens|så|and|but|while)\b"
    r"|(?<!som )(?<!that )(?<!which )\b(?:er|var|blir|is|was)\b",
    re.I,
)
#: between days of one list
AND = re.compile(r"\s?(?:,|/|,?\s(?:og|eller|samt|and|or))\s(?:den\s|the\s)?", re.I)
#: between the ends of a span
UNTIL = re.compile(r"\s?(?:[–—-]|til og med|til|to|until)\s?", re.I)
#: between a day and the term after it
IS_THE = re.compile(
    r",?\s(?:er|var|blir|is|was)\s(?:\w{1,20}\s){0,3}|\s?[:–—(-]\s?(?:\w{1,20}\s)?", re.I
)
#: one that takes the place of another
MOVED = re.compile(
    r"utsatt|utsett|forleng|utvid|flytt|endr|\bny(?:e)?\b|extended|postponed|moved|changed|\bnew\b",
    re.I,
)
#: "1. mars, men er utsatt til 15. mars"
BUT = re.compile(rf",?\s(?:men|og|som|but|and|which)\b{_SMALL}*+(?:{_VERB}\b)?{_SMALL}*+", re.I)
PASSED = re.compile(r"\b(?:var|was|were|gikk|gjekk|utløp|løp|expired|passed|ended|closed)\b", re.I)
PASSED_BY_THEN = re.compile(r"\b(?:hadde|had|kom)\b", re.I)
