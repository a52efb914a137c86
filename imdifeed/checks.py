"""What a setting may be: each check gives None, or what is wrong in words that end a sentence."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

_PLAIN_ADDRESS = r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
#: what nobody need look at twice: `drift@example.no`, `IMDi-nytt <nytt@example.no>`
_PLAIN_MAILBOX = rf"{_PLAIN_ADDRESS}|[a-z0-9][a-z0-9 -]*<{_PLAIN_ADDRESS}>"
#: a word with letters, and no star within
_STARLESS = r"[^*]*[^\W_][^*]*"


def one_of(*values: str) -> Callable[[str], str | None]:
    """Make a check that takes these values only."""
    return lambda value: None if value in values else f"must be one of {', '.join(values)}"


def not_the_placeholder(value: str) -> str | None:
    """Refuse a secret that was copied from the documentation."""
    return (
        "is still the placeholder; `imdifeed init` makes one" if set(value) <= set("….") else None
    )


def web_address(value: str) -> str | None:
    """Take http and https addresses, without a user, parameters or a fragment."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # read to be checked
        if (
            parts.scheme in ("http", "https")
            and parts.hostname
            and not re.search(r"[\s@?#]", value)
        ):
            return None
    except ValueError:
        pass
    return "must be an address such as https://imdifeed.example.no"


def authority(value: str) -> str | None:
    """Take `domain,date` as RFC 4151 writes it."""
    if re.fullmatch(r"[a-z0-9.-]+,\d{4}(-\d{2}(-\d{2})?)?", value, re.ASCII):
        return None
    return "must be a domain and a year, such as imdifeed.example,2026 (RFC 4151)"


def mailbox(value: str) -> str | None:
    """Take an email address, with or without a display name."""
    if re.fullmatch(_PLAIN_MAILBOX, value, re.ASCII | re.IGNORECASE):
        return None
    # imported here: it takes as long as a command, and addresses are mostly plain
    from email.errors import MessageError
    from email.headerregistry import Address
    from email.utils import getaddresses

    try:
        ((_name, address),) = getaddresses([value])
        Address(addr_spec=address)
    except (MessageError, ValueError, IndexError):
        address = ""
    return None if "@" in address else "must be an email address, with or without a name"


def bare_address(value: str) -> str | None:
    """Take an email address without a name and without a "+", which we put in ourselves."""
    if re.fullmatch(r"[a-z0-9._-]{1,25}@[a-z0-9.-]{1,200}", value, re.ASCII | re.IGNORECASE):
        return None
    return "must be an email address of letters, digits, dots and hyphens, such as retur@example.no"


def port(value: int) -> str | None:
    """Take a TCP port."""
    return None if 1 <= value <= 65535 else "must be a port, from 1 to 65535"


def number(least: int, most: int) -> Callable[[int], str | None]:
    """Make a check that takes whole numbers from `least` to `most`."""
    return lambda value: None if least <= value <= most else f"must be from {least} to {most}"


def host_names(value: list[object]) -> str | None:
    """Take names or addresses of hosts, without scheme and port."""
    for host in value:
        if not isinstance(host, str) or not re.fullmatch(r"[a-z0-9.:-]{1,253}", host, re.I | re.A):
            return f'must be names such as "nytt.example.no", not {host!r}'
    return None


def delay(value: float) -> str | None:
    """Take seconds up to an hour."""
    return None if 0 <= value <= 3600 else "must be seconds, from 0 to 3600"


def terms(value: list[object]) -> str | None:
    """Take words or phrases, in which a word may have a `*` before or after it, but not both."""
    for term in value:
        words = term.split() if isinstance(term, str) else []
        bare = [
            word.removeprefix("*") if word[0] == "*" else word.removesuffix("*") for word in words
        ]
        if not words or not all(re.fullmatch(_STARLESS, word) for word in bare):
            return f'must be texts such as "tolk" or "integrering*", not {term!r}'
    return None
