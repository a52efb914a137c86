"""The files that come with entries, read for their text once the entries are stored.

Scrapy's part: each file is asked for once, last of all and as politely as everything else, and what
came of it is recorded with the file. A full run asks again.
"""

import asyncio
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, DownloadCancelledError, StopDownload
from scrapy.http import Headers, Response
from twisted.python.failure import Failure

from crawler.fetching.addresses import same_site
from crawler.fetching.failures import cause_of_failure, reason_of
from crawler.items import EntryItem
from crawler.pdf import INDEXED, is_pdf, read_pdf
from crawler.runs.open_run import OpenRun
from crawler.runs.reason import Reason
from crawler.spiders.source_spider import open_run_of
from db.errors import StoreError
from db.models import AttachmentState, UnreadAttachment
from db.store import Store

logger = logging.getLogger(__name__)

PDF = "application/pdf"
#: seconds in which a whole file must have come
LONGEST_DOWNLOAD = 120
#: so many files that all fail say something about the source
_TELLING = 3
#: types that are sure to be no PDF, and need not be fetched to the end
_OTHER_TYPE = re.compile(
    r"(?:image|video|audio|font)/|application/(?:msword|rtf|zip|x-zip|json|vnd\.)", re.I
)
#: key of a request's `meta`, set where it is for a file
_FILE = "imdifeed_file"


@dataclass(slots=True)
class _Count:
    asked: int = 0
    failures: list[Reason] = field(default_factory=list)


