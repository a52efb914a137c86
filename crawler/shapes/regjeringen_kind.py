"""What sort of document a page of regjeringen.no is: by its own word, else by its title."""

import re
from urllib.parse import urlsplit

from db.models import Kind

#: what the type above a page and its `DC.Type` may say, in order of preference
_NAMED = (
    (Kind.PRESS_RELEASE, re.compile(r"pressemeld|press ?release", re.I)),
    (
        Kind.NOTICE,
        re.compile(r"h[øo]y?ring|hearing|consultation|tilskudd|tilskot|utlysn?ing|grants?\b", re.I),
    ),
    (Kind.BROCHURE, re.compile(r"brosjyre|veiled|rettlei|brochure|guide", re.I)),
    (
        Kind.REPORT,
        re.compile(
            r"\bnou\b|meld\. ?st|meldst|stortingsmelding|melding(?:ar|er)? til stortinget|\bprop\b"
            r"|proposisjon|rapport|report|white ?paper|plan\b|planer|strategi",
            re.I,
        ),
    ),
)
_NEWS = re.compile(r"nyhet|nyheit|\bnytt\b|\bnews\b|artik|article", re.I)
_GRANT = re.compile(
    r"\b(?:utlysn?ing|lyser ut|lyst ut|søk om (?:tilskudd|tilskot|midler|midlar)"
    r"|søknadsfrist|call for (?:applications|proposals))\b",
    re.I,
)
#: titles that say what they are, where the page or feed does not
_TITLED = (
    (Kind.PRESS_RELEASE, re.compile(r"(?:pressemelding|press release)\b", re.I)),
    (
        Kind.NOTICE,
        re.compile(r"(?:(?:kort |ny )?høy?ring|(?:forslag|framlegg|.{1,40}) på høy?ring)\b", re.I),
    ),
    (
        Kind.REPORT,
        re.compile(r"(?:nou [0-9]{4}|(?:meld|prop)\. ?(?:st\.? ?)?[0-9]|rapport\b)", re.I),
    ),
)
_HEARINGS = re.compile(r"/h(?:oe|o|oy)ring(?:er|ar)?/", re.I)


def kind_of(named: str, title: str, url: str) -> Kind:
    """Tell the kind from what a page calls itself, else from its title or address."""
    for kind, words in _NAMED:
        if words.search(named):
            return kind
    if _GRANT.search(title):
        return Kind.NOTICE
    if _NEWS.search(named):
        return Kind.NEWS
    for kind, words in _TITLED:
        if words.match(title):
            return kind
    return Kind.NOTICE if _HEARINGS.search(urlsplit(url).path) else Kind.NEWS
