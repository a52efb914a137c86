"""What an entry's addresses answer once somebody had it taken down."""

from flask import Flask, Response

from db.errors import EntryTakenDownError
from web.every_request.errors import error_page
from web.language import gettext


def install(app: Flask) -> None:
    """Answer for entries that were taken down: gone, and why that may be."""
    app.register_error_handler(EntryTakenDownError, _taken_down)


def _taken_down(error: EntryTakenDownError) -> Response:
    explanation = gettext(
        "Teksten og alt som hørte til den, er slettet her fordi noen som hadde rett til det, ba om"
        " det. Spør utgiveren hvis du leter etter den."
    )
    return error_page(
        410, heading=gettext("Saken er tatt ned"), explanation=explanation, message=str(error)
    )
