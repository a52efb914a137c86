"""Terms that can never count. They harm nothing, so nobody looks for them who tags a text."""

from collections.abc import Sequence

from crawler.tags.rules import Masked, Rule, Term, side_by_side
from crawler.tags.terms import Matcher, examples, unreachable
from crawler.tags.words import Text


def refuse_unreachable(terms: Sequence[Term]) -> None:
    """Refuse terms that no text can hold. Raises `TermError`."""
    for term in terms:
        for wording in (wording for side in term.sides for wording in side):
            if unreachable(wording):
                raise term.fault(f"cannot be found: no text has {wording!r} as words")


def refuse_idle(rule: Rule, everywhere: Masked) -> None:
    """Refuse terms of a tag that cannot make it count, or keep it from it. Raises `TermError`."""
    for terms in rule.terms.values():
        refuse_unreachable(terms)
    _refuse_covered(rule, (rule.masked.phrases, everywhere.phrases))
    for term in rule.masked.terms:
        if not loses_to(rule, term):
            raise term.fault("excludes nothing: no term of the tag is in it")
    for term in rule.terms["unless"]:
        if all(rule.strong.covers(wording) for wording in term.sides[0]):
            raise term.fault("takes the tag from what a strong term gives it for")


def loses_to(rule: Rule, masked: Term) -> bool:
    """Tell whether what means something else holds a term of a tag."""
    return any(
        any(_counts_in(rule, Text.of(text)) for text in examples(wording))
        for wording in masked.sides[0]
    )


def _counts_in(rule: Rule, words: Text) -> bool:
    return any(any(True for _ in matcher.find(words)) for matcher in rule.speaking)


def _refuse_covered(rule: Rule, masks: Sequence[Matcher]) -> None:
    """Refuse terms whose words another takes first."""
    earlier: list[str] = []
    for name in ("strong", "title", "weak"):
        taken = Matcher(earlier)
        for term in (term for term in rule.terms[name] if len(term.sides) == 1):
            if all(any(mask.covers(wording) for mask in masks) for wording in term.sides[0]):
                raise term.fault("is masked")
            if all(taken.covers(wording) for wording in term.sides[0]):
                raise term.fault("never counts: a stronger term takes it first")
        earlier += side_by_side(rule.terms[name])
