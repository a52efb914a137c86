"""Every text of pages and mails comes in three languages, and pages say which one they are in."""

import ast
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Message

import translating
from builders import fill
from db.models import Language
from db.store import Store
from feed.language import SPOKEN, catalogue_path, translations
from web_site import Running, read, run_site

#: words that are the same in every language, or stand for themselves
OWN_WORDS = frozenset({"Bokmål", "nøkkelord"})
#: feeds say what little they say in bokmål, as most of what is in them is
FEEDS = frozenset(
    {"channel.py", "content.py", "endings.py", "status.py", "opensearch.py", "citation_formats.py"}
)
MARKUP = re.compile(r"</?(\w+)|(%\(\w+\)[a-z])")
TEMPLATES = [
    path
    for folder in translating.FOLDERS
    for path in sorted((translating.ROOT / folder / "templates").iterdir())
]


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + timedelta(hours=1))


def texts(given: object) -> list[str]:
    """Give the forms of a message, one or two."""
    return [str(one) for one in given] if isinstance(given, (tuple, list)) else [str(given)]


def pieces(text: str) -> list[tuple[str, ...]]:
    """Give the placeholders and elements of a text, in any order."""
    return sorted(MARKUP.findall(text))


def messages(language: Language) -> Iterator[Message]:
    for message in translating.stored(language):
        if message.id:
            yield message


@pytest.mark.parametrize("language", translating.TRANSLATED)
def test_every_text_is_translated_and_no_other(language: Language) -> None:
    wanted = {message.id for message in translating.collected() if message.id}
    assert len(wanted) > 300
    found = {message.id: message for message in messages(language)}
    assert wanted == set(found), "run `make translations`"
    empty = [message.id for message in found.values() if not all(texts(message.string))]
    assert empty == []


@pytest.mark.parametrize("language", translating.TRANSLATED)
def test_translations_keep_placeholders_and_markup(language: Language) -> None:
    for message in messages(language):
        given = texts(message.id)
        for place, string in enumerate(texts(message.string)):
            assert pieces(string) == pieces(given[min(place, len(given) - 1)]), string
        # a space at an end parts words
        assert [(one[0] == " ", one[-1] == " ") for one in texts(message.string)] == [
            (one[0] == " ", one[-1] == " ") for one in given
        ]


@pytest.mark.parametrize("language", translating.TRANSLATED)
def test_catalogues_are_as_the_collector_writes_them(language: Language) -> None:
    assert catalogue_path(language).read_bytes() == translating.written(
        translating.brought_up(language)
    )


def test_english_is_english_and_nynorsk_nynorsk() -> None:
    for message in messages(Language.ENGLISH):
        for string in texts(message.string):
            assert not re.search("[æøåÆØÅ«]", re.sub("Bokmål|Datatilsynet", "", string)), string
    # words that only bokmål has
    foreign = re.compile(r"\b(ikke|jeg|hvor|hva|hvis|noe|noen|fra|være|bare|bekreft\w*|siden)\b")
    for message in messages(Language.NYNORSK):
        for string in texts(message.string):
            assert not foreign.search(string.lower()), string


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_templates_say_nothing_by_themselves(path: Path) -> None:
    text = path.read_text("utf-8")
    text = re.sub(r"{%-?\s*trans\b.*?{%-?\s*endtrans\s*-?%}", "", text, flags=re.S)
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", text, flags=re.S)
    # the search syntax stands for itself
    text = re.sub(r"<(code|style)>.*?</\1>", "", text, flags=re.S)
    spoken = re.findall(r'(?:aria-label|title|alt|placeholder|content)="([^"]*)"', text)
    allowed = {"width=device-width, initial-scale=1", "light dark", "noindex", ""}
    assert set(spoken) <= allowed
    words = re.sub(r"<[^>]*>", " ", text)
    assert re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;|/\w+", "", words)) == []


def _untranslated(tree: ast.AST) -> Iterator[str]:
    """Give the Norwegian strings of a module that no call marks for translation."""
    marked: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            for statement in node.body:
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    marked.add(id(statement.value))
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in translating.KEYWORDS:
                marked.update(id(one) for one in ast.walk(node))
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in marked and re.search("[æøåÆØÅ]", text):
            yield text


