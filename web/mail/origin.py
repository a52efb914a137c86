"""Where a form was sent from.

There is no cookie and no session, so nothing can be done in a reader's name without the token of a
mail. What is left to prevent is that other sites make their visitors send our forms.
"""

from flask import abort, request

from web.services import services
from web.wording import host_of


def refuse_other_sites(*, opaque_ok: bool = False) -> None:
    """Answer 403 when a browser says that the form stood on another site.

    What sends neither `Sec-Fetch-Site` nor `Origin` is no browser and passes. `opaque_ok` takes
    `Origin: null`, which browsers send from pages with the referrer policy `no-referrer`.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        if site not in {"same-origin", "none"}:
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin is None or (origin == "null" and opaque_ok):
        return
    # The public address may differ from Host behind a proxy, and Host from it on a test bench;
    # a page on another site can bring about neither.
    ours = {host_of(services().settings.site.site_url), request.host}
    if host_of(origin) not in ours:
        abort(403)
