"""Mails that anybody may ask for: the address checked, the limits kept, one answer for all."""

import math
from collections.abc import Callable
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from flask import current_app, request
from werkzeug.exceptions import TooManyRequests

from web.every_request.guard import Limiter, client_of, is_loopback, network_of
from web.language import gettext
from web.services import Services

#: mails that one network may ask for in an hour: a class that signs up together, and no more
MAILS_PER_HOUR = 30
_MINUTES_OF_AN_HOUR = 60
_LIMITER = "imdifeed.mails"


class AddressError(ValueError):
    """No address that mail can be sent to; the message is for the reader."""


def address_given() -> str:
    """Give the address of the form as mail servers of every age take it, in small letters.

    Raises:
        AddressError: nothing there that mail can be sent to.
    """
    given = request.form.get("email", "").strip()
    try:
        # the name set aside for tests (RFC 6761, 6.2) is good enough to try a sign-up with
        checked = validate_email(
            given,
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,
            test_environment=True,
        )
    except EmailNotValidError as error:
        raise AddressError(_complaint(given)) from error
    return (checked.ascii_email or checked.normalized).lower()


def keep_within_limits(served: Services) -> None:
    """Answer 429 where a network has asked for mails enough."""
    settings = served.settings
    forwarded = request.headers.get("X-Forwarded-For", "")
    client = client_of(request.remote_addr, forwarded, settings.proxies)
    if is_loopback(client):
        return
    limiter: Limiter = current_app.extensions.setdefault(_LIMITER, _limiter(settings.clock))
    if wait := limiter.wait(network_of(client)):
        raise TooManyRequests(retry_after=math.ceil(wait * _MINUTES_OF_AN_HOUR))


def too_many() -> TooManyRequests:
    """Make the answer to whoever asks for mails while there have been enough of them in all."""
    return TooManyRequests(retry_after=3600)


def _limiter(clock: Callable[[], datetime]) -> Limiter:
    """Make a limiter whose minute lasts an hour."""
    return Limiter(MAILS_PER_HOUR, clock=lambda: clock().timestamp() / _MINUTES_OF_AN_HOUR)


def _complaint(given: str) -> str:
    if not given:
        return gettext("Skriv e-postadressen din.")
    if "@" not in given:
        return gettext("E-postadressen mangler tegnet @. Skriv den slik: navn@kommune.no.")
    return gettext(
        "Dette er ikke en e-postadresse vi kan sende til. Skriv den slik: navn@kommune.no."
    )
