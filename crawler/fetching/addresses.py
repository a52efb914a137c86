"""Addresses as publishers write them: pure functions that no malformed one can upset."""

import ipaddress
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|msclkid|mc_[ce]id")


def web_address(href: str, base_url: str = "") -> str:
    """Give an absolute http(s) address, or nothing where there is none."""
    try:
        url = urljoin(base_url, href.strip())
        parts = urlsplit(url)
        usable = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return url if usable else ""


def same_site(url: str, base_url: str) -> bool:
    """Tell whether an address lies at the given host; `www.` and https make no difference."""
    site = _site(url)
    return site is not None and site == _site(base_url)


def is_loopback(url: str) -> bool:
    """Tell whether an address points at this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def origin(url: str) -> str:
    """Give scheme and host of an address, `http://127.0.0.1:8000`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def canonical_path(url: str) -> str:
    """Give what a page is known by within its site: path with a final slash, no tracking.

    Scheme, host and fragment are dropped, and so are parameters that only follow readers; what is
    left of the parameters is sorted.
    """
    parts = urlsplit(url)
    path = quote(unquote(parts.path), safe="/-._~!$&'()*+,;=:@")
    name = path.rsplit("/", 1)[-1]
    if "." not in name and not path.endswith("/"):
        path += "/"
    kept = [
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(pair[0].lower())
    ]
    return urlunsplit(("", "", path or "/", urlencode(sorted(kept)), ""))


def _site(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or port is None:
        return None
    return parts.hostname.removeprefix("www."), 443 if port == 80 else port
