"""What to try where a query finds nothing."""

from collections.abc import Iterator
from dataclasses import replace

from db.query import EntryQuery, Paging
from web.language import gettext
from web.listing import facets
from web.services import Services

Choice = facets.Choice

#: words of a search that are tried without each of them
_MOST_WORDS = 6


def suggestions(query: EntryQuery, names: facets.Names, served: Services) -> list[Choice]:
    """Give addresses of wider queries, each saying what it changes."""
    chosen = facets.active(query, names, served)
    found = [*_of_words(query, served), *_of_dates(query, served)]
    if query.q and chosen:
        words = EntryQuery(q=query.q)
        found.append(
            Choice(gettext("Søk etter ordene i alt, uten filtre"), served.path("/", words))
        )
    found += [
        Choice(gettext("Fjern filteret %(name)s", name=one.label), one.address) for one in chosen
    ]
    if query.q and chosen:
        filters = replace(query, q="", sort=None)
        found.append(Choice(gettext("Behold filtrene og fjern ordene"), served.path("/", filters)))
    return found


def _of_words(query: EntryQuery, served: Services) -> list[Choice]:
    if query.exact:
        anyhow = replace(query, exact=False)
        return [Choice(gettext("Søk etter ordene i alle former"), served.path("/", anyhow))]
    if '"' in query.q:
        loose = replace(query, q=query.q.replace('"', " ").strip())
        return [Choice(gettext("Søk uten anførselstegn"), served.path("/", loose))]
    return list(_without_one(query, served))


def _without_one(query: EntryQuery, served: Services) -> Iterator[Choice]:
    """Give the searches that find something when a single word is left out."""
    words = query.q.split()
    if not 1 < len(words) <= _MOST_WORDS:
        return
    for place, word in enumerate(words):
        fewer = replace(query, q=" ".join(words[:place] + words[place + 1 :]))
        if served.store.entries.search(fewer, Paging(per_page=1)).total:
            yield Choice(gettext("Søk uten «%(word)s»", word=word), served.path("/", fewer))


def _of_dates(query: EntryQuery, served: Services) -> list[Choice]:
    if query.from_date and query.to_date and query.from_date > query.to_date:
        turned = replace(query, from_date=query.to_date, to_date=query.from_date)
        label = gettext("Bytt om datoene, for fra er etter til")
        return [Choice(label, served.path("/", turned))]
    return []
