"""Whole crawls with the files of their entries: fetched once, read, recorded, searchable."""

from collections.abc import Callable
from typing import Any

import pytest
from scrapy.http import Headers

from crawl_site import Site, counts, crawl_apart, press_room, release, serve_sites
from crawler.files import FilesExtension
from crawler.structure.blocks import paragraph
from db.models import Attachment, AttachmentState
from db.query import EntryQuery, Paging
from db.store import Store
from pdf_files import Setting, print_blocks

__all__ = ["serve_sites"]

TOLK = print_blocks(
    [paragraph("Kommunene bestiller skjermtolk."), paragraph("Behovet er stort.")],
    Setting(head="", foot=""),
)


def with_files(number: int, title: str, *files: dict[str, Any]) -> Any:
    made = release(number, title)
    made["versions"]["no"]["documents"] = list(files)
    return made


def document(url: str, name: str) -> dict[str, Any]:
    return {"url": url, "originalFilename": name}


def files_of(store: Store) -> dict[str, Attachment]:
    entries = store.entries.newest(EntryQuery(), 20)
    return {file.label: file for entry in entries for file in entry.attachments}


def test_files_are_fetched_once_and_read(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    site, elsewhere = serve(), serve()
    answers: dict[str, tuple[int, str, bytes]] = {
        # press rooms' addresses have no ending
        "/files/89626/1/tolk/no": (200, "application/octet-stream", TOLK),
        "/files/89626/1/side.pdf": (200, "text/html", b"<!doctype html><h1>Logg inn</h1>"),
        "/files/89626/2/brev": (200, "application/msword", b"\xd0\xcf\x11\xe0 brev"),
        "/files/89626/2/kode": (200, "application/pdf", b"%PDF-1.4 ikke en PDF likevel"),
        "/files/89626/2/stor": (200, "application/pdf", TOLK + b" " * 50_000_000),
    }
    for path, (status, media_type, body) in answers.items():
        site.answers[path] = (status, {"Content-Type": media_type}, body)
    site.publish(
        with_files(
            1,
            "En",
            document("/files/89626/1/tolk/no", "Tolk"),
            document("/files/89626/1/side.pdf", "Side"),
            document(elsewhere.base_url + "/annet.pdf", "Annet sted"),
        ),
        with_files(
            2,
            "To",
            document("/files/89626/2/brev", "Brev"),
            document("/files/89626/2/kode", "Kode"),
            document("/files/89626/2/stor", "Stor"),
            document("/files/89626/2/borte", "Borte"),
            document("/files/89626/1/tolk/no", "Tolk, igjen"),
        ),
    )
    source = press_room(site.base_url)
    first = crawl_apart(store_url, source)["runs"][0]
    assert counts(first) == (2, 0, 0, 0)
    assert (first["verdict"], first["reason"]) == ("ok", "")
    files = files_of(store)
    assert {label: file.state for label, file in files.items()} == {
        "Tolk": AttachmentState.READ,
        "Tolk, igjen": AttachmentState.READ,
        "Side": AttachmentState.DISGUISED,
        "Annet sted": AttachmentState.UNREAD,
        "Brev": AttachmentState.UNREAD,
        "Kode": AttachmentState.BROKEN,
        "Stor": AttachmentState.TOO_LARGE,
        "Borte": AttachmentState.UNREACHABLE,
    }
    assert (files["Tolk"].media_type, files["Tolk"].length) == ("application/pdf", len(TOLK))
    assert (files["Tolk"].pages, files["Brev"].media_type) == (1, "application/msword")
    assert elsewhere.asked == []
    assert site.paths.count("/files/89626/1/tolk/no") == 1
    # the entries come first
    asked = [path for path in site.paths if path.startswith(("/files", "/public"))]
    assert [path.startswith("/files") for path in asked] == sorted(
        path.startswith("/files") for path in asked
    )
    found = store.entries.search(EntryQuery(q="skjermtolk"), Paging())
    assert {entry.title for entry in found.entries} == {"En", "To"}

    # One attempt is enough, and costs later runs nothing.
    state = store.entries.state()
    site.asked.clear()
    crawl_apart(store_url, source)
    assert not any(path.startswith("/files") for path in site.paths)
    assert store.entries.state() == state

    # A full run asks again; what was read is not lost where it fails now.
    site.answers["/files/89626/1/tolk/no"] = (503, {}, b"")
    site.answers["/files/89626/2/borte"] = (200, {"Content-Type": "application/pdf"}, TOLK)
    crawl_apart(store_url, source, full=True)
    files = files_of(store)
    assert files["Tolk"].state is AttachmentState.READ
    assert files["Borte"].state is AttachmentState.READ
    assert files["Borte"].length == len(TOLK)


def test_a_source_whose_files_all_fail_says_so_and_keeps_its_entries(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    site, refusing = serve(), serve()
    site.publish(
        with_files(1, "En", *[document(f"/files/89626/1/{n}", f"Fil {n}") for n in range(3)])
    )
    refusing.publish(with_files(1, "To", document("/files/89626/1/0", "Fil")))
    refusing.say("/robots.txt", "User-agent: *\nDisallow: /files/\n")
    sources = [press_room(site.base_url), press_room(refusing.base_url, "to")]
    runs = crawl_apart(store_url, *sources)["runs"]
    assert [counts(run) for run in runs] == [(1, 0, 0, 0), (1, 0, 0, 0)]
    assert runs[0]["verdict"] == "degraded"
    assert runs[0]["reason"].startswith("none of the 3 files of its entries could be fetched: http")
    assert runs[1]["verdict"] == "ok"
    assert not any(path.startswith("/files") for path in refusing.paths)
    assert files_of(store)["Fil"].state is AttachmentState.UNREACHABLE


@pytest.mark.parametrize(
    ("media_type", "stopped"),
    [
        ("image/png", True),
        ("application/vnd.ms-excel", True),
        ("video/mp4; codecs=x", True),
        ("application/pdf", False),
        ("application/octet-stream", False),
        ("", False),
    ],
)
def test_what_is_sure_to_be_no_pdf_is_not_fetched_to_the_end(
    media_type: str, stopped: bool
) -> None:
    from scrapy import Request
    from scrapy.exceptions import StopDownload

    extension = object.__new__(FilesExtension)
    headers = Headers({"Content-Type": media_type})
    asked = Request("http://127.0.0.1/f", meta={"imdifeed_file": True})
    if stopped:
        with pytest.raises(StopDownload):
            extension.headers_received(headers, asked)
    else:
        extension.headers_received(headers, asked)
    extension.headers_received(headers, Request("http://127.0.0.1/page"))
