"""A press room to crawl: releases put together from the sentences of the judged set.

Such texts have as many words of the taxonomy, and as many new ones, as real releases; the archive's
chance words have far more of both.
"""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from quality.judged import load_entries

#: releases on a page of the list
PAGE = 50
#: characters of a release's text: with markup and envelope some 8 kB
TEXT = 6_000
_ROOM = "public-website-api/pressroom/89626/releases/50"
_RELEASE = "public-website-api/release"
_BITS = "ar be da el fo gu ha ik jo ka li mo ne op pre ran ske tun ut vei yt stor lit"
_SYLLABLES = _BITS.split()


def publish(root: Path, amount: int) -> None:
    """Write a press room as the files that a web server gives."""
    releases = sorted(_releases(amount), key=lambda one: str(one["date"]), reverse=True)
    (root / _ROOM).mkdir(parents=True, exist_ok=True)
    (root / _RELEASE).mkdir(parents=True, exist_ok=True)
    for start in range(0, max(amount, 1), PAGE):
        page = {"count": amount, "itemsPerPage": PAGE, "page": start // PAGE}
        listed = {"paging": page, "releases": releases[start : start + PAGE]}
        (root / _ROOM / str(start // PAGE)).write_text(json.dumps(listed))
    for one in releases:
        (root / _RELEASE / str(one["id"])).write_text(json.dumps(one))
    (root / "robots.txt").write_text("User-agent: *\nAllow: /\n")


def _releases(amount: int) -> Iterator[dict[str, object]]:
    chance = random.Random(11)
    entries = sorted(load_entries(), key=lambda entry: entry.id)
    sentences = [
        sentence
        for entry in entries
        for sentence in re.split(r"(?<=[.!?])\s+", entry.item.body_text or entry.item.lead)
        if sentence.strip()
    ]
    for number in range(1, amount + 1):
        yield {
            "id": number,
            "date": f"20{number % 20 + 5:02}-03-{number % 28 + 1:02}T07:00:00.000Z",
            "publisher": {"id": 89626},
            "versions": {
                "no": {
                    "title": f"{chance.choice(entries).item.title} {_name(chance)}",
                    "type": "Pressemelding",
                    "leadtext": chance.choice(sentences),
                    "body": {"complete": _body(sentences, chance)},
                }
            },
        }


def _body(sentences: list[str], chance: random.Random) -> str:
    paragraphs, size = [], 0
    while size < TEXT:
        said = [*chance.choices(sentences, k=4), f"Det sier {_name(chance)}."]
        paragraphs.append(f"<p>{' '.join(said)}</p>")
        size += len(paragraphs[-1])
    return "".join(paragraphs)


def _name(chance: random.Random) -> str:
    """Make up a word that stands nowhere else, as names do."""
    return "".join(chance.choices(_SYLLABLES, k=4)).capitalize()