@pytest.mark.parametrize("folder", translating.FOLDERS)
def test_code_says_nothing_by_itself(folder: str) -> None:
    found = {
        f"{path.name}: {text}"
        for path in sorted((translating.ROOT / folder).glob("*.py"))
        if path.name not in FEEDS
        for text in _untranslated(ast.parse(path.read_text("utf-8")))
        # single letters are a table of slugs
        if text not in OWN_WORDS and len(text) > 1
    }
    assert found == set()


@pytest.mark.parametrize("folder", translating.FOLDERS)
def test_no_text_is_asked_for_within_a_formatted_string(folder: str) -> None:
    # the collector does not look into them, so the text would be in no catalogue
    found = [
        f"{path.name}:{call.lineno}"
        for path in sorted((translating.ROOT / folder).glob("**/*.py"))
        for outer in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(outer, ast.JoinedStr)
        for call in ast.walk(outer)
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) in translating.KEYWORDS
        and any(isinstance(one, ast.Constant) for one in call.args)
    ]
    assert found == []


def test_bokmaal_is_what_stands_in_the_code() -> None:
    assert translations(Language.BOKMAL).gettext("Hopp til innholdet") == "Hopp til innholdet"
    assert translations(Language.NYNORSK).gettext("Hopp til innholdet") == "Hopp til innhaldet"
    # what we do not write in is answered in bokmål
    assert translations(Language.SAMI).gettext("Hopp til innholdet") == "Hopp til innholdet"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "nb"),
        ("nn", "nn"),
        ("nn-NO,nb;q=0.8", "nn"),
        ("no", "nb"),
        ("en-US,en;q=0.9,nb;q=0.8", "en"),
        ("de,nn;q=0.5,en;q=0.7", "en"),
        ("de", "nb"),
        ("*", "nb"),
        ("en;q=0,nn", "nn"),
        ("x" * 4000, "nb"),
    ],
)
def test_the_browser_chooses_the_language(site: Running, accepted: str, language: str) -> None:
    response = site.client.get("/", headers={"Accept-Language": accepted})
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" in response.headers["Vary"]
    read(response.text, language)


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("address", ["/", "/?q=finnesikke", "/follow", "/tags", "/sources",
                                     "/about", "/privacy", "/accessibility", "/subscribe",
                                     "/entries/5/for-mye-bruk-av-ukvalifiserte-tolker-i-det-"
                                     "offentlige", "/nothing", "/?tag=x"])  # fmt: skip
def test_the_address_chooses_before_the_browser_and_links_keep_it(
    site: Running, address: str, language: Language
) -> None:
    joined = f"{address}{'&' if '?' in address else '?'}ui={language}"
    response = site.client.get(joined, headers={"Accept-Language": "de"})
    page = read(response.text, language)
    ours = [link for link in page.links().values() if link.startswith("/")]
    assert ours
    for link in ours:
        data = re.match(r"/api/|/opml|[^?]+\.", link)
        assert (f"ui={language}" in link) is (data is None), link


def test_an_unknown_language_is_passed_over(site: Running) -> None:
    response = site.client.get("/?ui=xx", headers={"Accept-Language": "en"})
    assert response.headers["Content-Language"] == "en"
    assert "ui=xx" not in response.text


def test_validators_tell_languages_apart(site: Running) -> None:
    tags = {
        site.client.get("/about", headers={"Accept-Language": language}).headers["ETag"]
        for language in SPOKEN
    }
    assert len(tags) == len(SPOKEN)
    first = site.client.get("/about?ui=nn")
    again = site.client.get("/about?ui=nn", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert "Accept-Language" in again.headers["Vary"]


def test_dates_and_numbers_are_those_of_the_language(site: Running) -> None:
    assert "26 September 2023" in site.client.get("/?ui=en").text
    assert "26. september 2023" in site.client.get("/?ui=nn").text
    assert (
        "26 September 2023 at 09:30"
        in site.client.get("/entries/5?ui=en", follow_redirects=True).text
    )
    assert "5 results" in site.client.get("/?ui=en").text
    assert "1 result<" in site.client.get("/?ui=en&q=tolk").text


def test_data_has_no_language_of_its_own(site: Running) -> None:
    for address in ("/feed.atom", "/api/entries"):
        plain = site.client.get(address)
        other = site.client.get(f"{address}?ui=en", headers={"Accept-Language": "en"})
        assert plain.data == other.data
        assert "Content-Language" not in other.headers
