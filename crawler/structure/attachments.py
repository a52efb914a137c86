"""Files a document names at its end: "Kommuneundersøkelsen 2019 (PDF, 769 KB)"."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from urllib.parse import unquote, urlsplit

from crawler.structure.blocks import TEXTS, Block, Resolve
from db.models import Attachment

_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
}
#: the publisher's megabyte is a million bytes, rounded
_UNITS = {"b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000}
_NOTE = re.compile(
    rf"(?P<label>\S.{{0,250}}?)\s*\((?P<type>{'|'.join(_MEDIA_TYPES)})"
    r"(?:\s*,\s*(?P<size>(?P<number>[0-9]{1,6}(?:[.,][0-9]{1,3})?)\s*(?P<unit>[kmg]?b)))?\s*\)",
    re.I,
)
_DASH = re.compile(r"[-–•]\s+")


def attachment_of(block: Block, resolve: Resolve) -> Attachment | None:
    """Read a list item or paragraph that is nothing but a file's name, or None where it is text.

    A link that leads nowhere gives an attachment without an address.
    """
    if block.tag not in (*TEXTS, "li") or any(child.tag != "p" for child in block.children):
        return None
    runs = [run for part in block.walk() for run in part.runs if run.text.strip()]
    addresses = {resolve(run.href) for run in runs}
    if not runs or len(addresses) > 1:
        return None
    url = addresses.pop()
    text = _DASH.sub("", block.text, count=1) if _DASH.match(block.text) else block.text
    if found := _NOTE.fullmatch(text):
        return _noted(found, url)
    ending = urlsplit(url).path.rpartition(".")[2].lower()
    if ending in _MEDIA_TYPES:
        return Attachment(url, text, _MEDIA_TYPES[ending])
    return None


def names_file(text: str) -> bool:
    """Tell whether a text is a file's name with its type, "… (PDF, 2 MB)"."""
    return bool(_NOTE.fullmatch(text))


def _noted(found: re.Match[str], url: str) -> Attachment:
    length = None
    if found["size"]:
        length = round(float(found["number"].replace(",", ".")) * _UNITS[found["unit"].lower()])
    return Attachment(
        url=url,
        label=found["label"],
        media_type=_MEDIA_TYPES[found["type"].lower()],
        length=length,
        size_label=" ".join((found["size"] or "").split()),
    )


def linked_files(blocks: Iterable[Block], resolve: Resolve) -> Iterator[Attachment]:
    """Give the files that a text links to, wherever in it, each address once."""
    seen = set()
    for block in (part for whole in blocks for part in whole.walk()):
        linked = [
            (resolve(href), " ".join("".join(run.text for run in runs).split()))
            for href, runs in groupby(block.runs, key=lambda run: run.href)
        ]
        for place, (url, words) in enumerate(linked):
            name = urlsplit(url).path.rsplit("/", 1)[-1] if url.startswith("http") else ""
            media_type = _MEDIA_TYPES.get(name.rpartition(".")[2].lower())
            if media_type and url not in seen:
                seen.add(url)
                # the size may stand in the link or after it: "Høringsnotat (PDF, 2 MB)"
                after = linked[place + 1][1] if place + 1 < len(linked) else ""
                note = after[: after.find(")") + 1]
                found = _NOTE.fullmatch(words) or _NOTE.fullmatch(f"{words} {note}")
                label = words or unquote(name)
                yield _noted(found, url) if found else Attachment(url, label, media_type)


def take_attachments(blocks: list[Block], resolve: Resolve) -> tuple[list[Block], list[Attachment]]:
    """Part blocks into text and the files they name; a list left empty goes too."""
    kept: list[Block] = []
    files: list[Attachment] = []
    for block in blocks:
        if block.tag in ("ul", "ol"):
            items, named = take_attachments(block.children, resolve)
            files += named
            if items:
                kept.append(Block(block.tag, children=items))
        elif (file := attachment_of(block, resolve)) is not None:
            files.append(file)
        else:
            kept.append(block)
    return kept, files
