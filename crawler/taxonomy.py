"""Reads `tags.toml`: the controlled list of tags and the terms that give them."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.errors import TaxonomyError
from crawler.terms import Matcher, unreachable
from db.models import Tag

DEFAULT_PATH = Path(__file__).with_name("tags.toml")
#: the key above all tables: phrases that mean nothing for any tag
EVERYWHERE = "masked"

_LABELS = ("label_nb", "label_nn", "label_en")
_TERMS = ("strong", "title", "weak", "masked")
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_TERM = re.compile(r"(?:=|\*)?[^\W_]+\*?(?:(?: …)? (?:=|\*)?[^\W_]+\*?)*")


@dataclass(frozen=True, slots=True)
class Rule:
    """A tag, and the terms that speak for it."""

    tag: Tag
    strong: Matcher
    #: strong in titles and keywords, weak elsewhere
    title: Matcher
    weak: Matcher
    masked: Matcher


def read_tags(path: Path | None = None) -> list[Tag]:
    """Read the tags alone, in the order of the file; quick, because no term is looked at.

    Raises:
        TaxonomyError: the file cannot be read or used; names the tag and the key.
    """
    return [_tag(slug, table) for slug, table in _tables(path).items() if slug != EVERYWHERE]


def read_rules(path: Path | None = None) -> tuple[list[Rule], Matcher]:
    """Read the rules, in the order of the file, and what means nothing for any tag.

    Raises:
        TaxonomyError: the file cannot be read or used; names the tag and the term or key.
    """
    tables = _tables(path)
    everywhere = Matcher(_terms("", EVERYWHERE, tables.pop(EVERYWHERE, [])), literal=True)
    rules = [_rule(slug, table, everywhere) for slug, table in tables.items()]
    if not rules:
        raise TaxonomyError("tags.toml: there are no tags in it")
    _refuse_shared_labels([rule.tag for rule in rules])
    return rules, everywhere


def _tables(path: Path | None) -> dict[str, Any]:
    path = path or DEFAULT_PATH
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TaxonomyError(f"{path.name}: {error}") from error


def _refuse_shared_labels(tags: Sequence[Tag]) -> None:
    for name in _LABELS:
        used: dict[str, str] = {}
        for tag in tags:
            label = getattr(tag, name)
            other = used.setdefault(label.casefold(), tag.slug)
            if other != tag.slug:
                raise TaxonomyError(_about(tag.slug, f"{name} {label!r} is also that of {other!r}"))


def _tag(slug: str, table: object) -> Tag:
    if not _SLUG.fullmatch(slug):
        raise TaxonomyError(_about(slug, "a tag's name is lower-case letters, digits and hyphens"))
    if not isinstance(table, dict):
        raise TaxonomyError(_about(slug, "must be a table with labels and terms"))
    unknown = sorted(table.keys() - {*_LABELS, *_TERMS})
    if unknown:
        allowed = ", ".join((*_LABELS, *_TERMS))
        raise TaxonomyError(_about(slug, f"{unknown[0]!r} is none of {allowed}"))
    return Tag(slug, *(_label(slug, name, table.get(name)) for name in _LABELS))


def _rule(slug: str, table: Any, everywhere: Matcher) -> Rule:
    tag = _tag(slug, table)
    terms = {name: _terms(slug, name, table.get(name, [])) for name in _TERMS}
    if not terms["strong"]:
        raise TaxonomyError(_about(slug, "has no strong term, so it would never be given"))
    masked = Matcher(terms["masked"], literal=True)
    _refuse_idle(slug, terms, (masked, everywhere))
    matchers = {name: Matcher(terms[name]) for name in ("strong", "title", "weak")}
    return Rule(tag, **matchers, masked=masked)


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
                f"{name} term {value!r} must be words, with * only at a word's beginning or end,"
                " = only at its beginning, and … only between two"
            )
            raise TaxonomyError(_about(slug, message))
        if term in terms:
            raise TaxonomyError(_about(slug, f"{name} term {value!r} stands twice"))
        terms.append(term)
    return terms


def _refuse_idle(slug: str, terms: dict[str, list[str]], masks: Sequence[Matcher]) -> None:
    """Refuse terms that can never count: no text has them, or another takes them first."""
    earlier: list[str] = []
    for name in ("strong", "title", "weak"):
        taken = Matcher(earlier)
        for term in terms[name]:
            if unreachable(term):
                message = f"{name} term {term!r} cannot be found: no text has such a word"
                raise TaxonomyError(_about(slug, message))
            if any(masked.covers(term) for masked in masks):
                raise TaxonomyError(_about(slug, f"{name} term {term!r} is masked"))
            if taken.covers(term):
                message = f"{name} term {term!r}: a stronger term takes it first"
                raise TaxonomyError(_about(slug, message))
        earlier += terms[name]


def _about(slug: str, message: str) -> str:
    return f"tags.toml: tag {slug!r}: {message}" if slug else f"tags.toml: {message}"
