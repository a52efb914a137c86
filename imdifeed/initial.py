"""The configuration an operator starts from."""

import os
import secrets
from pathlib import Path

_TEMPLATE = """\
# imdifeed: every setting can also be given as an environment variable, IMDIFEED_SITE_URL and so on.

# The public address, in feeds and mails.
site_url = "http://127.0.0.1:8000"

# A domain of yours and this year: part of every id. Choose now and never change it, or every
# reader sees every entry again.
authority = "imdifeed.example,2026"

# A file, relative to the folder of this one.
database = "imdifeed.db"

# Made for this installation. Keep it to yourself.
secret_key = "{secret_key}"

# Stands in the crawler's user agent and in mails: where publishers and readers reach you.
contact = ""

[mail]
transport = "folder"          # "folder" writes .eml files to outbox_folder; "smtp" sends
outbox_folder = "outbox"
# host = "127.0.0.1"
# port = 25
# username = ""
# password = ""
# starttls = false
# sender = "IMDi-nytt <nytt@example.no>"      # smtp needs it
# return_path = "retur@example.no"            # for reports of mail that came back: imdifeed bounces
# bounces = "Maildir"                         # where they end: `imdifeed run` reads them

[server]
# proxies = 0                 # how many proxies of yours stand before the site
# hosts = []                  # further names under which it answers
# requests_per_minute = 600   # from one network; 0 for no limit

[schedule]                    # for `imdifeed run`
# crawl_minutes = 60
# digest_minutes = 5          # a day's digest is due at 07:00 in Oslo, a week's on Mondays
# backup_folder = "backups"   # a backup a day goes here; none without it
# backup_keep = 7

[log]
# level = "info"              # debug, info, warning or error
# format = "text"             # or "json"

# Sources. A slug is permanent. Set contact above before you crawl what is not yours.
[sources.imdi-press-releases]
spider = "prs"
base_url = "https://kommunikasjon.ntb.no"
publisher_id = 89626
name = "IMDi: pressemeldinger"
publisher = "IMDi"
delay = 2.0                   # seconds between requests; robots.txt can only make it slower
republish = "full"            # or "summary": what pages, feeds and mails may show

[sources.imdi-news]
spider = "imdi"
base_url = "https://www.imdi.no"
name = "IMDi: nyheter"
publisher = "IMDi"

[sources.imdi-reports]
spider = "imdi_reports"
base_url = "https://www.imdi.no"
name = "IMDi: rapporter"
publisher = "IMDi"

[sources.regjeringen]
spider = "regjeringen"
base_url = "https://www.regjeringen.no"
name = "Regjeringen: integrering"
publisher = "Regjeringen"
# words = ["integrering*", "IMDi", "tolk"]    # what concerns you; there is a list to begin with

[sources.documents]           # only imported: imdifeed import FILE --source documents
spider = "documents"
name = "IMDi: dokumenter"
publisher = "IMDi"
"""


def new_secret() -> str:
    """Make a secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def write_configuration(path: Path) -> None:
    """Write the commented configuration with a fresh secret, readable by its owner only.

    Raises:
        FileExistsError: the file is there already.
    """
    text = _TEMPLATE.replace("{secret_key}", new_secret())
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
