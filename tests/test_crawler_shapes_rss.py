"""RSS as it is met: whole, damaged, disguised and hostile."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ShapeError
from crawler.shapes.rss import RssItem, parse_rss

LINK = "https://via.ritzau.dk/pressemeddelelse/15/uheld?lang=da#sm-15"


def feed(items: str, declaration: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{declaration}<rss version="2.0"><channel><title>IMDi</title>{items}</channel></rss>'


def item(**parts: str) -> str:
    return f"<item>{''.join(f'<{name}>{text}</{name}>' for name, text in parts.items())}</item>"


def test_every_part_is_kept_and_fragments_stay() -> None:
    text = feed(
        item(
            title="Kommunane er klare",
            link=LINK,
            pubDate="Sat, 20 Jun 2026 11:55:07 GMT",
            guid=LINK,
            description="<![CDATA[<p>Fleire får hjelp.</p>]]>",
        )
    )
    assert parse_rss(text.encode()) == [
        RssItem(
            title="Kommunane er klare",
            link=LINK,
            guid=LINK,
            description="<p>Fleire får hjelp.</p>",
            published="Sat, 20 Jun 2026 11:55:07 GMT",
        )
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + feed(item(title="Årets pris")).encode(),
        "\ufeff".encode() * 2 + feed(item(title="Årets pris")).encode(),
        b"\n\n" + feed(item(title="Årets pris")).encode(),
        feed(item(title="Årets pris"), '<?xml version="1.0" encoding="iso-8859-1"?>').encode("l1"),
        feed(item(title="Årets pris"), '<?xml version="1.0" encoding="utf-16"?>').encode("utf-16"),
        feed(item(title="Årets pris"), '<?xml version="1.0" encoding="finnes-ikke"?>').encode(),
        feed(item(title="Årets pris"), "").encode(),
        feed(item(title="&Aring;rets pris")).encode(),
        feed(item(title="&amp;Aring;rets pris")).encode(),
        feed(item(title="<![CDATA[Årets\npris]]>")).encode(),
        feed("<item><title/><title>Årets pris</title></item>").encode(),
    ],
)
def test_the_words_survive_every_packing(body: bytes) -> None:
    assert [found.title for found in parse_rss(body)] == ["Årets pris"]


def test_what_is_missing_or_empty_is_empty() -> None:
    (found,) = parse_rss(feed("<item><description/><guid>3171341</guid></item>").encode())
    assert found == RssItem(title="", link="", guid="3171341", description="", published="")
    (found,) = parse_rss(feed(item(guid="https://a.example/1")).encode())
    assert found.link == "https://a.example/1"


def test_other_vocabularies_do_not_shadow_the_parts() -> None:
    text = (
        '<rss version="2.0" xmlns:m="http://search.yahoo.com/mrss/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><m:title>Bilde</m:title>'
        "<title>Tolk</title><dc:date>2026-01-02T10:00:00Z</dc:date></item></channel></rss>"
    )
    (found,) = parse_rss(text.encode())
    assert (found.title, found.published) == ("Tolk", "2026-01-02T10:00:00Z")


def test_damage_costs_no_other_item() -> None:
    text = feed(item(title="Bo & arbeid") + item(title="Tolk\x0bi retten") + item(title="Tre"))
    assert [found.title for found in parse_rss(text.encode())] == [
        "Bo & arbeid",
        "Tolk i retten",
        "Tre",
    ]


def test_links_keep_their_ampersands() -> None:
    link = "https://a.example/?releaseId=1&lang=no&copy=2"
    for written in (link, link.replace("&", "&amp;"), f"<![CDATA[{link}]]>"):
        (found,) = parse_rss(feed(item(link=written)).encode())
        assert found.link == link


def test_a_feed_without_items_is_empty() -> None:
    assert parse_rss(feed("").encode()) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "got ''"),
        (b"{}", "got '{}'"),
        (b"<!DOCTYPE html><html><body>Logg inn</body></html>", "got '<!DOCTYPE html><html><body>"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "got '<feed xmlns="),
        (b"<rss/>", "got '<rss/>'"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, message: str) -> None:
    with pytest.raises(ShapeError, match=f"expected an RSS feed, {message}"):
        parse_rss(body)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_bombs_are_refused_at_once(encoding: str) -> None:
    lines = ['<!ENTITY a0 "ha">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)]
    declaration = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE rss [{"".join(lines)}]>'
    started = time.process_time()
    with pytest.raises(ShapeError, match="declares entities"):
        parse_rss(feed(item(title="&a11;"), declaration).encode(encoding))
    assert time.process_time() - started < 1


def test_files_are_not_read() -> None:
    text = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + feed(
        item(title="&x;"), ""
    )
    with pytest.raises(ShapeError, match="declares entities"):
        parse_rss(text.encode())


@given(st.text() | st.text("<>/&;![]rsitemchanl '\"="))
def test_no_feed_upsets_the_reader(text: str) -> None:
    for body in (
        text.encode("utf-8", "surrogatepass"),
        feed(text).encode("utf-8", "surrogatepass"),
    ):
        try:
            found = parse_rss(body)
        except ShapeError:
            continue
        assert all(isinstance(one, RssItem) for one in found)
