"""One page of the stand-in for imdi.no, in the form the site's topic pages are known to have.

Class names end in build hashes, the language attribute is `no` for nynorsk too, and the whole text
stands a second time as JSON in a script.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from imdifeed.demo.answers import Answer, page
from imdifeed.demo.markup import Component

_MONTHS = {
    "no": "januar,februar,mars,april,mai,juni,juli,august,september,oktober,november,desember",
    "en": "January,February,March,April,May,June,July,August,September,October,November,December",
}
_GRID = (
    '<div class="_gridContainer_3ltzr_1">'
    '<div class="_grid_3ltzr_1 _horizontalSpacingLarge_3ltzr_44">'
    '<div class="_gridItem_rd9qf_1">{}</div></div></div>'
)
_BOX = (
    '<div class="_highlightedInfoBlock_q9foz_1 _expanded_q9foz_22 _variant_q9foz_19" '
    'style="--expandedHeight:0px"><span class="_tagline_q9foz_31">{tagline}</span>'
    '<div class="_textWrapper_q9foz_25" aria-hidden="false">'
    '<div class="_richText_1qsmc_1">{html}</div></div></div>'
)


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the site and the words that link to it."""

    address: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoPage:
    """What one page shows."""

    address: str
    page_id: int
    #: `no` or `en`; the site has no third
    lang: str
    title: str
    intro: str
    published: date
    updated: date
    components: Sequence[Component]
    #: the pages above this one, from the front page down
    trail: Sequence[Link]


def render(info: InfoPage, *, base_url: str, navigation: str) -> Answer:
    """Write a page as the site's server does; `navigation` is the HTML of its header links."""
    return page(
        "imdi_page.html",
        lang=info.lang,
        title=escape(info.title),
        intro=escape(info.intro),
        date_line=_date_line(info),
        published=info.published.isoformat(),
        page_id=str(info.page_id),
        canonical=f"{base_url}{info.address}",
        header=navigation,
        breadcrumbs=_breadcrumbs(info),
        content="".join(map(_component_html, info.components)),
        state=_state(info),
    )


def links_html(links: Sequence[Link]) -> str:
    """Write links as items of a list."""
    return "".join(
        f'<li class="_item_94jzo_21"><a href="{link.address}">{escape(link.words)}</a></li>'
        for link in links
    )


def _date_line(info: InfoPage) -> str:
    """Write the date: Norwegian pages tell when they were updated, English when published."""
    label, day = ("Sist oppdatert", info.updated)
    if info.lang == "en":
        label, day = ("Published", info.published)
    return f"{label}: {day.day}. {_MONTHS[info.lang].split(',')[day.month - 1]} {day.year}"


def _breadcrumbs(info: InfoPage) -> str:
    here = f'<li class="_item_94jzo_21"><span>{escape(info.title)}</span></li>'
    return links_html(info.trail) + here


def _component_html(component: Component) -> str:
    if component.name == "HighlightedInfoBlock":
        return _GRID.format(_BOX.format(tagline=escape(component.tagline), html=component.html))
    return _GRID.format(f'<div class="_richText_1qsmc_1">{component.html}</div>')


def _state(info: InfoPage) -> str:
    """Write the page once more, as the JSON its scripts start from."""
    items = [
        {
            "componentName": component.name,
            "component": {"tagline": component.tagline or None, "html": component.html},
        }
        for component in info.components
    ]
    value = {
        "component": {
            "componentName": "InfoPage",
            "component": {
                "hero": {
                    "publishDate": _date_line(info),
                    "heading": info.title,
                    "mainIntro": None,
                },
                "contentArea": {"items": items, "contentAreaType": "RichText"},
                "mainIntro": info.intro,
                "contentAnchors": {"heading": "Innholdsfortegnelse"},
            },
        },
        "siteType": "imdi",
        "breadcrumbs": {
            "breadcrumbs": [{"text": link.words, "url": link.address} for link in info.trail]
        },
    }
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")
