"""The state that pages of PRS hosts carry for their own scripts: a release, in one of its forms.

`window.__INITIAL_STATE__ = '…'` holds JSON, percent-encoded and then base64. Its shape is known for
short messages only, so an ordinary release is searched for by its number.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from crawler.shapes.prs_addresses import language_key
from crawler.shapes.prs_fields import body_of, mapping, text

#: what stands beyond so many objects is not searched
MOST_OBJECTS = 200_000

_ASSIGNED = re.compile(r"__INITIAL_STATE__[\"'\]]*\s*=\s*(?:JSON\.parse\(\s*)?")
_PACKED = re.compile(r"[\"'`]([A-Za-z0-9+/_=%.~!*()-]+)[\"'`]")


def find_release(page: str, number: int, *, base_url: str) -> dict[str, Any] | None:
    """Find a release in a page's state; give it as the interface would, or None.

    Takes the source of the page. Of several objects with the number, the one with most text.
    """
    found = [
        release
        for state in _states(page)
        for record, key in _objects(state)
        if (release := _release(record, key, number, base_url))
    ]
    return max(found, key=_length, default=None)


def _states(page: str) -> Iterator[Any]:
    for assigned in _ASSIGNED.finditer(page):
        packed = _PACKED.match(page, assigned.end())
        try:
            if packed:
                yield json.loads(_unpacked(packed[1]))
            else:
                yield json.JSONDecoder().raw_decode(page, assigned.end())[0]
        except (ValueError, RecursionError):
            continue


def _unpacked(packed: str) -> str:
    """Give the JSON in a state: base64 of percent-encoded text, or percent-encoded alone."""
    if packed.startswith("%7B"):
        return unquote(packed)
    try:
        plain = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=None)
    except binascii.Error:
        return ""
    decoded = plain.decode("utf-8", "replace")
    return decoded if decoded.lstrip().startswith(("{", "[")) else unquote(decoded)


def _objects(state: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Walk through the objects of a state, each with the name it stands under."""
    waiting: list[tuple[Any, str]] = [(state, "")]
    for _ in range(MOST_OBJECTS):
        if not waiting:
            return
        value, key = waiting.pop()
        if isinstance(value, dict):
            yield value, key
            waiting.extend((inner, name) for name, inner in reversed(value.items()))
        elif isinstance(value, list):
            waiting.extend((inner, key) for inner in reversed(value))


def _release(record: dict[str, Any], key: str, number: int, base_url: str) -> dict[str, Any] | None:
    """Give an object as a release of the interface, if it is the one with this number."""
    fields = {**mapping(record.get("metadata")), **record}
    if str(fields.get("id", fields.get("releaseId", key))) != str(number):
        return None
    versions = _versions(fields, base_url)
    if not versions:
        return None
    release = {
        name: value for name, value in fields.items() if name not in ("versions", "metadata")
    }
    return {**release, "id": number, "versions": versions}


def _versions(fields: Mapping[str, Any], base_url: str) -> dict[str, dict[str, Any]]:
    """Give a release's versions by language, whether written as an object, a list or one text."""
    given = fields.get("versions")
    shared = {name: fields[name] for name in ("title", "url", "leadtext", "type") if name in fields}
    if isinstance(given, dict):
        held = [(key, version) for key, version in given.items() if isinstance(version, dict)]
        return {key: {**shared, **version} for key, version in held}
    listed = given if isinstance(given, list) else [fields] if fields.get("body") else []
    versions: dict[str, dict[str, Any]] = {}
    for version in listed:
        if not isinstance(version, dict):
            continue
        whole = {**shared, **version}
        named = text(whole, "language", "lang") or text(whole, "url")
        if body_of(whole.get("body")):
            versions.setdefault(language_key(named, base_url), whole)
    return versions


def _length(release: Mapping[str, Any]) -> int:
    return sum(len(body_of(version.get("body"))) for version in release["versions"].values())
