"""Reads `tags.toml`: the controlled list of tags and the terms that give them."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from crawler.tags.idle import loses_to, refuse_idle, refuse_unreachable
from crawler.tags.rules import Masked, Rule, Term, TermError, Words, read_term
from crawler.tags.written import FaultError, read_file
from db.models import FormerTag, Tag
from db.text import one_line

DEFAULT_PATH = Path(__file__).parents[1] / "tags.toml"
#: the key above all tables: phrases that mean nothing for any tag
EVERYWHERE = "masked"
#: the table of lists of words that terms take in by `@name`
WORDS = "words"
#: the table of tags that were renamed or ended
FORMER = "former"

_LABELS = ("label_nb", "label_nn", "label_en")
_TERMS = ("strong", "title", "weak", "weak_with", "needs", "unless", "masked")
_KEYS = (*_LABELS, "share", "beside", *_TERMS)
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def read_tags(path: Path | None = None) -> list[Tag]:
    """Read the tags alone, in the order of the file; quick, because no term is looked at.

    Raises:
        TaxonomyError: the file cannot be read or used; names the line, the tag and the key.
    """
    file, tables = read_file(path or DEFAULT_PATH)
    try:
        return [_tag(slug, table) for slug, table in tables.items() if _is_tag(slug)]
    except FaultError as fault:
        raise file.error(fault) from None


def read_former(path: Path | None = None) -> list[FormerTag]:
    """Read the tags that were renamed or ended.

    Raises:
        TaxonomyError: the file cannot be read or used; names the line, the tag and the key.
    """
    file, tables = read_file(path or DEFAULT_PATH)
    former = tables.get(FORMER, {})
    present = {slug for slug in tables if _is_tag(slug)}
    try:
        if not isinstance(former, dict):
            raise FaultError("", f"{FORMER!r} must be a table of tables", FORMER)
        return [_former(slug, table, present) for slug, table in former.items()]
    except FaultError as fault:
        raise file.error(fault) from None


def _former(slug: str, table: object, present: Collection[str]) -> FormerTag:
    where = f"{FORMER}.{slug}"
    if not _SLUG.fullmatch(slug) or slug in present:
        raise FaultError(where, f"{slug!r} is not the name of a tag that was", slug)
    given = dict(table) if isinstance(table, dict) else {}
    now, ended = given.pop("now", ""), given.pop("ended", None)
    label = _label(where, "label_nb", given.pop("label_nb", None))
    if given:
        raise FaultError(where, f"{min(given)!r} is none of label_nb, now, ended", min(given))
    if (now != "") == (ended is not None):
        raise FaultError(where, "needs `now`, the tag in its place, or `ended`, a date")
    if now and now not in present:
        raise FaultError(where, f"there is no tag {now!r}", "now")
    if ended is not None and type(ended) is not date:
        raise FaultError(where, "ended must be a date, such as 2026-01-31", "ended")
    return FormerTag(slug, label, now, ended)


def read_rules(path: Path | None = None, *, known_good: bool = False) -> tuple[list[Rule], Masked]:
    """Read the rules, in the order of the file, and what means nothing for any tag.

    `known_good`: the file was read before, and terms that never count are not looked for.

    Raises:
        TaxonomyError: the file cannot be read or used; names the line, the tag and the term or key.
    """
    file, tables = read_file(path or DEFAULT_PATH)
    try:
        rules, everywhere = _rules(tables)
        if not known_good:
            _refuse_idle(rules, everywhere)
        return rules, everywhere
    except FaultError as fault:
        raise file.error(fault) from None


def _rules(tables: dict[str, Any]) -> tuple[list[Rule], Masked]:
    tables.pop(FORMER, None)
    words = _words(tables.pop(WORDS, {}))
    everywhere = Masked.of(_terms("", EVERYWHERE, tables.pop(EVERYWHERE, []), words))
    rules = [_rule(slug, table, words) for slug, table in tables.items()]
    if not rules:
        raise FaultError("", "there are no tags in it")
    _refuse_shared_labels([rule.tag for rule in rules])
    _refuse_idle_words(words, tables)
    return rules, everywhere


def _refuse_idle(rules: Sequence[Rule], everywhere: Masked) -> None:
    where = ""
    try:
        refuse_unreachable(everywhere.terms)
        for rule in rules:
            where = rule.tag.slug
            refuse_idle(rule, everywhere)
    except TermError as fault:
        raise FaultError(where, str(fault), fault.term) from None
    for term in everywhere.terms:
        if not any(loses_to(rule, term) for rule in rules):
            message = f"masked term {term.printed!r} excludes nothing: no term of any tag is in it"
            raise FaultError("", message, term.printed)


def _is_tag(key: str) -> bool:
    return key not in (EVERYWHERE, WORDS, FORMER)


def _words(table: object) -> dict[str, list[str]]:
    if not isinstance(table, dict):
        raise FaultError("", f"{WORDS!r} must be a table of lists", WORDS)
    for name in table:
        if not _SLUG.fullmatch(name):
            raise FaultError(WORDS, f"the name {name!r} is not lower-case letters", name)
    found = {name: _strings(WORDS, name, values) for name, values in table.items()}
    for name, values in found.items():
        if not values:
            raise FaultError(WORDS, f"{name} holds no words", name)
    return found


def _refuse_idle_words(words: Mapping[str, object], tables: Mapping[str, Any]) -> None:
    terms = [term for table in tables.values() for name in _TERMS for term in table.get(name, ())]
    for name in words:
        if not any(f"@{name}" in term.split() for term in terms):
            raise FaultError(WORDS, f"no term takes in @{name}", name)


def _refuse_shared_labels(tags: Sequence[Tag]) -> None:
    for name in _LABELS:
        used: dict[str, str] = {}
        for tag in tags:
            label = getattr(tag, name)
            other = used.setdefault(label.casefold(), tag.slug)
            if other != tag.slug:
                raise FaultError(tag.slug, f"{name} {label!r} is also that of {other!r}", label)


def _tag(slug: str, table: object) -> Tag:
    if not _SLUG.fullmatch(slug):
        raise FaultError(slug, "a tag's name is lower-case letters, digits and hyphens")
    if not isinstance(table, dict):
        raise FaultError(slug, "must be a table with labels and terms")
    if unknown := sorted(table.keys() - {*_KEYS}):
        raise FaultError(slug, f"{unknown[0]!r} is none of {', '.join(_KEYS)}", unknown[0])
    return Tag(slug, *(_label(slug, name, table.get(name)) for name in _LABELS))


def _rule(slug: str, table: Any, words: Words) -> Rule:
    tag = _tag(slug, table)
    terms = {name: _terms(slug, name, table.get(name, []), words) for name in _TERMS}
    beside = table.get("beside", False)
    if not terms["strong"]:
        raise FaultError(slug, "has no strong term, so it would never be given")
    if not isinstance(beside, bool):
        raise FaultError(slug, "beside must be true or false", "beside")
    try:
        return Rule.of(tag, terms, _share(slug, table.get("share", 0.0)), beside=beside)
    except TermError as fault:
        raise FaultError(slug, str(fault), fault.term) from None


def _share(slug: str, value: object) -> float:
    if not isinstance(value, float) or not 0 <= value < 1:
        raise FaultError(
            slug, "share must be a number with a point, from 0.0 to below 1.0, such as 0.4", "share"
        )
    return value


def _label(slug: str, name: str, value: object) -> str:
    if not isinstance(value, str) or not (label := one_line(value)):
        raise FaultError(slug, f"needs a text {name}", name)
    return label


def _terms(table: str, name: str, values: object, words: Words) -> list[Term]:
    try:
        return [read_term(name, term, words) for term in _strings(table, name, values)]
    except TermError as fault:
        raise FaultError(table, str(fault), fault.term) from None


def _strings(table: str, name: str, values: object) -> list[str]:
    if not isinstance(values, list):
        raise FaultError(table, f"{name} must be a list of terms", name)
    for value in values:
        if not isinstance(value, str) or not any(character.isalpha() for character in value):
            raise FaultError(table, f"{name} term {value!r} has no letters", str(value))
    terms = [" ".join(value.lower().split()) for value in values]
    for place, term in enumerate(terms):
        if term in terms[:place]:
            raise FaultError(table, f"{name} term {values[place]!r} stands twice", values[place])
    return terms
