from email.errors import MessageError
from email.headerregistry import Address
from email.utils import getaddresses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import crawler.run
from db.models import Republish
from imdifeed import checks
from imdifeed.config import SPIDERS, ConfigError, load_settings, require_contact
from imdifeed.settings import Settings

MINIMAL = 'secret_key = "0123456789abcdef"\n'
PRESS_ROOM = """
[sources.imdi-press-releases]
spider = "prs"
base_url = "http://127.0.0.1:9000/"
publisher_id = 89626
"""

GOVERNMENT = """
[sources.regjeringen]
spider = "regjeringen"
base_url = "http://127.0.0.1:9001/"
"""


def load(tmp_path: Path, text: str, **environment: str) -> Settings:
    path = tmp_path / "imdifeed.toml"
    path.write_text(text, "utf-8")
    return load_settings(path, environment)


def test_a_secret_is_enough_to_begin(tmp_path: Path) -> None:
    settings = load(tmp_path, MINIMAL)
    assert settings.site_url == "http://127.0.0.1:8000"
    assert settings.database == str(tmp_path / "imdifeed.db")
    assert settings.mail.transport == "folder"
    assert settings.mail.outbox_folder == tmp_path / "outbox"
    assert settings.sources == ()


def test_everything_in_the_contract_is_read(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
        site_url = "https://nytt.example.no/"
        authority = "nytt.example.no,2026"
        database = "data/nytt.db"
        secret_key = "0123456789abcdef"
        contact = "drift@example.no"
        [mail]
        transport = "smtp"
        outbox_folder = "ut"
        host = "mail.example.no"
        port = 587
        username = "u"
        password = "p"
        starttls = true
        sender = "IMDi-nytt <nytt@example.no>"
        [sources.imdi-press-releases]
        spider = "prs"
        base_url = "https://kommunikasjon.ntb.no"
        publisher_id = 89626
        name = "IMDi: pressemeldinger"
        publisher = "IMDi"
        delay = 3
        republish = "summary"
        [sources.documents]
        spider = "documents"
        """,
    )
    assert settings.site_url == "https://nytt.example.no"
    assert (settings.mail.port, settings.mail.starttls) == (587, True)
    source = settings.source("imdi-press-releases")
    assert (source.publisher_id, source.delay, source.republish) == (89626, 3.0, Republish.SUMMARY)
    assert source.name == "IMDi: pressemeldinger"
    assert settings.source("documents").name == "documents"


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        MINIMAL + PRESS_ROOM,
        IMDIFEED_SITE_URL="https://annet.example",
        IMDIFEED_MAIL_PORT="2525",
        IMDIFEED_MAIL_STARTTLS="true",
        IMDIFEED_SOURCES_IMDI_PRESS_RELEASES_DELAY="0.5",
        IMDIFEED_CONFIG="elsewhere",
        OTHER="x",
    )
    assert settings.site_url == "https://annet.example"
    assert (settings.mail.port, settings.mail.starttls) == (2525, True)
    assert settings.sources[0].delay == 0.5


def test_words_are_a_list_or_a_variable_with_commas(tmp_path: Path) -> None:
    text = MINIMAL + GOVERNMENT + 'words = ["Arbeids- og inkluderings*", "*tolking"]'
    assert load(tmp_path, text).sources[0].words == ("Arbeids- og inkluderings*", "*tolking")
    given = load(tmp_path, text, IMDIFEED_SOURCES_REGJERINGEN_WORDS="tolk, integrering*")
    assert given.sources[0].words == ("tolk", "integrering*")
    assert load(tmp_path, MINIMAL + GOVERNMENT).sources[0].words == ()


def test_the_secret_may_come_from_the_environment(tmp_path: Path) -> None:
    assert load(tmp_path, "", IMDIFEED_SECRET_KEY="0123456789abcdef").secret_key


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "secret_key is missing"),
        ('secret_key = ""', "secret_key is missing"),
        ('secret_key = "…"', "secret_key is still the placeholder"),
        (MINIMAL + "colour = 1", "unknown setting colour"),
        (MINIMAL + "[mail]\nhots = 1", "unknown setting mail.hots"),
        (MINIMAL + "mail = 3", r"setting mail must be a table: \[mail\]"),
        (MINIMAL + "[mail]\nport = '25'", "mail.port must be a whole number"),
        (MINIMAL + "[mail]\nport = true", "mail.port must be a whole number"),
        (MINIMAL + "[mail]\nport = 70000", "mail.port must be a port"),
        (MINIMAL + "[mail]\ntransport = 'pigeon'", "mail.transport must be one of folder, smtp"),
        (MINIMAL + "[mail]\nsender = 'nobody'", "mail.sender must be an email address"),
        (MINIMAL + "[mail]\ntransport = 'smtp'", "mail.sender is missing"),
        (MINIMAL + "site_url = 'example.no'", "site_url must be an address"),
        (MINIMAL + "authority = 'Example'", "authority must be a domain and a year"),
        (MINIMAL + "[sources.x]", "sources.x.spider is missing"),
        (MINIMAL + "[sources.x]\nspider = 'web'", "sources.x.spider must be one of prs"),
        (MINIMAL + "[sources.x]\nspider = 'imdi'", "sources.x.base_url is missing"),
        (MINIMAL + PRESS_ROOM.replace("publisher_id", "#"), "publisher_id is missing"),
        (MINIMAL + "[sources.X]\nspider = 'documents'", "sources.X: a slug has small letters"),
        (MINIMAL + "[sources.x]\nspider = 'documents'\nwords = ['a']", "words is for the spider"),
        (MINIMAL + GOVERNMENT + "words = 'tolk'", "words must be a list of texts"),
        (MINIMAL + GOVERNMENT + "words = ['tolk', '*a*']", r"words must be texts .* not '\*a\*'"),
        (MINIMAL + GOVERNMENT + "words = ['tolk', '–']", "words must be texts"),
        (MINIMAL + GOVERNMENT + "words = ['']", "words must be texts"),
        (MINIMAL + GOVERNMENT + "words = [7]", "words must be texts"),
        (MINIMAL + "site_url = 'http://[::1'", "site_url must be an address"),
        (MINIMAL + "site_url = 'http://a.no:99999'", "site_url must be an address"),
        (MINIMAL + "site_url = 'http://a.no/ b'", "site_url must be an address"),
        (MINIMAL + "hub = 'https://u:p@hub.no'", "hub must be an address"),
        (MINIMAL + "database = ''", "database is empty"),
        (MINIMAL + 'database = "a\\u0000b"', "database must be one line"),
        (MINIMAL + "[mail]\nhost = ''", "mail.host is empty"),
        (MINIMAL + '[mail]\nsender = "a@b.no\\nBcc: c@d.no"', "mail.sender must be one line"),
        (MINIMAL + "[mail]\nsender = 'a@b.no, c@d.no'", "mail.sender must be an email address"),
        (MINIMAL + "[mail]\nbounces = 'Maildir'", "mail.return_path is missing"),
        (MINIMAL + PRESS_ROOM.replace("89626", "9" * 20), "publisher_id must be from 1"),
        (MINIMAL + PRESS_ROOM.replace("89626", "9" * 5000), "cannot read .*digits"),
        ("secret_key = ", r"cannot read .*imdifeed\.toml"),
    ],
)
def test_the_first_thing_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        load(tmp_path, text)


def test_a_publisher_must_be_able_to_reach_whoever_crawls(tmp_path: Path) -> None:
    own = load(tmp_path, MINIMAL + PRESS_ROOM)
    require_contact(own, own.sources)
    imported = load(tmp_path, MINIMAL + "[sources.documents]\nspider = 'documents'")
    require_contact(imported, imported.sources)
    public = load(tmp_path, MINIMAL + PRESS_ROOM.replace("127.0.0.1", "example.no"))
    with pytest.raises(ConfigError, match="contact is missing"):
        require_contact(public, public.sources)
    known = load(tmp_path, MINIMAL.replace("secret", "contact='a@b.no'\nsecret"))
    require_contact(known, public.sources)


def test_a_misspelt_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="IMDIFEED_SITE_ULR"):
        load(tmp_path, MINIMAL, IMDIFEED_SITE_ULR="x")
    with pytest.raises(ConfigError, match="IMDIFEED_MAIL_PORT must be a whole number"):
        load(tmp_path, MINIMAL, IMDIFEED_MAIL_PORT="smtp")


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="imdifeed init"):
        load_settings(tmp_path / "imdifeed.toml", {})


def test_an_unknown_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="“nope”; configured: imdi-press-releases"):
        load(tmp_path, MINIMAL + PRESS_ROOM).source("nope")


def test_every_family_of_sources_has_its_spider() -> None:
    assert set(SPIDERS) == {*crawler.run.SPIDERS, "documents"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [("hem#elig", "hem#elig"), ("hem?elig[", "hem?elig["), ("hem%40elig", "hem@elig")],
)
def test_a_password_is_known_as_it_is_written_and_as_it_is_meant(
    tmp_path: Path, written: str, meant: str
) -> None:
    path = tmp_path / "imdifeed.toml"
    path.write_text(
        f'secret_key = "s"\ndatabase = "postgresql://ola:{written}@db.example/press?sslmode=require"\n',
        "utf-8",
    )
    settings = load_settings(path, {})
    assert {written, meant} <= set(settings.secrets)
    assert settings.database_name == "postgresql://ola@db.example/press"


def test_a_database_may_be_at_an_address_whose_password_nobody_reads(tmp_path: Path) -> None:
    path = tmp_path / "imdifeed.toml"
    address = "postgresql://ola:gammelost@db.example:5433/imdifeed?password=brunost"
    path.write_text(f'secret_key = "s"\ndatabase = "{address}"\n', "utf-8")
    settings = load_settings(path, {})
    assert settings.database == address
    assert settings.database_name == "postgresql://ola@db.example:5433/imdifeed"
    assert {"gammelost", "brunost"} <= set(settings.secrets)
    assert settings.locks == str(tmp_path / "imdifeed")
    path.write_text('secret_key = "s"\ndatabase = "data/x.db"\n', "utf-8")
    settings = load_settings(path, {})
    assert settings.database == settings.database_name == settings.locks
    assert settings.locks == str(tmp_path / "data/x.db")


def test_a_database_at_an_address_is_not_copied_to_a_folder(tmp_path: Path) -> None:
    text = 'secret_key = "s"\ndatabase = "postgresql://db.example/imdifeed"\n'
    with pytest.raises(ConfigError, match=r"schedule\.backup_folder .* pg_dump"):
        load(tmp_path, f'{text}[schedule]\nbackup_folder = "backups"\n')


_LETTERS = st.text("aB9_+-.@<> ,:æ\\", max_size=6)


@given(st.builds("{}{}@{}.{}{}".format, *[_LETTERS] * 5) | _LETTERS)
def test_a_mailbox_is_one_that_mail_can_be_addressed_to(value: str) -> None:
    try:
        ((_, address),) = getaddresses([value])
        Address(addr_spec=address)
        good = "@" in address
    except (MessageError, ValueError, IndexError):
        good = False
    assert (checks.mailbox(value) is None) is good
