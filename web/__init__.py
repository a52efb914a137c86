"""The reading side: listing, entries, feeds, API and sign-up, over a store it does not write to."""

from flask import Flask

from db.store import Store
from feed.language import format_month
from feed.wording import date_in_words, day_in_words, moment_in_words
from web import language
from web.assets import Assets
from web.data import api, discovery, exports, feeds
from web.entry import entries, history
from web.every_request import (
    endings,
    errors,
    guard,
    headers,
    metrics,
    ready,
    request_ids,
    taken_down,
)
from web.every_request.meter import Meter
from web.listing import listings
from web.mail import leaving, readers, subscriptions
from web.pages import about, digest_pages, follow, sources, tags
from web.services import NAME, Services
from web.settings import WebSettings as WebSettings
from web.wording import lang_attribute, machine_date, machine_moment

#: bytes of a request's body; our largest form holds a query and an address
MOST_BODY_BYTES = 64 * 1024
_MOST_FORM_PARTS = 250


def create_app(store: Store, settings: WebSettings) -> Flask:
    """Make the site over a store. It sets no cookie; what it keeps by is the same for everybody."""
    app = Flask(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BODY_BYTES,
        MAX_FORM_PARTS=_MOST_FORM_PARTS,
    )
    served = Services(store, settings, Assets.read())
    app.extensions[NAME] = served
    # its redirects would name the host that the request claims
    app.url_map.merge_slashes = False
    app.url_map.converters["entry_id"] = entries.EntryId
    _teach_templates(app, served)
    meter, gate = Meter(), guard.Guard(settings)
    ready.Ready(app, served, meter, gate)
    request_ids.install(app)
    metrics.install(app, served, meter)
    language.install(app)
    guard.install(app, gate)
    headers.install(app)
    errors.install(app)
    taken_down.install(app)
    endings.install(app)
    for part in (
        *(listings, entries, history, tags, follow, sources, about, metrics),
        *(feeds, discovery, api, exports, subscriptions, leaving, readers, digest_pages),
    ):
        app.register_blueprint(part.blueprint)
    return app


def _teach_templates(app: Flask, served: Services) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(
        site=served.settings.site,
        path=served.path,
        asset=served.asset,
    )
    app.jinja_env.filters.update(
        date_in_words=lambda day, **how: date_in_words(day, language.ui(), **how),
        day_in_words=lambda day: day_in_words(day, language.ui()),
        month_in_words=lambda day: format_month(day, language.ui()),
        machine_date=machine_date,
        machine_moment=machine_moment,
        lang=lang_attribute,
        moment_in_words=lambda moment: moment_in_words(moment, language.ui()),
    )
