"""The press room's JSON, with the names and oddities that are publicly known of it.

Addresses are relative and begin `/release/`, versions are keyed `no` for bokmål and nynorsk alike,
times are UTC with milliseconds, keywords one string, and a body has two forms.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from html import escape
from typing import Any

from imdifeed.demo.markup import inline, parse, press_room_html
from imdifeed.demo.texts import Release, Version

PUBLISHER_ID = 89626

_LETTERS = str.maketrans({"å": "a", "ø": "o", "æ": "ae", "é": "e", " ": "-"})


def listing(releases: Sequence[Release], size: int, number: int) -> dict[str, Any]:
    """Give one page of the list; pages count from 0, and past the last one they are empty."""
    return {
        "paging": {"count": len(releases), "itemsPerPage": size, "page": number},
        "releases": [
            {
                "id": release.id,
                "date": _utc(release),
                "versions": {
                    version_key(version): _listed(release, version) for version in release.versions
                },
            }
            for release in releases[number * size : (number + 1) * size]
        ],
    }


def detail(release: Release, about: Mapping[str, Any]) -> dict[str, Any]:
    """Give one release with its texts in all its languages."""
    return {
        "id": release.id,
        "date": _utc(release),
        "publisher": {"id": PUBLISHER_ID, "name": about["name"]},
        "versions": {
            version_key(version): _detailed(release, version, about) for version in release.versions
        },
    }


def room(about: Mapping[str, Any]) -> dict[str, Any]:
    """Give the press room itself."""
    publisher = {
        "id": PUBLISHER_ID,
        "website": "https://www.imdi.no",
        "boilerplate": boilerplate(about),
        "headerimage": None,
        "localizationParams": {},
        "social": {"instagram": None, "facebook": None, "linkedin": None, "twitter": None},
        "isIrPublisher": False,
        "masterPressroomInUse": False,
        "masterPressroomCustomName": None,
        "masterPressroomBrands": None,
    }
    names = ("name", "address", "city", "zipcode", "phone")
    return {
        "url": f"/presserom/{PUBLISHER_ID}/imdi",
        "slug": "imdi",
        "publisher": publisher | {name: about[name] for name in names},
    }


def boilerplate(about: Mapping[str, Any]) -> str:
    """Write what the publisher says of itself; its bullets are U+06F0, which counts as a digit."""
    tasks = "".join(f"<p>۰ {escape(task)}</p>" for task in about["tasks"])
    return f"<p>{escape(about['about'])}</p>{tasks}"


def slug(title: str) -> str:
    """Write a title as the software writes it in addresses: "bosettings- og" → bosettings--og."""
    return re.sub(r"[^a-z0-9-]", "", title.lower().translate(_LETTERS)).strip("-")


def version_key(version: Version) -> str:
    """Give the key of a version, which does not tell bokmål from nynorsk."""
    return "en" if version.language == "en" else "no"


def version_type(version: Version) -> str:
    """Give the words for what a version is."""
    return "Press release" if version.language == "en" else "Pressemelding"


def relative_url(release: Release, version: Version) -> str:
    """Give a version's address as the interface gives it; the public page is elsewhere."""
    query = f"publisherId={PUBLISHER_ID}&lang={version_key(version)}"
    return f"/release/{release.id}/{slug(version.title)}?{query}"


def file_path(release: Release, number: int) -> str:
    """Give the path of an attachment, which has no file ending; they are numbered from 1."""
    return f"/files/{PUBLISHER_ID}/{release.id}/{number}/{version_key(release.versions[0])}"


def image_path(release: Release, name: str) -> str:
    """Give the path of a picture of a release."""
    return f"/data/images/public/{PUBLISHER_ID}/{release.id}/{name}.png"


def _listed(release: Release, version: Version) -> dict[str, Any]:
    return {
        "title": version.title,
        "type": version_type(version),
        "metadescription": version.lead,
        "url": relative_url(release, version),
        "image": _image(release),
        "logoUrl": image_path(release, "logo"),
    }


def _detailed(release: Release, version: Version, about: Mapping[str, Any]) -> dict[str, Any]:
    body = press_room_html(parse(version.body))
    contact = {"name": about["contact"], "title": "", "company_department": about["name"]}
    return {
        "title": version.title,
        "type": version_type(version),
        "leadtext": f"<p>{inline(version.lead)}</p>",
        "metadescription": version.lead,
        "body": {"complete": body, "cookieless": {"content": body}},
        "keywords": ", ".join(version.keywords),
        "leadimage": _image(release),
        "images": [],
        "documents": [
            {"url": file_path(release, number), "originalFilename": document.name}
            for number, document in enumerate(release.documents, 1)
        ],
        "links": [],
        "contacts": {"cards": [contact]},
        "url": relative_url(release, version),
    }


def _image(release: Release) -> dict[str, str] | None:
    if not release.image_caption:
        return None
    path = image_path(release, "main")
    return {"path": path, "caption": release.image_caption, "focus": "center"}


def _utc(release: Release) -> str:
    text = release.published.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
