"""When a page of imdi.no was published, and when it was last changed, as far as it says."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from parsel import Selector, SelectorList

from crawler.dates import is_published_label, is_updated_label, parse_date
from crawler.errors import UnreadableDateError
from crawler.shapes.html_page import attribute, meta, words_of
from db.models import PublisherDate

_IN_FURNITURE = "ancestor::*[self::nav or self::header or self::footer or self::aside]"
#: English lines with slashes write the month first: "Last updated: 1/16/2018"
_ENGLISH = re.compile(r"\s*(?:last\s+)?(?:updated|modified|published)\b", re.I)


def dates_of(
    page: Selector,
    main: SelectorList[Selector],
    lines: Sequence[str],
    *,
    english: bool,
    now: datetime | None,
    labelled_first: bool = False,
) -> tuple[PublisherDate | None, PublisherDate | None]:
    """Give when a page was published and when it was last changed.

    `lines` are those of its date block. A line "Sist oppdatert" never tells of the publication.
    `labelled_first` prefers a line such as "Utgitt: Mai 2020" to the moment the page was made.
    """
    changed = [line for line in lines if is_updated_label(line)]
    said = [line for line in lines if not is_updated_label(line)]
    labelled = [line for line in said if labelled_first and is_published_label(line)]
    marked = [meta(page, "cludo:PublishedDate"), meta(page, "article:published_time")]
    for time in main.xpath(f".//time[@datetime][not({_IN_FURNITURE})]"):
        around = words_of(time.xpath("..")[0]) if time.xpath("..") else ""
        (changed if is_updated_label(around) else marked).append(attribute(time, "datetime"))
    changed.append(meta(page, "article:modified_time"))
    published = _first([*labelled, *marked, *said], english=english, now=now)
    return published, _first(changed, english=english, now=now)


def _first(texts: Iterable[str], *, english: bool, now: datetime | None) -> PublisherDate | None:
    for text in texts:
        try:
            month_first = english or bool(_ENGLISH.match(text))
            return parse_date(text, now=now, month_first=month_first)
        except UnreadableDateError:
            continue
    return None
