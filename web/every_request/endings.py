"""Tags that were: an address with a former name leads on, or says that the tag has ended."""

from urllib.parse import urlencode

from flask import Flask, Response, request

from db.errors import UnknownValueError
from db.models import FormerTag
from web.every_request.errors import error_page, query_error
from web.language import gettext
from web.services import services


def install(app: Flask) -> None:
    """Have an application know its former tags in every address that takes a query."""
    app.register_error_handler(UnknownValueError, _unknown)


def gone(tag: FormerTag) -> Response:
    """Say that a tag has ended, for good."""
    return error_page(
        410,
        heading=gettext("Temaet er avsluttet"),
        explanation=gettext(
            "Temaet «%(label)s» brukes ikke lenger. Sakene finnes fortsatt, under andre temaer.",
            label=tag.label,
        ),
        message=f"the tag {tag.slug} was ended on {tag.ended}",
    )


def moved(former: dict[str, FormerTag]) -> Response:
    """Lead to the same address with the present names of tags, and say so."""
    pairs = [
        (name, former[value].now if name == "tag" and value in former else value)
        for name, value in request.args.items(multi=True)
    ]
    address = f"{services().root}{request.path}?{urlencode(list(dict.fromkeys(pairs)))}"
    renamed = [tag for slug, tag in former.items() if slug in request.args.getlist("tag")]
    response = error_page(
        301,
        heading=gettext("Temaet har fått nytt navn"),
        explanation=gettext(
            "%(labels)s heter noe annet nå, og adressen er endret.",
            labels=", ".join(f"«{tag.label}»" for tag in renamed),
        ),
        message="; ".join(f"the tag {tag.slug} is now called {tag.now}" for tag in renamed),
    )
    response.headers["Location"] = address
    return response


def _unknown(error: UnknownValueError) -> Response:
    former = services().store.vocabulary.former() if error.parameter == "tag" else {}
    tag = former.get(error.value)
    if tag and tag.ended:
        return gone(tag)
    if tag and request.method in {"GET", "HEAD"}:
        return moved({slug: one for slug, one in former.items() if one.now})
    return query_error(error)
