"""Tags from words: weighted rules over the terms of `tags.toml`, each tag with its reason.

What a text is about stands in its title, is said in its lead, named by its publisher's keywords and
comes back in its body. A word that is only mentioned once, anywhere but in the title, gives no tag.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from functools import cache
from math import sqrt
from pathlib import Path

from crawler.tags.explanation import Explanation, FieldHits
from crawler.tags.fields import Field
from crawler.tags.hits import quoted, strong_hits, weak_hits
from crawler.tags.rules import Masked, Rule
from crawler.tags.taxonomy import read_rules
from crawler.tags.terms import Matcher
from crawler.tags.tree import TermTree
from crawler.tags.words import Text
from db.models import EntryTag, Tag

#: a tag is given from this score on
THRESHOLD = 1.2
#: and from this on where no other tag scores as much: the text must be about something
THRESHOLD_ALONE = 0.95
#: and from this on where neither title nor keywords speak for it and it scores less than so much of
#: what the strongest does: it is mentioned more than once, or not meant
THRESHOLD_BESIDE, FAR_BELOW = 1.35, 0.5
#: what a weak term counts, where a strong one counts 1
WEAK = 0.2
#: what a weak term counts where so many different ones stand in an entry
WEAK_IN_COMPANY, HINTS_IN_COMPANY = 0.35, 4
#: score of one strong term in each part of an entry
TITLE, LEAD, KEYWORD, CHAPTER, BODY = 2.0, 1.1, 1.5, 0.7, 0.7
#: the same where there is hardly a body to say more
LEAD_ALONE = 2.0
#: a body that scores so much for a tag speaks of it throughout, however strong another tag is
THROUGHOUT = 1.4
#: what all but the title have to score where the body has so many words: the text takes up what its
#: title names, or the title plays with it; of what a text holds, all but the lead
TAKEN_UP, FULL_BODY_WORDS = 0.25, 100
#: what a tag that needs a share of the strongest one's score needs more where no title names it
SHARE_UNNAMED = 0.1
#: hits that count at most in each part; in a body, hits of one and the same word
MOST_IN_TITLE, MOST_IN_LEAD, MOST_KEYWORDS, MOST_IN_CHAPTER = 2, 3, 2, 1
MOST_OF_A_WORD = 3
#: leads longer than this many words count less per hit
LEAD_WORDS = 60
#: bodies longer than this many words count less per hit
BODY_WORDS = 60
#: a body of fewer words than this says no more than the lead
FEWEST_BODY_WORDS = 20
#: words of a text that are looked at
MOST_WORDS = 50_000


class Taxonomy:
    """The controlled list of tags, with the rules that give them."""

    def __init__(self, rules: Sequence[Rule], masked: Masked) -> None:
        self._rules = tuple(rules)
        #: what means nothing for any tag, such as the directorate's own name
        self._masked = masked
        matchers = [matcher for rule in rules for matcher in rule.matchers]
        sides = [side for company in masked.company for side in company.sides]
        self._tree = TermTree([*matchers, masked.phrases, *sides])

    @property
    def tags(self) -> tuple[Tag, ...]:
        """Give the tags in the order of the file."""
        return tuple(rule.tag for rule in self._rules)

    def tag(
        self,
        *,
        title: str,
        lead: str,
        body_text: str,
        keywords: Sequence[str] = (),
        chapter: str = "",
    ) -> tuple[EntryTag, ...]:
        """Give an entry's tags, the surest first, each with the words that gave it, in bokmål."""
        found = self.explain(
            title=title, lead=lead, body_text=body_text, keywords=keywords, chapter=chapter
        )
        return tuple(
            EntryTag(tag.tag.slug, tag.reason, round(tag.score, 2)) for tag in found if tag.given
        )

    def explain(
        self,
        *,
        title: str,
        lead: str,
        body_text: str,
        keywords: Sequence[str] = (),
        chapter: str = "",
    ) -> list[Explanation]:
        """Tell how an entry scores for every tag that any word speaks for, the surest first."""
        fields = [
            (field, frozenset(self._masked.places(self._tree.mark(field.words))))
            for field in _fields(title, lead, body_text, keywords, chapter)
            if field.words
        ]
        found = [_explanation(rule, fields) for rule in self._rules]
        said = sorted(
            (one for one in found if one.fields), key=lambda one: (-one.belongs, -one.score)
        )
        scores = [one.score for one in said if one.belongs]
        return [replace(one, given=_suffices(one, scores)) for one in said]


def load_taxonomy(path: Path | None = None, *, known_good: bool = False) -> Taxonomy:
    """Read the taxonomy, by default the one that comes with the crawler.

    `known_good`: it was read before, and terms that never count are not looked for. The one that
    comes with the crawler is then made ready once a process, for all sources.

    Raises:
        TaxonomyError: the file cannot be read or used; names the tag and the term or key.
    """
    if path is None and known_good:
        return _ours()
    return Taxonomy(*read_rules(path, known_good=known_good))


@cache
def _ours() -> Taxonomy:
    return Taxonomy(*read_rules(known_good=True))


