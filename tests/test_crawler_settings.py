import sys
from subprocess import run

from scrapy.settings import Settings, default_settings

from crawler import settings as ours


def configured() -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return settings


def test_what_is_left_out_of_scrapy_is_a_part_of_it() -> None:
    parts = {**default_settings.DOWNLOADER_MIDDLEWARES_BASE, **default_settings.EXTENSIONS_BASE}
    assert parts.keys() >= ours._LEFT_OUT
    settings = configured()
    kept = {
        **settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES"),
        **settings.get_component_priority_dict_with_base("EXTENSIONS"),
    }
    assert ours._LEFT_OUT.isdisjoint(kept)
    assert parts.keys() - ours._LEFT_OUT <= kept.keys()


def test_only_web_addresses_are_fetched() -> None:
    handlers = configured().getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}


def test_a_crawl_that_reads_nothing_new_loads_no_terms_and_no_dear_parts() -> None:
    script = (
        "import sys\n"
        "from scrapy.settings import Settings\n"
        "import crawler.run, crawler.pipelines\n"
        "settings = Settings()\n"
        "settings.setmodule('crawler.settings')\n"
        "for name in ('EXTENSIONS', 'DOWNLOADER_MIDDLEWARES', 'ITEM_PIPELINES'):\n"
        "    settings.get_component_priority_dict_with_base(name)\n"
        "crawler.pipelines.TagPipeline()\n"
        "print(*sys.modules)\n"
    )
    loaded = run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert {"aiohttp", "tldextract", "sqlite_utils"}.isdisjoint(loaded.split())
