"""What every view works with."""

from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from flask import current_app

from db.query import EntryQuery
from db.store import Store
from web.assets import Assets
from web.data.shelf import Shelf
from web.data.written import WrittenEntries
from web.language import PARAMETER, chosen, is_page
from web.listing.written import WrittenRows
from web.settings import WebSettings

NAME = "imdifeed"


@dataclass(frozen=True, slots=True)
class Services:
    """The store, the settings and the static files of one application."""

    store: Store
    settings: WebSettings
    assets: Assets
    #: feeds and other documents, as they are sent; its `counts` are for who operates this
    shelf: Shelf = field(default_factory=Shelf)
    #: what feeds are made of
    written: WrittenEntries = field(default_factory=WrittenEntries)
    #: what listings are made of
    rows: WrittenRows = field(default_factory=WrittenRows)

    @property
    def root(self) -> str:
        """Give the path that the public address puts before ours; mostly empty."""
        return urlsplit(self.settings.site.site_url).path.rstrip("/")

    def path(self, path: str, query: EntryQuery | None = None, **more: object) -> str:
        """Give one of our addresses, without host, with a query's parameters.

        A page's address keeps the language that the present one was asked for in.
        """
        pairs = query.parameters() if query else []
        pairs += [(name, str(value)) for name, value in more.items() if value is not None]
        if PARAMETER not in more and is_page(path) and chosen():
            pairs.append((PARAMETER, chosen()))
        return self.root + path + (f"?{urlencode(pairs, quote_via=_quoted)}" if pairs else "")

    def asset(self, name: str) -> str:
        """Give the address of a static file as it is now."""
        return self.path(f"/static/{name}", v=self.assets.versions[name])

    def local(self, url: str) -> str:
        """Give one of our public addresses as a path, so that a page works under any host."""
        path, _, parameters = url.removeprefix(self.settings.site.base).partition("?")
        given = parse_qsl(parameters, keep_blank_values=True)
        if is_page(path) and chosen():
            given.append((PARAMETER, chosen()))
        return self.root + path + (f"?{urlencode(given)}" if given else "")


@lru_cache(maxsize=64)
def _quoted(text: str, safe: str, encoding: str | None = None, errors: str | None = None) -> str:
    # a page says its search in some fifty addresses, and a search may be 10 kB
    return quote_plus(text, safe, encoding, errors)


def services() -> Services:
    """Give what the present application was made with."""
    found: Services = current_app.extensions[NAME]
    return found
