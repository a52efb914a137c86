"""`/tags`: what there is about each tag, and how much of it came when."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, render_template

from db.query import EntryQuery
from feed.wording import in_oslo
from web.every_request.headers import PUBLIC_PAGE, is_unchanged, validated
from web.naming import names_of
from web.pages.charts import Chart, chart_of
from web.services import Services, services
from web.wording import entries_in_words

blueprint = Blueprint("tags", __name__)

#: months of the charts
MONTHS = 24


@dataclass(frozen=True, slots=True)
class ShownTag:
    """A tag with its entries in words and as bars."""

    label: str
    address: str
    follow: str
    count: str
    chart: Chart


@blueprint.get("/tags")
def tag_list() -> Response:
    """Show every tag with its count and its entries per month."""
    served = services()
    today = in_oslo(served.settings.clock()).date()
    response = validated("tags", today, cache=PUBLIC_PAGE)
    if is_unchanged(response):
        return response
    response.set_data(
        render_template(
            "tags.html", tags=_shown_tags(served, today), chart=_chart(served, EntryQuery(), today)
        )
    )
    response.mimetype = "text/html"
    return response


def _shown_tags(served: Services, today: date) -> list[ShownTag]:
    names = names_of(served)
    counts = served.store.entries.facets(EntryQuery()).tags
    found = []
    for slug in names.tags:
        query = EntryQuery(tags=(slug,))
        found.append(
            ShownTag(
                label=names.label("tag", slug),
                address=served.path("/", query),
                follow=served.path("/follow", query),
                count=entries_in_words(counts.get(slug, 0)),
                chart=_chart(served, query, today),
            )
        )
    return found


def _chart(served: Services, query: EntryQuery, today: date) -> Chart:
    return chart_of(served.store.entries.months(query), last=today, number=MONTHS)
