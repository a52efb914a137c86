"""The words that lead from a deadline to its day, in bokmål, nynorsk and English."""

import re

from db.models import DeadlineKind

#: a line without any of these, or without the word *by*, names no deadline
# fmt: off
_TELLING = (
    "frist", "periode", "innen", "innan", "senest", "seinast", "seinest", "deadline", "due date",
    "later than", "siste dag", "siste søk", "siste påm", "siste innl", "fram til", "frem til",
    "til og med", "inntil", "open", "åpe", "steng", "lukke", "clos", "until", "høring til",
    "høyring til",
)
# fmt: on
_BY = re.compile(r"\bby\b")


def worth_reading(line: str) -> bool:
    """Tell, in next to no time, whether a line may name a deadline."""
    # a dotted or dotless i and a long s are an i and an s, as in the patterns below
    lower = line.replace("İ", "i").replace("ı", "i").replace("ſ", "s").lower()
    return any(word in lower for word in _TELLING) or bool(_BY.search(lower))


#: the word itself
TERM = re.compile(
    r"\b[a-zæøåé-]{0,40}frist(?:en|er|ene|ane|ar)?\b"
    r"|\b[a-zæøå]{0,20}frist(?:forlengelse|forlenging|utsettelse|utsetjing)[a-z]{0,3}\b"
    r"|\bsiste (?:(?:søknads|påmeldings|innleverings)dag\b|dag (?=for (?:å (?:søk|meld|send)|søk|"
    r"påmeld|innsp|innlev|rapport)))"
    r"|\b(?:søknads|påmeldings|oppmeldings|innspills)periode[nr]?\b"
    r"|\b(?:deadlines?|(?:closing|due) dates?)\b",
    re.I,
)
#: words that need a day right after them
BY = re.compile(
    r"\b(?:innen|innan|senest|seinast|seinest|by|(?:no|not) later than)\s"
    r"(?:(?:den|the|førstkommende|førstkomande)\s)?$",
    re.I,
)
#: "kan søke fram til": leave or duty, and what it is to do
MAY_SEND = re.compile(
    r"(?:(?<!som )(?<!that )(?<!who )\b(?:kan|må|skal|bør|mulig|mogleg|høve|ber|can|may|must|"
    r"should|possible|please)\b[^;:]{0,60}?\b(?:søkes?|søkje|søkjast|gjøre|gjere|sendes?|"
    r"sendast|leveres?|leverast|melde|svare|gis|gjevast|foreslås?|nomineres?|nominerast|"
    r"registrere|apply|submit|submitted|register|respond|nominate)"
    r"|\bt(?:ar|ek|as|akast)\s(?:\w+\s)?imot\s(?:søknad|innsp|påmeld|forslag|kandidat)\w*"
    r"|\b(?:søknad|innsp|påmeld|forslag|kandidat)\w*\s(?:mottas|tas\simot|blir\stekne?\simot)"
    r"|^\W*(?:søk|send|lever|meld|svar|foreslå|nominer|apply|submit|register))\b",
    re.I,
)
#: right before the day, where somebody may send something
UNTIL_THEN = re.compile(
    r"\b(?:(?:fram|frem) til|til og med|inntil|until)(?:\sog med)?\s(?:(?:den|the)\s)?$", re.I
)
#: "påmeldingen stenger": what is open to be sent to ends, right before the day
CLOSES = re.compile(
    r"(?:\b(?:utlysn?ing|søknad|påmelding|oppmelding|høring|høyring|portal|skjema|registrering|"
    r"applications?\b|registration|consultation|the call\b)\w{0,30}"
    r"(?:[^.;,:]|(?<=[0-9])\.){0,60}?\s"
    r"(?:(?:open|ope|opne|åpen|åpent|åpne)\s(?:fr[aå]\s[^,;:]{1,20}\s)?"
    r"(?:(?:fram |frem )?til(?: og med)?|until)"
    r"|stenger|stengjer|stenges|stengast|lukker|lukkes|lukkast|avsluttes|closes?)"
    r"|\b(?:åp|op)[a-z]{2,4}\sfor\s(?:søknad|påmelding|oppmelding|innsp)\w*\s"
    r"(?:fr[aå]\s[^,;:]{1,25}\s)?(?:(?:fram |frem )?til(?: og med)?)"
    r"|\bhar\s(?:fram|frem)\stil|\bpå\s(?:høring|høyring)\s(?:(?:fram|frem)\s)?til)"
    r"\s(?:(?:den|på|on|the)\s)?$",
    re.I,
)
#: where one thing ends and another is told
CLAUSE = re.compile(r";|,\s(?:og|men|mens|så|and|but|while)\s", re.I)
#: before *innen*: what others have promised or mean to do is no deadline for anybody else
PROMISE = re.compile(
    r"\b(?:får|fær|vil\sfå|receives?|get)\s(?:\w+\s){0,3}(?:svar|vedtak|tilbakemelding|beskjed|answers?|"
    r"reply)\b"
    r"|\bbehandl(?:er|ar|es|ast)\b|\butbetal(?:er|es|ast|t)\b|\bvent(?:es|ast)\b|\bforventes\b"
    r"|(?<!som )(?<!som dei )\b(?:kommer|kjem)\b(?! inn)|\btrer\si\skraft\b|\bskjer\b"
    r"|\b(?:oppdater|offentliggjør|kunngjør|publiser|legg)(?:es|ast)\b|\b(?:settle|arrive)d\b"
    r"|\b(?:bosatt|bosatte|busett|busette|født|fødd|ankommet)\s(?=inn[ea]n|sei?nest|seinast)"
    r"|\bmål(?:et|a)?\s(?:er|om)\b"
    r"|\bvil\s(?:\w+\s){0,2}(?:være|vere|bli|legge|leggje|komme|kome|"
    r"ha\s(?!svar|søk|rapport|innsp))"
    r"|\b(?:regjeringen|regjeringa|imdi|departementet|direktoratet|vi)\s(?:tar|tek|håper|håpar|"
    r"planlegger|planlegg|svarer|svarar|kommer|kjem|legger|legg)\b"
    r"|\b(?:the government|imdi|we)\s(?:will|plans?|aims?|expects?|hopes?)\b",
    re.I,
)
# fmt: off
_SMALL = (
    r"(?>(?:nå|no|now|da|derfor|fortsatt|framleis|fremdeles|fremleis|også|òg|likevel|igjen|allerede|"
    r"allereie|altså|imidlertid|dermed|vanligvis|vanlegvis|opprinnelig|opphavleg|i år|i fjor|som "
    r"(?:tidligere|tidlegare|vanlig|vanleg|før)|already|therefore|originally|still|again|usually|"
    r"satt|sett|set|fastsatt|fastsett|utsatt|utsett|forleng(?:et|a|t|d)|utvidet|utvida|"
    r"flyttet|flytta|flytt|endret|endra|extended|postponed|moved|changed|til og med|fram|frem|til|"
    r"to|fra|frå|from|for|og med|på|on|at|i|in|innen|innan|by|senest|seinast|seinest|no later than|"
    r"den|the|dato|date|midnatt|been|was|be|førstkommende|førstkomande|"
    r"(?:om|med|by)\s(?:[0-9]{1,2}|en|ei|ein|to|tre|fire|fem|seks|a|one|two|three|four|six)\s"
    r"(?:dager|dagar|uker?|veker?|måned(?:er)?|månad(?:er|ar)?|days|weeks?|months?))\b|[0-9]{1,2}\.|"
    r"[\s:;,(–—-])"
)
_VERB = (
    r"(?:er|var|blir|ble|blei|vert|vart|is|was|are|were|will be|has been|have been|settes|"
    r"går ut|gjekk ut|gikk ut|utløper|utløp|løper ut|løp ut|faller|falt|fell|falls|ends|ended|"
    r"expires|expired|closes|closed)"
)
#: what it is for, the surest first
KINDS = (
    (DeadlineKind.REGISTRATION, re.compile(
        r"påmeld|oppmeld|\bmeld(?:e|er|ar|t)?\s(?:\w+\s){0,3}(?:på|opp)\b|registration|"
        r"\bregister\b|\bsign up",
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
    r"\b(?:som|skal|starter|startar|vil|kan|har|hadde|that|which|will|starts)\b"
    # what it is counted from, or what comes after
    r"|\b(?:regnes|reknast|løper|gjelder|gjeld|counted|runs)\b|\b(?:fra|frå|from|etter|after)\s$",
    re.I,
)
#: where a sentence turns to something else
TURN = re.compile(
    r";|,\s(?:og|men|mens|så|and|but|while)\b"
    r"|(?<!som )(?<!that )(?<!which )\b(?:er|var|blir|is|was)\b",
    re.I,
)
#: between days of one list
AND = re.compile(
    r"(?:\s\([^()]{1,30}\))?\s?(?:,|/|,?\s(?:og|eller|samt|and|or))\s(?:den\s|the\s)?", re.I
)
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
#: "1. mars, men er utsatt til 15. mars", "som var 1. mars, er utsatt til 15. mars"
BUT = re.compile(
    rf",?\s(?:(?:men|og|som|but|and|which)\b|(?={_VERB}\b)){_SMALL}*+(?:{_VERB}\b)?{_SMALL}*+", re.I
)
#: "Fristen er gått ut, men er forlenget til", "Fristen er tre uker og går ut"
RESUMED = re.compile(rf",?\s(?:men|og|but|and)\s(?:(?:den|han|ho|it)\s)?{_VERB}\b{_SMALL}*+$", re.I)
ENDS = re.compile(r"\b(?:går|gjekk|gikk|løper|løp) ut\b|\butløp", re.I)
PASSED = re.compile(r"\b(?:var|was|were|gikk|gjekk|utløp|løp|expired|passed|ended|closed)\b", re.I)
#: before the word
WAS = re.compile(r"\b(?:var|was|were)\s(?:the\s)?$", re.I)
#: the first day of a span alone is when it begins
BEGINS = re.compile(r"\b(?:fra|frå|from)(?:\sog\smed)?\s(?:[0-9]{1,2}\.\s)?$", re.I)
PASSED_BY_THEN = re.compile(r"\b(?:hadde|had|kom)\b", re.I)
