"""How the feed of a tag ends: a last entry that says so, for a time, and then nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from html import escape
from typing import Final

from db.models import FormerTag, Language
from db.query import EntryQuery
from feed.channel import FeedEntry
from feed.links import listing_url
from feed.site import Site
from feed.wording import OSLO, day_in_words

#: how long a feed answers after its tag has ended: longer than readers are on holiday
GRACE: Final = timedelta(days=90)


def ending_of(tag: FormerTag, site: Site) -> FeedEntry:
    """Make the last entry of an ended tag's feed; its id and dates are those of the ending."""
    ended, until = _noon(tag), gone_from([tag])
    own = listing_url(site, EntryQuery())
    text = (
        f"Temaet «{tag.label}» brukes ikke lenger, og det kommer ingen flere saker i denne"
        f" strømmen. Adressen svarer til {day_in_words(until.astimezone(OSLO))}."
        f" Alle saker og de andre temaene finnes hos {site.name}."
    )
    return FeedEntry(
        number=0,
        id=f"tag:{site.authority}:ended/{tag.slug}",
        url=own,
        permalink=own,
        title=f"Temaet «{tag.label}» er avsluttet",
        summary=text,
        content_html=f'<p>{escape(text)}</p><p><a href="{escape(own)}">{escape(site.name)}</a></p>',
        published=ended,
        updated=ended,
        language=Language.BOKMAL,
        author=site.name,
        categories=(),
        enclosures=(),
    )


def gone_from(tags: Sequence[FormerTag]) -> datetime:
    """Give the moment from which the feed of ended tags is gone."""
    return max(_noon(tag) for tag in tags) + GRACE


def _noon(tag: FormerTag) -> datetime:
    if tag.ended is None:
        raise ValueError(f"the tag {tag.slug} has not ended")
    return datetime.combine(tag.ended, time(12), tzinfo=OSLO).astimezone(UTC)
