"""`/subscriptions`: a reader's own page, reached by a mailed link, and the link asked for anew."""

import json
from datetime import timedelta

from flask import Blueprint, Response, abort, render_template, request

from db.errors import QueryError, SignUpLimitError, TooManySignUpsError
from db.models import Category, Language, Message, Reader, Rhythm, Subscription
from db.query import EntryQuery
from feed.language import SPOKEN
from feed.letters import LINK_HOURS, Envelope, compose_link
from feed.links import in_language, manage_url
from feed.mail import message_id
from feed.wording import rhythm_label
from web.every_request.headers import private
from web.language import gettext, ui
from web.mail.asking import AddressError, address_given, keep_within_limits, too_many
from web.mail.origin import refuse_other_sites
from web.mail.subscriptions import read_rhythm, words_of
from web.mail.tokens import address_key, hash_token, new_token
from web.query_args import read_query
from web.services import Services, services
from web.wording import explain

blueprint = Blueprint("readers", __name__)

#: how long a link works that was asked for
LINK_LASTS = timedelta(hours=LINK_HOURS)


@blueprint.get("/subscriptions")
def link_form() -> Response:
    """Ask for the address to send a link to."""
    return _link_page(email="", error="")


@blueprint.post("/subscriptions")
def ask_for_link() -> Response:
    """Mail a link to an address' subscriptions. The answer is the same whether there are any."""
    refuse_other_sites()
    served = services()
    try:
        email = address_given()
    except AddressError as error:
        return _link_page(email=request.form.get("email", "").strip(), error=str(error))
    keep_within_limits(served)
    _send_link(email, served)
    return private(Response(render_template("link_sent.html"), mimetype="text/html"))


@blueprint.get("/subscriptions/<token>")
def manage(token: str) -> Response:
    """Show a reader's subscriptions."""
    return _page(token, _reader(token))


@blueprint.post("/subscriptions/<token>")
def change(token: str) -> Response:
    """Do one thing to a reader's subscriptions and show them again; twice does no more."""
    refuse_other_sites(opaque_ok=True)
    reader = _reader(token)
    readers, now = services().store.readers, services().settings.clock()
    action = request.form.get("action", "")
    match action:
        case "change":
            return _page(token, reader, **_change(reader, _chosen(reader)))
        case "pause":
            readers.pause(reader, _chosen(reader).id, now=now)
            done = gettext("Abonnementet står stille til du starter det igjen.")
        case "resume":
            readers.resume(reader, _chosen(reader).id, now=now)
            done = gettext("Abonnementet er i gang igjen. Du får det som kommer fra nå av.")
        case "end":
            readers.end(reader, [_chosen(reader).id], reason="own page", now=now)
            done = gettext("Abonnementet er avsluttet.")
        case "end-all":
            numbers = [one.id for one in reader.subscriptions]
            readers.end(reader, numbers, reason="own page", now=now)
            done = gettext("Alle abonnementene er avsluttet.")
        case "lift":
            readers.lift(reader)
            done = gettext("Vi prøver adressen igjen ved neste utsending.")
        case "erase":
            readers.erase(reader, now=now)
            page = render_template("erased.html")
            return private(Response(page, mimetype="text/html"))
        case _:
            abort(400)
    return _page(token, reader, done=done)


@blueprint.get("/subscriptions/<token>/export")
def export(token: str) -> Response:
    """Give all that is stored about a reader, as a file."""
    data = services().store.readers.personal_data(_reader(token))
    text = json.dumps(data, ensure_ascii=False, indent=2)
    response = Response(text + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="imdifeed.json"'
    return private(response)


def _reader(token: str) -> Reader:
    return services().store.readers.behind(hash_token(token), now=services().settings.clock())


def _chosen(reader: Reader) -> Subscription:
    """Give the subscription that the form is about, where it is the reader's own."""
    number = request.form.get("subscription", "")
    chosen = next((one for one in reader.subscriptions if str(one.id) == number), None)
    if chosen is None:
        abort(400)
    return chosen


def _change(reader: Reader, subscription: Subscription) -> dict[str, str]:
    """Change query, rhythm and corrections as the form says; give what to tell the reader."""
    served = services()
    present = EntryQuery.from_canonical(subscription.query)
    # the form has the words; what else the query chooses stays
    kept = [pair for pair in present.parameters() if pair[0] != "q"]
    vocabulary = served.store.vocabulary.known()
    try:
        query = read_query([*kept, ("q", request.form.get("q", ""))], None)
    except QueryError as error:
        return {"error": explain(error, vocabulary)}
    changed = served.store.readers.change(
        reader,
        subscription.id,
        query=query.canonical(),
        rhythm=read_rhythm(request.form.get("rhythm", "")),
        language=_language(request.form.get("language", ""), subscription),
        corrections=request.form.get("corrections") == "1",
        now=served.settings.clock(),
    )
    if not changed:
        return {"error": gettext("Du følger dette søket fra før. Abonnementet er ikke endret.")}
    return {"done": gettext("Abonnementet er endret.")}


def _language(given: str, subscription: Subscription) -> Language:
    """Read the language of the mails; what it was where none of ours is named."""
    return Language(given) if given in SPOKEN else subscription.language


def _page(token: str, reader: Reader, *, done: str = "", error: str = "") -> Response:
    if done:
        reader = _reader(token)
    page = render_template(
        "manage.html",
        reader=reader,
        active=[_shown(one) for one in reader.subscriptions if one.ended is None],
        ended=[_shown(one) for one in reader.subscriptions if one.ended],
        rhythms=[(one, rhythm_label(one, ui())) for one in Rhythm],
        done=done,
        error=error,
        export=services().path(f"/subscriptions/{token}/export"),
    )
    return private(Response(page, 400 if error else 200, mimetype="text/html"))


def _shown(subscription: Subscription) -> dict[str, object]:
    query = EntryQuery.from_canonical(subscription.query)
    return {
        "subscription": subscription,
        "query": query,
        "words": words_of(query),
        "rhythm": rhythm_label(subscription.rhythm, ui()),
    }


def _link_page(*, email: str, error: str) -> Response:
    page = render_template("link_form.html", email=email, error=error)
    return private(Response(page, 400 if error else 200, mimetype="text/html"))


def _send_link(email: str, served: Services) -> None:
    settings, now = served.settings, served.settings.clock()
    token = new_token()
    token_hash = hash_token(token)
    identity = message_id(f"link:{token_hash}", settings.sender)
    envelope = Envelope(
        sender=settings.sender,
        recipient=email,
        message_id=identity,
        now=now,
        language=ui(),
    )
    address = in_language(manage_url(settings.site, token), ui())
    message = Message(
        category=Category.CONFIRMATION,
        recipient=email,
        message_id=identity,
        dedupe_key=f"link:{token_hash}",
        data=compose_link(envelope, manage_url=address, site=settings.site),
    )
    try:
        served.store.readers.request_link(
            email,
            address_key=address_key(email, settings.secret_key),
            token_hash=token_hash,
            message=message,
            now=now,
            expires=now + LINK_LASTS,
        )
    except SignUpLimitError:
        # The answer is the same: whether an address is known is nobody else's business.
        pass
    except TooManySignUpsError as error:
        raise too_many() from error
    settings.on_queued()
