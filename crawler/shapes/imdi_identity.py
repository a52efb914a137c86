"""What a page of imdi.no is known by, however it is addressed."""

import re
from dataclasses import dataclass

from parsel import Selector

from crawler.fetching.addresses import canonical_path, web_address
from crawler.shapes.html_page import meta
from crawler.shapes.imdi_paths import is_front_page


@dataclass(frozen=True, slots=True)
class Identity:
    """One page among all."""

    #: the page's number where it tells one, else its path
    key: str
    #: canonical path, with a final slash
    path: str
    english: bool


def identify(page: Selector, url: str) -> Identity:
    """Give what a page is known by: its number and language, else its canonical path.

    The English version of a page bears the number of the Norwegian one.
    """
    path = _own_path(page, url)
    declared = page.xpath("string(/html/@lang)").get("").lower().startswith("en")
    spoken = meta(page, "cludo:language").lower().startswith("en")
    english = declared or spoken or path.startswith(("/en/", "/english/"))
    number = meta(page, "pageid")
    if not re.fullmatch("[0-9]{1,18}", number):
        return Identity(path, path, english)
    return Identity(f"page/{number}/en" if english else f"page/{number}", path, english)


def _own_path(page: Selector, url: str) -> str:
    """Give the path the page goes by: what it calls canonical, unless that is the front page."""
    canonical = web_address(page.xpath("string(//link[@rel='canonical']/@href)").get(""), url)
    path = canonical_path(canonical) if canonical else "/"
    return canonical_path(url) if is_front_page(path) else path
