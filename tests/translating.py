"""Collect what is to be translated, and bring the catalogues up to it: `make translations`."""

import io
import re
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from db.models import Language
from feed.language import DOMAIN, SPOKEN, catalogue_path

ROOT = Path(__file__).parents[1]
FOLDERS = ("feed", "web")
TRANSLATED = SPOKEN[1:]
#: functions whose texts are translated; `marked` texts are, where they are used
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None}
METHODS = [
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**.py", "python"),
]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")


@cache
def collected() -> Catalog:
    """Give every text of the interface, with where it stands."""
    catalogue = Catalog(domain=DOMAIN, charset="utf-8")
    for folder in FOLDERS:
        for file, _line, text, _comments, context in extract_from_dir(
            ROOT / folder,
            method_map=METHODS,
            options_map={"**/templates/**.*": {"trimmed": "true", "encoding": "utf-8"}},
            keywords=KEYWORDS,  # type: ignore[arg-type]  # babel's own default has the same form
        ):
            place = (f"{folder}/{Path(file).as_posix()}", None)
            catalogue.add(text, None, [place], context=context)  # type: ignore[list-item]
    return catalogue


def stored(language: Language) -> Catalog:
    """Give the catalogue of a language as it is."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language.value, domain=DOMAIN, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language.value, domain=DOMAIN)


def written(catalogue: Catalog) -> bytes:
    """Give a catalogue as a file: sorted, without dates, so that a change is all its diff shows."""
    plain = Catalog(locale=catalogue.locale, domain=DOMAIN, charset="utf-8", fuzzy=False)
    for message in catalogue:
        if message.id:
            plain.add(message.id, message.string, message.locations, context=message.context)
    target = io.BytesIO()
    write_po(target, plain, width=100, sort_output=True, include_lineno=False, omit_header=True)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalogue.locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return header.encode() + target.getvalue().lstrip()


def brought_up(language: Language) -> Catalog:
    """Give a catalogue with exactly the texts there are now; new ones have no translation yet."""
    known = {(message.context, message.id): message.string for message in stored(language)}
    fresh = Catalog(locale=language.value, domain=DOMAIN, charset="utf-8")
    for message in collected():
        if message.id:
            string = known.get((message.context, message.id))
            fresh.add(message.id, string, message.locations, context=message.context)
    return fresh


def main() -> None:
    """Write the catalogues anew and say what they lack."""
    for language in TRANSLATED:
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = brought_up(language)
        path.write_bytes(written(catalogue))
        missing = [message.id for message in catalogue if message.id and not _whole(message.string)]
        print(f"{language}: {len(catalogue)} texts, {len(missing)} to be translated")


def _whole(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


if __name__ == "__main__":
    main()
