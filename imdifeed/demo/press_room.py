"""A stand-in for the press room software of kommunikasjon.ntb.no, as far as it is known."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from imdifeed.demo import press_room_api as api
from imdifeed.demo.answers import Answer, data, not_found, page, redirect, text
from imdifeed.demo.files import colour_png, text_pdf
from imdifeed.demo.markup import parse, press_room_html
from imdifeed.demo.texts import CONTENT, Release

_ROOM = f"/public-website-api/pressroom/{api.PUBLISHER_ID}"
_LIST = re.compile(rf"{_ROOM}/releases/([1-9][0-9]{{0,3}})/([0-9]{{1,6}})")
_DETAIL = re.compile(r"/public-website-api/release/([0-9]{1,12})")
_PAGE = re.compile(r"/(?:pressemelding|release)/([0-9]{1,12})(?:/[^/]{0,300})?/?")
_OLD_PAGE = re.compile(r"/pressemelding/[^/]{1,300}/?")
_FILE = re.compile(rf"/files/{api.PUBLISHER_ID}/([0-9]{{1,12}})/([0-9]{{1,3}})/(?:no|en)")
_ROOM_PAGE = re.compile(rf"/(?:presserom/{api.PUBLISHER_ID}/imdi(?:/r)?/?)?")
_PICTURES = {"main": (0, 84, 118), "logo": (35, 31, 32)}
_OTHERS_SHOWN = 5


class PressRoom:
    """Answers what a press room with these releases, newest first, would answer."""

    def __init__(self, releases: Sequence[Release]) -> None:
        self._releases = tuple(releases)
        self._by_id = {release.id: release for release in releases}
        about = (CONTENT / "press_room.toml").read_text("utf-8")
        self._about: dict[str, Any] = tomllib.loads(about)
        self._pictures = {
            api.image_path(release, name): colour
            for release in releases
            for name, colour in _PICTURES.items()
        }

    def answer(self, path: str, query: Mapping[str, str], base_url: str) -> Answer:
        """Answer GET of one path; `query` holds the first value of each parameter."""
        del base_url  # a press room writes no absolute addresses
        if path == "/robots.txt":
            return text("User-agent: *\nAllow: /\n")
        if path == _ROOM:
            return data(api.room(self._about))
        if found := _LIST.fullmatch(path):
            return data(api.listing(self._releases, int(found[1]), int(found[2])))
        if (found := _DETAIL.fullmatch(path)) and (release := self._by_id.get(int(found[1]))):
            return data(api.detail(release, self._about))
        return self._page(path, query) or self._file(path) or not_found(path)

    def _page(self, path: str, query: Mapping[str, str]) -> Answer | None:
        if _ROOM_PAGE.fullmatch(path):
            about = api.boilerplate(self._about)
            return page("press_room.html", releases=_latest(self._releases), boilerplate=about)
        if found := _PAGE.fullmatch(path):
            release = self._by_id.get(int(found[1]))
            return self._release_page(release, query.get("lang", "no")) if release else None
        if _OLD_PAGE.fullmatch(path) and re.fullmatch(r"[0-9]{1,12}", query.get("releaseId", "")):
            release = self._by_id.get(int(query["releaseId"]))
            return redirect(_public_url(release)) if release else None
        return None

    def _release_page(self, release: Release, language: str) -> Answer:
        chosen = (v for v in release.versions if api.version_key(v) == language)
        version = next(chosen, release.versions[0])
        others = [other for other in self._releases if other is not release]
        return page(
            "press_release.html",
            lang=api.version_key(version),
            title=escape(version.title),
            description=escape(version.lead),
            byline=f"{_byline(release.published)} | {api.version_type(version)}",
            lead=escape(version.lead),
            figure=_figure(release),
            body=press_room_html(parse(version.body)),
            documents=_document_list(release),
            keywords="".join(f"<span>{escape(word)}</span>" for word in version.keywords),
            contact=escape(self._about["contact"]),
            contact_phone=escape(self._about["contact_phone"]),
            contact_email=escape(self._about["contact_email"]),
            boilerplate=api.boilerplate(self._about),
            latest=_latest(others[:_OTHERS_SHOWN]),
        )

    def _file(self, path: str) -> Answer | None:
        if colour := self._pictures.get(path):
            return Answer(colour_png(320, 180, colour), "image/png")
        found = _FILE.fullmatch(path)
        release = self._by_id.get(int(found[1])) if found else None
        if not (found and release and 1 <= int(found[2]) <= len(release.documents)):
            return None
        document = release.documents[int(found[2]) - 1]
        content = text_pdf(document.name.removesuffix(".pdf"), document.text)
        return Answer(content, "application/pdf", file_name=document.name)


def _public_url(release: Release) -> str:
    relative = api.relative_url(release, release.versions[0])
    return relative.replace("/release/", "/pressemelding/", 1)


def _byline(moment: datetime) -> str:
    day = f"{moment.day}.{moment.month}.{moment.year}"
    return f"{day} {moment:%H:%M:%S} {moment.tzname()}"


def _figure(release: Release) -> str:
    """Show the picture; its caption stands twice, as on the real pages."""
    if not release.image_caption:
        return ""
    caption, path = escape(release.image_caption), api.image_path(release, "main")
    return (
        f'<figure class="release__Figure-sc-4q1v2a-3 kZqTnd"><img src="{path}" alt="{caption}">'
        f"<span>{caption}</span><figcaption>{caption}</figcaption></figure>"
    )


def _document_list(release: Release) -> str:
    links = "".join(
        f'<li><a href="{api.file_path(release, number)}">{escape(document.name)}</a></li>'
        for number, document in enumerate(release.documents, 1)
    )
    return f"<h2>Dokumenter</h2><ul>{links}</ul>" if links else ""


def _latest(releases: Iterable[Release]) -> str:
    """List releases; the date is glued to the title, as on the real pages."""
    return "".join(
        f'<a class="latest-releases__Link-sc-9n3m1x-2 gHwRpe" href="'
        f'{escape(_public_url(release))}">'
        f"<span>{escape(release.versions[0].title)}</span>"
        f"<span>{_byline(release.published)} | {api.version_type(release.versions[0])}</span>"
        f"<p>{escape(release.versions[0].lead)}</p></a>"
        for release in releases
    )
