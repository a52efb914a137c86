"""What imdifeed knows, as frozen values.

Standard library only: every layer imports this package and it imports none of them. All moments are
aware datetimes in UTC; Europe/Oslo is applied where people read (design: "Time is an argument").
"""

from db.models.attachments import Attachment, AttachmentState, UnreadAttachment
from db.models.crawls import Cause, CrawlRun, Page, RawPage, Verdict
from db.models.deadlines import Deadline, DeadlineKind, FoundDeadline
from db.models.digests import (
    Candidate,
    Candidates,
    DigestContents,
    DigestRun,
    Follower,
    Progress,
    Told,
)
from db.models.entries import (
    AlsoAt,
    Entry,
    EntryData,
    EntryDeadline,
    Kind,
    Outcome,
    Precision,
    PublisherDate,
    Revision,
    Stored,
    Takedown,
)
from db.models.feeds import Alteration, Changes, EntryState, Pace, State, Stretch
from db.models.language import Language
from db.models.leases import Lease
from db.models.outbox import (
    Bounce,
    Brakes,
    Category,
    ClaimedMessage,
    Delivery,
    Message,
    Shared,
    put_together,
)
from db.models.results import Correction, Facets, SearchPage, Sought
from db.models.sources import Republish, Source
from db.models.subscriptions import Reader, Rhythm, Subscription, SubscriptionRequest
from db.models.tags import EntryTag, FormerTag, Tag
from db.models.upkeep import Figures, Inspection

__all__ = [
    "AlsoAt",
    "Alteration",
    "Attachment",
    "AttachmentState",
    "Bounce",
    "Brakes",
    "Candidate",
    "Candidates",
    "Category",
    "Cause",
    "Changes",
    "ClaimedMessage",
    "Correction",
    "CrawlRun",
    "Deadline",
    "DeadlineKind",
    "Delivery",
    "DigestContents",
    "DigestRun",
    "Entry",
    "EntryData",
    "EntryDeadline",
    "EntryState",
    "EntryTag",
    "Facets",
    "Figures",
    "Follower",
    "FormerTag",
    "FoundDeadline",
    "Inspection",
    "Kind",
    "Language",
    "Lease",
    "Message",
    "Outcome",
    "Pace",
    "Page",
    "Precision",
    "Progress",
    "PublisherDate",
    "RawPage",
    "Reader",
    "Republish",
    "Revision",
    "Rhythm",
    "SearchPage",
    "Shared",
    "Sought",
    "Source",
    "State",
    "Stored",
    "Stretch",
    "Subscription",
    "SubscriptionRequest",
    "Tag",
    "Takedown",
    "Told",
    "UnreadAttachment",
    "Verdict",
    "put_together",
]
