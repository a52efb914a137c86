"""What a request is for, written on the request so that middlewares know it."""

from enum import StrEnum

from scrapy import Request

#: key of a request's `meta`: its role
ROLE = "imdifeed_role"
#: key of a request's `meta`: set where its answer was not handed to the spider
NOT_READ = "imdifeed_not_read"


class Role(StrEnum):
    """What an address holds."""

    #: names entries; read by every run
    LIST = "list"
    #: holds entries; read when new, and looked at again ever more seldom
    ENTRY = "entry"


def role_of(request: Request) -> Role | None:
    """Tell what a request is for; None for robots.txt."""
    role: Role | None = request.meta.get(ROLE)
    return role


def asked_url(request: Request) -> str:
    """Give the address that was asked for, before any redirect."""
    first: str = request.meta.get("redirect_urls", [request.url])[0]
    return first
