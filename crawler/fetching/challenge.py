"""What a guard at a site's door answers in place of what was asked for."""

import re

from crawler.errors import ShapeError

# Marks of challenges and refusals by Cloudflare, Imperva and Akamai, whatever their language.
# Cloudflare's folder /cdn-cgi/challenge-platform/ is in ordinary pages too.
_MARKS = re.compile(
    rb"_cf_chl_opt|cf-chl-|/orchestrate/chl_page|cf-browser-verification|cf-error-details"
    rb"|id=[\"']cf-wrapper[\"']|<title>\s{0,20}just a moment"
    rb"|_Incapsula_Resource|/_sec/cp_challenge/",
    re.I,
)


def is_challenge(body: bytes) -> bool:
    """Tell whether an answer is a challenge that only a browser can meet."""
    return bool(_MARKS.search(body))


def refuse_challenge(body: bytes) -> None:
    """Refuse a challenge.

    Raises:
        ShapeError: it is one.
    """
    if is_challenge(body):
        raise ShapeError("expected a page, got a challenge that asks for a browser")
