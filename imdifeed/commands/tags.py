"""The command that tells why a text has its tags."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from crawler.items import EntryItem
    from crawler.tagging import Taxonomy
    from crawler.tags.explanation import Explanation

#: characters of a plain text's first line that can be a title
_LONGEST_TITLE = 300
#: parts of an entry, as the tag rules name them, and as this command does
_PARTS = {
    "tittel": "title",
    "ingress": "lead",
    "nøkkelord": "keywords",
    "kapittel": "chapter",
    "tekst": "text",
}


@click.command()
@click.option(
    "--explain",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="a saved page, a document or plain text",
)
def tag(file: Path) -> None:
    """Tell how a text scores for every tag, by which words, and where they stand.

    The text is read as `imdifeed import` reads it. Nothing is stored, and no configuration needed.
    """
    from crawler.tagging import load_taxonomy

    taxonomy = load_taxonomy()
    for item in _read(file):
        for line in _lines(item, taxonomy):
            click.echo(line)


def _read(file: Path) -> Iterator["EntryItem"]:
    """Read a file into items; what is no document is taken as a title and the text below it."""
    from crawler.documents import read_document
    from crawler.errors import ShapeError
    from crawler.pipelines import CleanPipeline
    from db.models import Source

    source = Source(slug="documents", spider="documents", name="", publisher="")
    try:
        items = read_document(file, source=source)
    except ShapeError:
        items = [_plain_text(file)]
    for item in items:
        yield CleanPipeline("").process_item(item)


def _plain_text(file: Path) -> "EntryItem":
    from crawler.items import EntryItem
    from db.models import Kind

    try:
        text = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file.name}: {error}") from error
    title, _, body = text.partition("\n")
    if not title:
        raise click.UsageError(f"{file.name}: it is empty")
    return EntryItem(
        key=file.name,
        url="",
        kind=Kind.NEWS,
        title=title[:_LONGEST_TITLE],
        shape="plain",
        body_text=f"{title[_LONGEST_TITLE:]}{body}",
    )


def _lines(item: "EntryItem", taxonomy: "Taxonomy") -> Iterator[str]:
    from crawler.language import detect_language
    from crawler.tagging import FAR_BELOW, THRESHOLD, THRESHOLD_ALONE, THRESHOLD_BESIDE

    language, sure = detect_language(item.title, item.lead, item.body_text)
    yield f"{item.title}  [{language}, {sure:.2f}]"
    explained = taxonomy.explain(
        title=item.title,
        lead=item.lead,
        body_text=item.body_text,
        keywords=item.keywords,
        chapter=item.chapter,
    )
    for one in explained:
        yield f"  {_mark(one)}  {one.tag.slug:16}{one.score:6.2f}  {_places(one)}"
    if not explained:
        yield "  no word speaks for any tag"
    if not all(one.belongs for one in explained):
        yield "  other: the text holds none of the words that the tag needs besides"
    if any(map(_is_taken, explained)):
        yield "  taken: its title or lead says that the text is something else"
    yield (
        f"  a tag is given from {THRESHOLD},"
        f" or from {THRESHOLD_ALONE} where no other scores as much;"
    )
    yield (
        f"  from {THRESHOLD_BESIDE} where no title or keyword speaks for it"
        f" and another scores more than {1 / FAR_BELOW:g} times as much"
    )
    for one in explained:
        if _mark(one) == "below" and not one.taken_up and one.score >= THRESHOLD:
            yield f"  {one.tag.slug} is named by title or lead, and the text does not take it up"
        if one.share:
            yield f"  {one.tag.slug} is given from {one.share} of the surest one's score"


def _mark(one: "Explanation") -> str:
    if one.given:
        return "given"
    if not one.belongs:
        return "other"
    return "taken" if _is_taken(one) else "below"


def _is_taken(one: "Explanation") -> bool:
    return one.belongs and one.barred


def _places(one: "Explanation") -> str:
    return "; ".join(
        f"{_PARTS[place.name]} {place.score:.2f} {place.quoted}" for place in one.fields
    )
