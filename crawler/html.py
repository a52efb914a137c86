"""HTML from publishers, reduced to structure: the operations spiders and shapes need."""

from crawler.structure.blocks import resolver, to_html, to_text
from crawler.structure.furniture import without_furniture
from crawler.structure.markup import read_blocks


def clean_fragment(html: str, *, base_url: str) -> str:
    """Reduce HTML to paragraphs, headings (from h2), lists, tables, quotations, emphasis and links.

    Links are made absolute by `base_url`; those that are not http, https or mailto keep only their
    words. Bold lines before a line break become sub-headings. Applying it twice changes nothing.
    Takes any string and never fails; how much of it is read: `crawler/structure/markup.py`.
    """
    return to_html(read_blocks(html), resolver(base_url))


def clean_article(html: str, *, base_url: str) -> tuple[str, str]:
    """Give an article's HTML as `clean_fragment` does, without its furniture, and its words.

    The same as the other three one after the other, for the price of reading the HTML once.
    """
    blocks = without_furniture(read_blocks(html))
    return to_html(blocks, resolver(base_url)), to_text(blocks)


def text_of(html: str) -> str:
    """Give the words of HTML: a paragraph, heading, list item or table row a line."""
    return to_text(read_blocks(html))


def drop_furniture(html: str) -> str:
    """Give HTML reduced to structure, without the contacts, share lines and teasers around a text.

    Addresses of links stay as written. What counts as furniture: `crawler/structure/furniture.py`.
    """
    return to_html(without_furniture(read_blocks(html)), str)
