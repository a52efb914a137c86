"""OpenSearch 1.1: the site's search, to be put into a browser or called by programs."""

from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from db.query import EntryQuery
from db.text import one_line
from feed import FORMATS
from feed.language import SPOKEN
from feed.links import feed_url
from feed.site import Site

MEDIA_TYPE: Final = "application/opensearchdescription+xml; charset=utf-8"
#: path of the document
PATH: Final = "/opensearch.xml"
_NAMES: Final = "http://a9.com/-/spec/opensearch/1.1/"
#: the longest that the specification allows
_MOST_NAME: Final = 16


def render(site: Site) -> bytes:
    """Describe the search as a page and as feeds."""
    root = etree.Element("OpenSearchDescription", nsmap={None: _NAMES})

    def add(name: str, text: str) -> None:
        etree.SubElement(root, name).text = text

    add("ShortName", one_line(site.name)[:_MOST_NAME].strip())
    add("LongName", one_line(f"Søk i {site.name}")[:48])
    add("Description", "Søk i det IMDi publiserer: pressemeldinger, nyheter og rapporter.")
    if site.contact:
        add("Contact", site.contact)
    templates = [
        ("text/html", "results", f"{site.base}/?q={{searchTerms}}&page={{startPage?}}"),
        *(
            (form.media_type.partition(";")[0], "results",
             f"{feed_url(site, EntryQuery(), form.name)}?q={{searchTerms}}")
            for form in FORMATS.values()
        ),
        ("application/opensearchdescription+xml", "self", f"{site.base}{PATH}"),
    ]  # fmt: skip
    for media_type, rel, template in templates:
        etree.SubElement(root, "Url", type=media_type, rel=rel, template=template)
    for language in SPOKEN:
        add("Language", language.value)
    add("InputEncoding", "UTF-8")
    add("OutputEncoding", "UTF-8")
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written
