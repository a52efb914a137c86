"""Email: sign-up and confirmation. Links show on GET and act on POST only."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, abort, render_template, request

from db.errors import SignUpLimitError, TooManySignUpsError
from db.models import Category, Message, Rhythm, SubscriptionRequest
from db.query import EntryQuery
from feed.language import translations
from feed.letters import CONFIRMATION_DAYS, Envelope, compose_confirmation
from feed.links import confirm_url, in_language, refuse_url
from feed.mail import message_id
from feed.stories import Names as StoryNames
from feed.wording import query_in_words, rhythm_label
from web.every_request.headers import private
from web.language import gettext, ui
from web.mail.asking import AddressError, address_given, keep_within_limits, too_many
from web.mail.origin import refuse_other_sites
from web.mail.preview import preview
from web.mail.tokens import address_key, hash_token, new_token
from web.naming import names_of
from web.query_args import QUERY_PARAMETERS, read_query
from web.services import Services, services

blueprint = Blueprint("subscriptions", __name__)

#: how long a sign-up waits for its confirmation
CONFIRM_WITHIN = timedelta(days=CONFIRMATION_DAYS)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a form asks for besides the address."""

    query: EntryQuery
    rhythm: Rhythm
    corrections: bool


@blueprint.get("/subscribe")
def sign_up_form() -> str:
    """Show what would be followed and what it would have brought, and ask for an address."""
    return _form(_read_choice(), email="", error="")


@blueprint.post("/subscribe")
def sign_up() -> Response:
    """Put a confirmation in the outbox. Known and unknown addresses get the same answer."""
    refuse_other_sites()
    served = services()
    choice = _read_choice()
    try:
        email = address_given()
    except AddressError as error:
        page = _form(choice, email=request.form.get("email", "").strip(), error=str(error))
        return private(Response(page, 400, mimetype="text/html"))
    keep_within_limits(served)
    wanted = SubscriptionRequest(
        email=email,
        query=choice.query.canonical(),
        rhythm=choice.rhythm,
        language=ui(),
        corrections=choice.corrections,
        wording=consent(choice.query),
        address_key=address_key(email, served.settings.secret_key),
    )
    _request(wanted, choice, served)
    page = render_template("subscribe_sent.html", query=choice.query, words=words_of(choice.query))
    return private(Response(page, mimetype="text/html"))


@blueprint.get("/confirm/<token>")
def confirm_form(token: str) -> Response:
    """Show what a confirmation would start."""
    subscriptions, now = services().store.subscriptions, services().settings.clock()
    wanted = subscriptions.requested(hash_token(token), now=now)
    page = render_template(
        "confirm.html",
        words=words_of(EntryQuery.from_canonical(wanted.query)),
        rhythm=wanted.rhythm,
        corrections=wanted.corrections,
        wording=wanted.wording,
        present=subscriptions.present(hash_token(token), now=now),
        refuse=services().path(f"/refuse/{token}"),
    )
    return private(Response(page, mimetype="text/html"))


@blueprint.post("/confirm/<token>")
def confirm(token: str) -> Response:
    """Start a subscription; the same link again changes nothing."""
    refuse_other_sites(opaque_ok=True)
    served = services()
    started = served.store.subscriptions.confirm(hash_token(token), now=served.settings.clock())
    query = EntryQuery.from_canonical(started.query)
    page = render_template(
        "confirmed.html",
        query=query,
        words=words_of(query),
        rhythm=started.rhythm,
        ended=started.ended is not None,
    )
    return private(Response(page, mimetype="text/html"))


def consent(query: EntryQuery) -> str:
    """Give what a reader agrees to, as the form says it and the store keeps it."""
    return gettext(
        "Jeg vil ha nye saker om %(words)s på e-post. %(site)s lagrer adressen min og bruker den"
        " bare til dette. Jeg kan trekke samtykket tilbake når som helst.",
        words=words_of(query),
        site=services().settings.site.name,
    )


def words_of(query: EntryQuery) -> str:
    """Say what a query chooses, in the language of the page."""
    names = names_of(services())
    return query_in_words(query, names.tags, names.sources, names.language)


def read_rhythm(text: str) -> Rhythm:
    """Read a rhythm of a form; daily where none is named."""
    try:
        return Rhythm(text or Rhythm.DAILY)
    except ValueError:
        abort(400)


def _request(wanted: SubscriptionRequest, choice: Choice, served: Services) -> None:
    settings = served.settings
    token = new_token()
    token_hash = hash_token(token)
    now = settings.clock()
    identity = message_id(f"confirmation:{token_hash}", settings.sender)
    names = names_of(served)
    message = Message(
        category=Category.CONFIRMATION,
        recipient=wanted.email,
        message_id=identity,
        dedupe_key=f"confirmation:{token_hash}",
        data=compose_confirmation(
            Envelope(
                sender=settings.sender,
                recipient=wanted.email,
                message_id=identity,
                now=now,
                language=wanted.language,
            ),
            query=choice.query,
            rhythm=choice.rhythm,
            confirm_url=in_language(confirm_url(settings.site, token), wanted.language),
            refuse_url=in_language(refuse_url(settings.site, token), wanted.language),
            site=settings.site,
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
        pass
    except TooManySignUpsError as error:
        raise too_many() from error
    settings.on_queued()


def _read_choice() -> Choice:
    """Read the choice of the form, or of the address where the form names none."""
    pairs = list(request.form.items(multi=True))
    if not any(name in QUERY_PARAMETERS for name, _ in pairs):
        pairs = [*request.args.items(multi=True), *pairs]
    query = read_query(pairs, services().store.vocabulary.known()).selection()
    given = dict(pairs)
    return Choice(query, read_rhythm(given.get("rhythm", "")), given.get("corrections") == "1")


def _form(choice: Choice, *, email: str, error: str) -> str:
    served = services()
    names = names_of(served)
    told_by = StoryNames(served.settings.site, names.tags, names.sources, ui())
    return render_template(
        "subscribe.html",
        query=choice.query,
        words=words_of(choice.query),
        chosen=bool(choice.query.parameters()),
        rhythm=choice.rhythm,
        corrections=choice.corrections,
        rhythms=[(one, rhythm_label(one, ui())) for one in Rhythm],
        say=translations(ui()),
        preview=preview(choice.query, choice.rhythm, served, told_by, served.settings.clock()),
        consent=consent(choice.query),
        email=email,
        error=error,
    )
