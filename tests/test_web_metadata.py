"""What an entry's page tells machines, as it stands in the page."""

import json
import re
from datetime import datetime, timedelta

import pytest

from builders import entry_data, fill, put
from db.store import Store
from web_site import Running, read, run_site


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + timedelta(hours=1))


def json_ld(text: str) -> dict[str, object]:
    (data,) = re.findall('<script type="application/ld\\+json">(.*?)</script>', text, re.S)
    found: dict[str, object] = json.loads(data)
    return found


def test_an_entrys_page_can_be_cited_and_understood(site: Running) -> None:
    text = site.client.get("/entries/5", follow_redirects=True).text
    page = read(text)
    (title,) = page.all("meta", name="citation_title")
    assert title["content"] == "For mye bruk av ukvalifiserte tolker i det offentlige"
    (pdf,) = page.all("meta", name="citation_pdf_url")
    assert pdf["content"] == "https://www.imdi.no/tolkemonitor.pdf"
    assert json_ld(text)["@type"] == "NewsArticle"
    assert json_ld(text)["@id"] == "tag:imdifeed.example,2026:entry/5"


def test_hostile_words_stay_words(store: Store, site: Running, now: datetime) -> None:
    title = "</script><script>alert(1)</script> \"' <!-- & \u2028"
    number = put(store, entry_data(key="x", title=title), seen=now)
    text = site.client.get(f"/entries/{number}", follow_redirects=True).text
    read(text)
    assert json_ld(text)["headline"] == "</script><script>alert(1)</script> \"' <!-- &"
    assert text.count("<script") == 1
