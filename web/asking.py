"""Mails that anybody may ask for: the address checked, the limits kept, one answer for all."""

from email_validator import EmailNotValidError, validate_email
from flask import current_app, request
from werkzeug.exceptions import TooManyRequests

from web.language import gettext
from web.networks import NetworkLimit
from web.services import Services

_LIMIT = "imdifeed.networks"
_RETRY_SECONDS = 3600


class AddressError(ValueError):
    """No address that mail can be sent to; the message is for the reader."""


def address_given() -> str:
    """Give the address of the form as mail servers of every age take it, in small letters.

    Raises:
        AddressError: nothing there that mail can be sent to.
    """
    given = request.form.get("email", "").strip()
    try:
        checked = validate_email(
            given, check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError as error:
        raise AddressError(_complaint(given)) from error
    return (checked.ascii_email or checked.normalized).lower()


def keep_within_limits(served: Services) -> None:
    """Answer 429 where a network has asked for mails enough."""
    limit: NetworkLimit = current_app.extensions.setdefault(_LIMIT, NetworkLimit())
    if not limit.takes(request.remote_addr, served.settings.clock()):
        raise too_many()


def too_many() -> TooManyRequests:
    """Make the answer to whoever asks for mails while there have been enough of them."""
    return TooManyRequests(retry_after=_RETRY_SECONDS)


def _complaint(given: str) -> str:
    if not given:
        return gettext("Skriv e-postadressen din.")
    if "@" not in given:
        return gettext("E-postadressen mangler tegnet @. Skriv den slik: navn@kommune.no.")
    return gettext(
        "Dette er ikke en e-postadresse vi kan sende til. Skriv den slik: navn@kommune.no."
    )
