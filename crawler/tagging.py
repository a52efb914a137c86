"""Tags from words: weighted rules over the terms of `tags.toml`, each tag with its reason.

Weights and threshold follow the measured pipeline of the reference (micro-F1 .88 on 93 texts).
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

from crawler.errors import TaxonomyError
from crawler.terms import Matcher, Word, words_of
from db.models import EntryTag, Tag

DEFAULT_PATH = Path(__file__).with_name("tags.toml")
#: a tag is given from this score on
THRESHOLD = 1.3
#: what a weak term counts, where a strong one counts 1
WEAK = 0.15
#: leads longer than this many words count less per hit
LEAD_WORDS = 60
#: bodies shorter than this many words count as this long
BODY_WORDS = 100
#: words of a text that are looked at
MOST_WORDS = 50_000

_LABELS = ("label_nb", "label_nn", "label_en")
_TERMS = ("strong", "weak", "masked")
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_TERM = re.compile(r"\*?[^\W_]+\*?(?: \*?[^\W_]+\*?)*")


@dataclass(frozen=True, slots=True)
class _Field:
    """A part of an entry, and how its hits count."""

    #: for people, in bokmål
    name: str
    words: Sequence[Word]
    #: score of one strong term
    weight: float
    #: hits that count at most
    most: float


@dataclass(frozen=True, slots=True)
class _Rule:
    tag: Tag
    strong: Matcher
    weak: Matcher
    masked: Matcher

    def apply(self, fields: Iterable[_Field]) -> EntryTag | None:
        """Give the tag with its reason, or None where the words do not suffice."""
        score = 0.0
        reasons: list[str] = []
        for field in fields:
            hits, found = self._hits(field.words)
            if hits:
                score += field.weight * min(field.most, hits)
                reasons.append(f"{field.name}: {_quoted(found)}")
        if score < THRESHOLD:
            return None
        return EntryTag(self.tag.slug, "; ".join(reasons), round(score, 2))

    def _hits(self, words: Sequence[Word]) -> tuple[float, Counter[str]]:
        taken = {place for span in self.masked.find(words) for place in range(span.start, span.end)}
        hits = 0.0
        found: Counter[str] = Counter()
        for matcher, weight in ((self.strong, 1.0), (self.weak, WEAK)):
            for span in list(matcher.find(words, outside=taken)):
                hits += weight
                found[" ".join(word.surface for word in words[span.start : span.end])] += 1
                taken.update(range(span.start, span.end))
        return hits, found


def _quoted(found: Counter[str]) -> str:
    """Name the words that occur most, at most three."""
    return ", ".join(
        f"«{words}» ({times})" if times > 1 else f"«{words}»"
        for words, times in found.most_common(3)
    )


class Taxonomy:
    """The controlled list of tags, with the rules that give them."""

    def __init__(self, rules: Sequence[_Rule]) -> None:
        self._rules = tuple(rules)

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
        in_lead = words_of(lead)[:MOST_WORDS]
        in_body = words_of(body_text)[:MOST_WORDS]
        in_keywords = [word for keyword in keywords for word in words_of(keyword)]
        fields = (
            _Field("tittel", words_of(title)[:MOST_WORDS], 4.0, 2),
            _Field("ingress", in_lead, 2 * sqrt(LEAD_WORDS / max(LEAD_WORDS, len(in_lead))), 3),
            _Field("nøkkelord", in_keywords[:MOST_WORDS], 2.0, 2),
            _Field("kapittel", words_of(chapter)[:MOST_WORDS], 0.6, 1),
            _Field("tekst", in_body, 100 / max(BODY_WORDS, len(in_body)), MOST_WORDS),
        )
        given = [tag for rule in self._rules if (tag := rule.apply(fields)) is not None]
        return tuple(sorted(given, key=lambda tag: -tag.score))


def load_taxonomy(path: Path | None = None) -> Taxonomy:
    """Read the taxonomy, by default the one that comes with the crawler.

    Raises:
        TaxonomyError: the file cannot be read or used; names the tag and the term or key.
    """
    path = path or DEFAULT_PATH
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TaxonomyError(f"{path.name}: {error}") from error
    rules = [_rule(slug, table) for slug, table in tables.items()]
    if not rules:
        raise TaxonomyError(f"{path.name}: there are no tags in it")
    for name in _LABELS:
        used: dict[str, str] = {}
        for rule in rules:
            label = getattr(rule.tag, name)
            other = used.setdefault(label.casefold(), rule.tag.slug)
            if other != rule.tag.slug:
                message = f"{name} {label!r} is also that of {other!r}"
                raise TaxonomyError(_about(rule.tag.slug, message))
    return Taxonomy(rules)


def _rule(slug: str, table: object) -> _Rule:
    if not _SLUG.fullmatch(slug):
        raise TaxonomyError(_about(slug, "a tag's name is lower-case letters, digits and hyphens"))
    if not isinstance(table, dict):
        raise TaxonomyError(_about(slug, "must be a table with labels and terms"))
    unknown = sorted(table.keys() - {*_LABELS, *_TERMS})
    if unknown:
        allowed = ", ".join((*_LABELS, *_TERMS))
        raise TaxonomyError(_about(slug, f"{unknown[0]!r} is none of {allowed}"))
    labels = [_label(slug, name, table.get(name)) for name in _LABELS]
    terms = {name: _terms(slug, name, table.get(name, [])) for name in _TERMS}
    if not terms["strong"]:
        raise TaxonomyError(_about(slug, "has no strong term, so it would never be given"))
    for term in terms["weak"]:
        if term in terms["strong"]:
            raise TaxonomyError(_about(slug, f"{term!r} is both strong and weak"))
    return _Rule(
        Tag(slug, *labels),
        strong=Matcher(terms["strong"]),
        weak=Matcher(terms["weak"]),
        masked=Matcher(terms["masked"], literal=True),
    )


def _label(slug: str, name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TaxonomyError(_about(slug, f"needs a text {name}"))
    return value.strip()


def _terms(slug: str, name: str, values: Any) -> list[str]:
    if not isinstance(values, list):
        raise TaxonomyError(_about(slug, f"{name} must be a list of terms"))
    terms: list[str] = []
    for value in values:
        term = " ".join(value.lower().split()) if isinstance(value, str) else ""
        if not any(character.isalpha() for character in term):
            raise TaxonomyError(_about(slug, f"{name} term {value!r} has no letters"))
        if not _TERM.fullmatch(term):
            message = (
                f"{name} term {value!r} must be words, with * only at a word's beginning or end"
            )
            raise TaxonomyError(_about(slug, message))
        if term in terms:
            raise TaxonomyError(_about(slug, f"{name} term {value!r} stands twice"))
        terms.append(term)
    return terms


def _about(slug: str, message: str) -> str:
    return f"tags.toml: tag {slug!r}: {message}"
