"""Files that come with entries."""

from dataclasses import dataclass
from enum import StrEnum


class AttachmentState(StrEnum):
    """What reading a file for its text came to."""

    UNREAD = "unread"
    READ = "read"
    #: no text in it: pictures of pages
    EMPTY = "empty"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    #: over the limits on size, pages, time or memory
    TOO_LARGE = "too_large"
    #: not the sort of file it was offered as, such as an error page
    DISGUISED = "disguised"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file the publisher offers with an entry."""

    #: absolute address; empty where the publisher printed only a name
    url: str
    #: name as shown
    label: str
    media_type: str = ""
    #: bytes; rounded as the publisher rounds when only `size_label` is known
    length: int | None = None
    #: size as printed, "2 MB"
    size_label: str = ""
    # derived by us
    #: what reading its text came to
    state: AttachmentState = AttachmentState.UNREAD
    #: how many pages it has; None until it was read
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class UnreadAttachment:
    """A file that waits to be read for its text."""

    entry_id: int
    #: place among the entry's attachments, from 0
    position: int
    attachment: Attachment
