"""What of an entry goes into a search index, whichever engine holds it."""

from collections.abc import Iterable, Sequence

from db.models import EntryData
from db.text import terms_of

#: the fields of an index: tokens in text order, those of the parts of compounds (`_parts`), and the
#: words as written, in lower case (`_written`)
FIELDS = (
    "title",
    "title_parts",
    "title_written",
    "lead",
    "keywords",
    "body",
    "body_parts",
    "body_written",
    "pages",
    "pages_parts",
    "pages_written",
)
#: the fields that hold every word of an entry as it is written
WRITTEN = ("title_written", "body_written", "pages_written")
# Stands between two texts, so that no phrase goes from one to the next. An engine may take this
# private letter for a word; `db.text` never does, so nobody can search for it.
_BARRIER = " \ue000 "
#: letters of the words that `word` lists
_SHORTEST, _LONGEST = 2, 40


def fields_of(data: EntryData, pages: Iterable[str]) -> dict[str, str]:
    """Give all fields of an entry, whose files have these texts."""
    title, title_parts, title_written = _indexed([data.title])
    lead, lead_parts, lead_written = _indexed([data.lead])
    keywords, keywords_parts, keywords_written = _indexed([*data.keywords, data.chapter])
    labels = [file.label for file in data.attachments]
    body, body_parts, body_written = _indexed([data.body_text, *labels])
    return {
        "title": title,
        "title_parts": title_parts,
        "title_written": title_written,
        "lead": lead,
        "keywords": keywords,
        "body": body,
        "body_parts": f"{lead_parts} {body_parts} {keywords_parts}",
        "body_written": _BARRIER.join((lead_written, body_written, keywords_written)),
        **page_fields(pages),
    }


def page_fields(pages: Iterable[str]) -> dict[str, str]:
    """Give the fields that hold the texts of an entry's files."""
    return dict(zip(("pages", "pages_parts", "pages_written"), _indexed(pages), strict=True))


def listed(texts: Sequence[str]) -> set[str]:
    """Give the words of the `WRITTEN` fields that `word` lists."""
    found = {word for text in texts for word in text.split()}
    return {word for word in found if _SHORTEST <= len(word) <= _LONGEST and word.isalpha()}


def _indexed(texts: Iterable[str]) -> tuple[str, str, str]:
    """Give what the index holds of some texts: tokens, those of parts, and the words as written."""
    read = [terms_of(text) for text in texts]
    return (
        _BARRIER.join(" ".join(terms.tokens) for terms in read),
        " ".join(part for terms in read for part in terms.parts),
        _BARRIER.join(" ".join(terms.words) for terms in read),
    )
