"""A stand-in for today's www.imdi.no: front page, lists of news, articles and sections."""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from html import escape

from imdifeed.demo.answers import Answer, not_found, page, redirect, text
from imdifeed.demo.files import text_pdf
from imdifeed.demo.imdi_page import InfoPage, Link, links_html, render
from imdifeed.demo.markup import Component, imdi_components, parse
from imdifeed.demo.texts import CONTENT, Document, NewsItem

_FRONT_PAGE_TEASERS = 9
_FRONT = Link("/", "Forside")
_NEWS = Link("/aktuelt/", "Aktuelt, nyheter og presse")
_LISTS = {list_.address: list_ for list_ in (_NEWS, Link("/aktuelt/nyheter/", "Nyheter"))}


class ImdiSite:
    """Answers what a site with these news articles, newest first, would answer."""

    def __init__(self, news: Sequence[NewsItem]) -> None:
        self._news = tuple(news)
        sections = _sections()
        self._pages = {info.address: info for info in (*map(_article, news), *sections)}
        self._documents = {
            _document_path(document): document for item in news for document in item.documents
        }
        links = (_NEWS, *(Link(section.address, section.title) for section in sections))
        self._navigation = links_html(links)

    def answer(self, path: str, query: Mapping[str, str], base_url: str) -> Answer:
        """Answer GET of one path; `base_url` is what canonical addresses begin with."""
        del query  # no page of the site depends on parameters
        if info := self._pages.get(path):
            return render(info, base_url=base_url, navigation=self._navigation)
        if path in _LISTS:
            return self._list_page(_LISTS[path], base_url)
        if path == "/":
            teasers = "".join(map(_teaser, self._news[:_FRONT_PAGE_TEASERS]))
            return page("imdi_front_page.html", header=self._navigation, teasers=teasers)
        if document := self._documents.get(path):
            content = text_pdf(document.name.removesuffix(".pdf"), document.text)
            return Answer(content, "application/pdf", file_name=document.name)
        if path == "/robots.txt":
            return text(f"User-agent: *\nDisallow:\n\nSitemap: {base_url}/sitemap.xml\n")
        if path == "/sitemap.xml":
            return text(self._sitemap(base_url), "application/xml")
        return redirect(f"{path}/") if f"{path}/" in self._paths() else not_found(path)

    def _paths(self) -> list[str]:
        return ["/", *_LISTS, *self._pages]

    def _list_page(self, here: Link, base_url: str) -> Answer:
        return page(
            "imdi_list.html",
            title=here.words,
            canonical=f"{base_url}{here.address}",
            header=self._navigation,
            items="".join(f"<li>{_teaser(item)}</li>" for item in self._news),
        )

    def _sitemap(self, base_url: str) -> str:
        urls = "\n".join(f"<url><loc>{base_url}{path}</loc></url>" for path in self._paths())
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            f"{urls}\n</urlset>\n"
        )


def _article(item: NewsItem) -> InfoPage:
    components = imdi_components(parse(item.body))
    if item.documents:
        components.append(Component("RichText", "", _downloads(item.documents)))
    above = [list_ for address, list_ in _LISTS.items() if item.address.startswith(address)]
    return InfoPage(
        address=item.address,
        page_id=item.page_id,
        lang="en" if item.language == "en" else "no",
        title=item.title,
        intro=item.lead,
        published=item.published,
        updated=item.updated,
        components=components,
        trail=(_FRONT, *above),
    )


def _sections() -> list[InfoPage]:
    """Read the pages that the header links to."""
    return [
        InfoPage(
            address=section["address"],
            page_id=section["page_id"],
            lang="no",
            title=section["title"],
            intro=section["intro"],
            published=section["updated"],
            updated=section["updated"],
            components=imdi_components(parse(section["body"])),
            trail=(_FRONT,),
        )
        for section in tomllib.loads((CONTENT / "sections.toml").read_text("utf-8"))["sections"]
    ]


def _teaser(item: NewsItem) -> str:
    """Write one item of a list; it shows no date, as on the real front page."""
    return (
        f'<a class="_teaser_7hk2d_1" href="{item.address}">'
        f'<span class="_kicker_7hk2d_9">{escape(item.kicker)}</span>'
        f'<h2 class="_heading_7hk2d_14">{escape(item.title)}</h2>'
        f'<p class="_text_7hk2d_21">{escape(item.lead)}</p></a>'
    )


def _downloads(documents: Sequence[Document]) -> str:
    """Link the files as the site does: name, kind and rounded size."""
    return "\n".join(
        f'<p><a href="{_document_path(document)}">'
        f"{escape(document.name.removesuffix('.pdf'))} (PDF, {_kilobytes(document)} kB)</a></p>"
        for document in documents
    )


def _kilobytes(document: Document) -> int:
    return max(1, round(len(text_pdf(document.name, document.text)) / 1000))


def _document_path(document: Document) -> str:
    digest = hashlib.sha256(document.name.encode()).hexdigest()[:32]
    name = re.sub(r"[^a-z0-9.]+", "-", document.name.lower())
    return f"/contentassets/{digest}/{name}"