class FilesExtension:
    """Fetch and read the files of a source's entries."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.open_run = open_run_of(crawler)
        self.tried: set[str] = set()
        self.count = _Count()
        connect = crawler.signals.connect
        connect(self.spider_idle, signals.spider_idle)
        connect(self.headers_received, signals.headers_received)
        connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(crawler)

    def spider_idle(self) -> None:
        """Ask for the files that wait. Raises `DontCloseSpider` where there are any."""
        if self.open_run.ended:
            return
        try:
            waiting = self._waiting()
        except StoreError as error:
            self.open_run.fail(error)
            return
        for url, files in waiting.items():
            self.tried.add(url)
            self.crawler.engine.crawl(self._request(url, files))
        if waiting:
            raise DontCloseSpider

    def _waiting(self) -> dict[str, list[UnreadAttachment]]:
        """Give the files to ask for in this run, by address: one may come with several entries."""
        source, store = self.open_run.source, self.open_run.store
        found = (
            _files_of(store, source.slug)
            if self.open_run.full and not self.tried
            else store.attachments.unread(source.slug)
        )
        waiting: dict[str, list[UnreadAttachment]] = {}
        for file in found:
            url = file.attachment.url
            if url not in self.tried and same_site(url, source.base_url) and _may_be_pdf(file):
                waiting.setdefault(url, []).append(file)
        return waiting

    def _request(self, url: str, files: list[UnreadAttachment]) -> Request:
        self.count.asked += 1
        return Request(
            url,
            callback=self.file_came,
            errback=self.file_failed,
            cb_kwargs={"files": files},
            headers={"Accept": f"{PDF},*/*;q=0.1"},
            dont_filter=True,
            priority=-1,
            meta={
                _FILE: True,
                "download_maxsize": INDEXED.size,
                "download_timeout": LONGEST_DOWNLOAD,
            },
        )

    def headers_received(self, headers: Headers, request: Request) -> None:
        """Stop the transfer of what is no PDF. Raises `StopDownload`, which keeps the answer."""
        if _FILE in request.meta and _OTHER_TYPE.match(_media_type(headers)):
            raise StopDownload(fail=False)

    async def file_came(self, response: Response, files: list[UnreadAttachment]) -> None:
        """Read a file that was fetched and record what came of it. Raises `StoreError`."""
        media_type = _media_type(response.headers)
        if not is_pdf(response.body):
            whole = "download_stopped" not in response.flags
            length = len(response.body) if whole else _length(response.headers)
            for file in files:
                state = _state_of_other(file, media_type)
                self._record(file, state, media_type=media_type, length=length)
            return
        length = len(response.body)
        # reading takes seconds, in which other sources are to go on
        pdf = await asyncio.to_thread(read_pdf, response.body)
        pages = () if isinstance(pdf, AttachmentState) else pdf.pages
        state = pdf if isinstance(pdf, AttachmentState) else AttachmentState.READ
        for file in files:
            self._record(file, state, pages, media_type=PDF, length=length)

    def file_failed(self, failure: Failure) -> None:
        """Record that a file could not be fetched, unless the run was given up before it."""
        if self.open_run.ended:
            return
        error = failure.value or RuntimeError("no reason given")
        request: Request = failure.request  # type: ignore[attr-defined]
        too_large = isinstance(error, DownloadCancelledError)
        state = AttachmentState.TOO_LARGE if too_large else AttachmentState.UNREACHABLE
        reason = reason_of(error, request)
        logger.info("%s: %s", self.open_run.source.slug, reason)
        if not too_large:
            self.count.failures.append(Reason(reason, cause_of_failure(error)))
        for file in request.cb_kwargs["files"]:
            self._record(file, state)

    def _record(
        self,
        file: UnreadAttachment,
        state: AttachmentState,
        pages: tuple[str, ...] = (),
        *,
        media_type: str = "",
        length: int | None = None,
    ) -> None:
        """Record what reading came to; what was read before is not lost to a failure."""
        attachments, before = self.open_run.store.attachments, file.attachment.state
        if before is AttachmentState.READ:
            if state is not AttachmentState.READ:
                return
            if tuple(attachments.pages(file.entry_id, file.position)) == pages:
                return
        attachments.read(
            file.entry_id,
            file.position,
            state,
            pages,
            media_type=media_type,
            length=length,
            now=self.open_run.clock(),
        )

    def spider_closed(self) -> None:
        """Say so where no file at all could be fetched; one that is missing is its own matter."""
        failures = self.count.failures
        if len(failures) >= _TELLING and len(failures) == self.count.asked:
            words = f"none of the {len(failures)} files of its entries could be fetched"
            self.open_run.trouble(Reason(f"{words}: {failures[0]}", failures[0].cause))


def keep_pages(item: EntryItem, open_run: OpenRun) -> None:
    """Store the text of the file that an item was made of. Raises `StoreError`."""
    if not item.pages:
        return
    entry = open_run.store.entries.by_key(item.source, item.key)
    if entry is None:
        return
    attachments = open_run.store.attachments
    if tuple(attachments.pages(entry.id, 0)) != item.pages:
        attachments.read(entry.id, 0, AttachmentState.READ, item.pages, now=open_run.clock())


def _files_of(store: Store, source: str) -> Iterator[UnreadAttachment]:
    """Give every file of a source that has an address, read or not."""
    for entry in store.entries.walk():
        if entry.source == source:
            for position, file in enumerate(entry.attachments):
                if file.url:
                    yield UnreadAttachment(entry.id, position, file)


def _media_type(headers: Headers) -> str:
    """Give a Content-Type without its parameters, in lower case."""
    given = (headers.get("Content-Type") or b"").decode("latin-1")
    return given.partition(";")[0].strip().lower()[:100]


def _length(headers: Headers) -> int | None:
    given = (headers.get("Content-Length") or b"").decode("latin-1")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 15 else None


def _is_offered_as_pdf(file: UnreadAttachment) -> bool:
    path = urlsplit(file.attachment.url).path.lower()
    return file.attachment.media_type == PDF or path.rstrip("/").endswith(".pdf")


def _may_be_pdf(file: UnreadAttachment) -> bool:
    """Tell whether a file is worth asking for; press rooms' addresses have no ending."""
    return _is_offered_as_pdf(file) or not _OTHER_TYPE.match(file.attachment.media_type)


def _state_of_other(file: UnreadAttachment, media_type: str) -> AttachmentState:
    """Judge a file that is no PDF: of another sort, it stays unread, and its type says why."""
    if _is_offered_as_pdf(file) or media_type.startswith("text/html"):
        return AttachmentState.DISGUISED
    return AttachmentState.UNREAD if _OTHER_TYPE.match(media_type) else AttachmentState.EMPTY
