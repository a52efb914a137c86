"""Scrapy's settings, every one that matters said aloud.

Scrapy's own fallbacks are those of a laboratory: robots.txt ignored, eight requests at once, no
delay, cookies and a telnet console on, certificates unchecked, a port that runs code. A source's
delay and the user agent's contact are added by `crawler.run`.
"""

from importlib.metadata import version

from scrapy.settings import default_settings

from crawler.runs.gathering import TOGETHER

BOT_NAME = "imdifeed"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# Who we are, and what we may do.
USER_AGENT = f"imdifeed/{version('imdifeed')}"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "imdifeed"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "application/json,text/html;q=0.9,application/xhtml+xml;q=0.9,*/*;q=0.1",
    "Accept-Language": "nb,nn;q=0.9,no;q=0.8,en;q=0.5",
}
COOKIES_ENABLED = False
REFERER_ENABLED = True
REFERRER_POLICY = "same-origin"

# One request at a time; a slow server is asked more slowly still.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 2.0
DOWNLOAD_DELAY_JITTER = 0.0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0.0
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0

# Items of one answer that are worked on at once. Scrapy starts so many tasks for every answer, so
# its own 100 would cost more than most answers do.
CONCURRENT_ITEMS = TOGETHER

# What we take, and how long we wait for it.
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 5 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_VERIFY_CERTIFICATES = True
URLLENGTH_LIMIT = 2083
REDIRECT_ENABLED = True
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
RETRY_ENABLED = True
RETRY_TIMES = 2
RETRY_HTTP_CODES = [429, 500, 502, 503, 504]
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
HTTPCACHE_ENABLED = False

# Requests leave in the order the spider asks, so that the newest entries come first.
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"

# No doors into the process, nothing printed but our own words.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
MEMUSAGE_ENABLED = False
STATS_DUMP = False
LOGSTATS_INTERVAL = 0
LOG_FORMATTER = "crawler.runs.extension.ShortLogFormatter"
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"

DOWNLOADER_MIDDLEWARES = {
    # Below (nearer the spider than) Scrapy's retries at 550: sees what is left when they gave up.
    "crawler.politeness.StayOnSiteMiddleware": 540,
    "crawler.fetching.watch.ConditionalMiddleware": 545,
    # Above them: a server that says when to come back is not asked again before.
    "crawler.politeness.RetryAfterMiddleware": 560,
}
SPIDER_MIDDLEWARES = {
    # Before Scrapy's own at 50: a challenge is told by its page, whatever its status.
    "crawler.fetching.watch.WatchMiddleware": 40,
}
# Of Scrapy's own parts those that are used: the others are imported by every crawl, even where they
# are switched off, and take longer than a crawl that finds nothing new.
_LEFT_OUT = frozenset(
    {
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware",
        "scrapy.extensions.closespider.CloseSpider",
        "scrapy.extensions.feedexport.FeedExporter",
        # It puts a handler on the root logger, which would swallow our own warnings.
        "scrapy.extensions.logcount.LogCount",
        "scrapy.extensions.logstats.LogStats",
        "scrapy.extensions.memdebug.MemoryDebugger",
        "scrapy.extensions.memusage.MemoryUsage",
        "scrapy.extensions.remote_control.RemoteControl",
        "scrapy.extensions.spiderstate.SpiderState",
        "scrapy.extensions.telnet.TelnetConsole",
    }
)
DOWNLOADER_MIDDLEWARES_BASE = {
    name: place
    for name, place in default_settings.DOWNLOADER_MIDDLEWARES_BASE.items()
    if name not in _LEFT_OUT
}
EXTENSIONS_BASE = {
    name: place for name, place in default_settings.EXTENSIONS_BASE.items() if name not in _LEFT_OUT
}
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}
EXTENSIONS = {
    "crawler.runs.extension.CrawlExtension": 100,
    "crawler.politeness.CrawlDelayExtension": 500,
    "crawler.politeness.PauseExtension": 500,
    # Hears that the spider is idle after those above: files come last.
    "crawler.files.FilesExtension": 900,
}
ITEM_PIPELINES = {
    "crawler.pipelines.CleanPipeline": 100,
    "crawler.pipelines.ComparePipeline": 150,
    "crawler.pipelines.LanguagePipeline": 200,
    "crawler.pipelines.TagPipeline": 300,
    "crawler.pipelines.DeadlinePipeline": 400,
    "crawler.pipelines.GatheringStorePipeline": 500,
}
