"""The public face of an installation, as its feeds and mails state it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """Where readers find us, and the name that makes our ids permanent."""

    #: public address, `https://imdifeed.example`
    site_url: str
    #: authority of `tag:` ids (RFC 4151), `imdifeed.example,2026`; never changes
    authority: str
    #: name of the service, as titles and mails give it
    name: str = "IMDi-nytt"
    #: address people can write to; empty where none is configured
    contact: str = ""
    #: WebSub hub that is told of news in feeds; empty for none
    hub: str = ""

    @property
    def base(self) -> str:
        """The public address without a slash at its end."""
        return self.site_url.rstrip("/")

    @property
    def authority_name(self) -> str:
        """The domain or address part of the authority, `imdifeed.example`."""
        return self.authority.partition(",")[0]
