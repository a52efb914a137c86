"""Keep the pages that entries are read from, for parsers yet to be written (`crawler.reparse`)."""

from functools import partial

from scrapy.http import Response

from crawler.fetching.roles import Role, role_of
from crawler.items import EntryItem
from crawler.runs.open_run import OpenRun
from db.models import RawPage


def keep_page(open_run: OpenRun, item: EntryItem, response: Response) -> None:
    """Have the page of an entry kept that is stored; a list that gives entries by itself is none.

    Raises `StoreError`.
    """
    if response.request is None or role_of(response.request) is not Role.ENTRY:
        return
    entry = open_run.store.entries.by_key(item.source, item.key)
    if entry is None:  # in doubt until the run's verdict
        return
    page = RawPage(
        url=response.url,
        content_type=(response.headers.get("Content-Type") or b"").decode("latin-1")[:200],
        fetched=open_run.clock(),
        body=response.body,
    )
    record = partial(open_run.store.pages.keep, entry.id, page)
    open_run.visits.later(record, size=len(page.body))