def _suffices(one: Explanation, scores: Sequence[float]) -> bool:
    """Tell whether a tag is given, by the scores of all that the text can have, best first."""
    alone = len(scores) < 2 or scores[1] < THRESHOLD_ALONE
    least = THRESHOLD_ALONE if alone else THRESHOLD
    if not alone and not one.named and one.score < FAR_BELOW * scores[0]:
        least = THRESHOLD_BESIDE
    given = one.belongs and not one.barred and (one.taken_up or alone)
    return given and one.score >= max(least, one.share * scores[0])


def _fields(
    title: str, lead: str, body_text: str, keywords: Sequence[str], chapter: str
) -> Iterable[Field]:
    in_lead, in_body = _words(lead), _words(body_text)
    lead_weight = LEAD if len(in_body) >= FEWEST_BODY_WORDS else LEAD_ALONE
    lead_weight *= sqrt(LEAD_WORDS / max(LEAD_WORDS, len(in_lead)))
    body_weight = BODY * BODY_WORDS / max(BODY_WORDS, len(in_body))
    return (
        Field("tittel", _words(title), TITLE, MOST_IN_TITLE, names_subject=True, announces=True),
        Field("ingress", in_lead, lead_weight, MOST_IN_LEAD, announces=True),
        Field("nøkkelord", _words("\n".join(keywords)), KEYWORD, MOST_KEYWORDS, names_subject=True),
        Field("kapittel", _words(chapter), CHAPTER, MOST_IN_CHAPTER),
        Field(
            "tekst",
            in_body,
            body_weight,
            MOST_WORDS,
            MOST_OF_A_WORD,
            is_long=len(in_body) >= FEWEST_BODY_WORDS,
        ),
    )


def _words(text: str) -> Text:
    return Text.of(text, MOST_WORDS)


@dataclass(slots=True)
class _Counted:
    """What one part of an entry holds of a tag's terms."""

    strong: float = 0.0
    weak: float = 0.0
    #: the different words that are weak
    hints: set[tuple[str, ...]] = dataclass_field(default_factory=set)
    #: the words, as printed, and how often
    found: Counter[str] = dataclass_field(default_factory=Counter)


_NOTHING = _Counted()


def _explanation(rule: Rule, fields: Sequence[tuple[Field, frozenset[int]]]) -> Explanation:
    hints_count = not rule.weak_with.terms or _hold(rule.weak_with, fields)
    counted = [
        (field, _count(rule, field, masked, hints_count=hints_count)) for field, masked in fields
    ]
    hints = set().union(*(one.hints for _, one in counted))
    weak = WEAK if len(hints) < HINTS_IN_COMPANY else WEAK_IN_COMPANY
    hits = [
        (field, field.weight * min(field.most, one.strong + weak * one.weak), one.found)
        for field, one in counted
        if one.found
    ]
    said = tuple(FieldHits(field.name, score, found) for field, score, found in hits)
    belongs = not said or not rule.needs.terms or _hold(rule.needs, fields)
    throughout = any(field.is_long and score >= THROUGHOUT for field, score, _ in hits)
    # what a lead says on the way does not take back what title and body speak of
    is_sure = throughout and any(field.is_title for field, _, _ in hits)
    announcing = [one for one in fields if one[0].announces and (one[0].is_title or not is_sure)]
    barred = bool(said) and _hold(rule.unless, announcing)
    score = sum(field.score for field in said)
    # titles play with what a text is about, leads mention what it might hold
    in_text = sum(
        score for field, score, _ in hits if not field.announces or field.is_title == rule.beside
    )
    is_full = any(field.is_long and len(field.words) >= FULL_BODY_WORDS for field, _ in fields)
    taken_up = in_text >= TAKEN_UP or not is_full
    named = rule.beside or any(field.names_subject for field, one in counted if one.found)
    share = 0.0 if throughout or not rule.share else rule.share + (0 if named else SHARE_UNNAMED)
    return Explanation(rule.tag, score, said, share, named, taken_up, belongs, barred)


def _hold(terms: Matcher, fields: Sequence[tuple[Field, frozenset[int]]]) -> bool:
    """Tell whether one of the terms stands in these parts of a text."""
    return any(True for field, masked in fields for _ in terms.find(field.words, outside=masked))


def _count(rule: Rule, field: Field, masked: frozenset[int], *, hints_count: bool) -> _Counted:
    if not rule.speaks_in(field.words):
        # most parts of a text hold nothing of most tags
        return _NOTHING
    counted = _Counted()
    times: Counter[tuple[str, ...]] = Counter()
    taken = set(masked.union(rule.masked.places(field.words)))
    for kind in (strong_hits, weak_hits) if hints_count else (strong_hits,):
        for spans in kind(rule, field.words, taken, names_subject=field.names_subject):
            words = [field.words[span.start : span.end] for span in spans]
            stems = tuple(word.stem for side in words for word in side)
            counted.found[quoted(words)] += 1
            times[stems] += 1
            if times[stems] > field.most_of_a_word:
                continue
            if kind is strong_hits:
                counted.strong += 1.0
            else:
                counted.weak += 1.0
                counted.hints.add(stems)
    return counted
