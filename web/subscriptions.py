"""Email: sign-up, confirmation and leaving. Links show on GET and act on POST only."""

from datetime import timedelta
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, Response, abort, render_template, request

from db.errors import SignUpLimitError
from db.models import Category, Language, Message, Rhythm, Subscription, SubscriptionRequest
from db.query import EntryQuery, Paging
from feed.digest import CONFIRMATION_DAYS, compose_confirmation
from feed.links import confirm_url
from feed.wording import query_in_words
from web.headers import private
from web.listings import names_of
from web.origin import refuse_other_sites
from web.query_args import QUERY_PARAMETERS, read_query
from web.services import Services, services
from web.tokens import hash_token, new_token
from web.wording import entries_in_words

blueprint = Blueprint("subscriptions", __name__)

#: how long a sign-up waits for its confirmation
CONFIRM_WITHIN = timedelta(days=CONFIRMATION_DAYS)
#: the body of a one-click POST (RFC 8058)
_ONE_CLICK = ("List-Unsubscribe", "One-Click")


@blueprint.get("/subscribe")
def sign_up_form() -> str:
    """Show what would be followed, and ask for an address."""
    return _form(_read_query(), email="", error="")


@blueprint.post("/subscribe")
def sign_up() -> Response:
    """Put a confirmation in the outbox. Known and unknown addresses get the same answer."""
    refuse_other_sites()
    served = services()
    query = _read_query()
    if request.form.get("rhythm", Rhythm.DAILY) != Rhythm.DAILY:
        abort(400)
    given = request.form.get("email", "").strip()
    try:
        email = _address(given)
    except EmailNotValidError:
        error = _complaint(given)
        page = _form(query, email=given, error=error)
        return private(Response(page, 400, mimetype="text/html"))
    wanted = SubscriptionRequest(
        email=email,
        query=query.canonical(),
        rhythm=Rhythm.DAILY,
        language=Language.BOKMAL,
    )
    _request(wanted, query, served)
    page = render_template("subscribe_sent.html", query=query, words=_words(query))
    return private(Response(page, mimetype="text/html"))


@blueprint.get("/confirm/<token>")
def confirm_form(token: str) -> Response:
    """Show what a confirmation would start."""
    served = services()
    wanted = served.store.subscriptions.requested(hash_token(token), now=served.settings.clock())
    words = _words(EntryQuery.from_canonical(wanted.query))
    return private(Response(render_template("confirm.html", words=words), mimetype="text/html"))


@blueprint.post("/confirm/<token>")
def confirm(token: str) -> Response:
    """Start a subscription; the same link again changes nothing."""
    refuse_other_sites(opaque_ok=True)
    served = services()
    started = served.store.subscriptions.confirm(hash_token(token), now=served.settings.clock())
    query = EntryQuery.from_canonical(started.query)
    page = render_template(
        "confirmed.html", query=query, words=_words(query), ended=started.ended is not None
    )
    return private(Response(page, mimetype="text/html"))


@blueprint.get("/unsubscribe/<token>")
def unsubscribe_form(token: str) -> Response:
    """Show what leaving would end."""
    found = services().store.subscriptions.behind(hash_token(token))
    active = [one for one in found if one.ended is None]
    return _unsubscribe_page(active or found, active=bool(active))


@blueprint.post("/unsubscribe/<token>")
def unsubscribe(token: str) -> Response:
    """End what a link stands for, by our button or by a mailbox provider's one click."""
    one_click = request.form.get(_ONE_CLICK[0]) == _ONE_CLICK[1]
    if not one_click:
        refuse_other_sites(opaque_ok=True)
    served = services()
    served.store.subscriptions.end(
        hash_token(token),
        reason="one-click" if one_click else "unsubscribe page",
        now=served.settings.clock(),
    )
    found = served.store.subscriptions.behind(hash_token(token))
    return _unsubscribe_page(found, active=False, done=True)


def _request(wanted: SubscriptionRequest, query: EntryQuery, served: Services) -> None:
    settings = served.settings
    token = new_token()
    token_hash = hash_token(token)
    now = settings.clock()
    host = urlsplit(settings.site.site_url).hostname or "localhost"
    message_id = f"<confirm.{token_hash[:32]}@{host}>"
    names = names_of(served)
    message = Message(
        category=Category.CONFIRMATION,
        recipient=wanted.email,
        message_id=message_id,
        dedupe_key=f"confirmation:{token_hash}",
        data=compose_confirmation(
            query=query,
            confirm_url=confirm_url(settings.site, token),
            site=settings.site,
            sender=settings.sender,
            recipient=wanted.email,
            message_id=message_id,
            now=now,
            tags=names.tags,
            sources=names.sources,
        ),
    )
    try:
        served.store.subscriptions.request(
            wanted, token_hash=token_hash, message=message, now=now, expires=now + CONFIRM_WITHIN
        )
    except SignUpLimitError:
        # The reader gets the same page: whether an address is known is nobody else's business.
        return
    settings.on_queued()


def _read_query() -> EntryQuery:
    """Read the query of the form, or of the address where the form names none."""
    pairs = list(request.form.items(multi=True))
    if not any(name in QUERY_PARAMETERS for name, _ in pairs):
        pairs = list(request.args.items(multi=True))
    return read_query(pairs, services().store.vocabulary.known()).selection()


def _address(given: str) -> str:
    """Check an address by its form alone; give it as mail servers of every age take it."""
    checked = validate_email(given, check_deliverability=False, allow_smtputf8=False, strict=True)
    return checked.ascii_email or checked.normalized


def _complaint(given: str) -> str:
    if not given:
        return "Skriv e-postadressen din."
    if "@" not in given:
        return "E-postadressen mangler tegnet @. Skriv den slik: navn@kommune.no."
    return "Dette er ikke en e-postadresse vi kan sende til. Skriv den slik: navn@kommune.no."


def _words(query: EntryQuery) -> str:
    names = names_of(services())
    return query_in_words(query, names.tags, names.sources)


def _form(query: EntryQuery, *, email: str, error: str) -> str:
    found = services().store.entries.search(query, Paging(per_page=1))
    return render_template(
        "subscribe.html",
        query=query,
        words=_words(query),
        chosen=bool(query.parameters()),
        size=f"Det er publisert {entries_in_words(found.total)} av dette til nå.",
        email=email,
        error=error,
    )


def _unsubscribe_page(found: list[Subscription], *, active: bool, done: bool = False) -> Response:
    queries = [EntryQuery.from_canonical(one.query) for one in found]
    heading = "Meld deg av" if active else "Du er meldt av"
    page = render_template(
        "unsubscribe.html",
        heading=heading,
        active=active,
        done=done,
        choices=[
            {"words": _words(query), "again": services().path("/subscribe", query)}
            for query in queries
        ],
    )
    return private(Response(page, mimetype="text/html"))
