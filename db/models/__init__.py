"""What imdifeed knows, as frozen values.

Standard library only: every layer imports this package and it imports none of them. All moments are
aware datetimes in UTC; Europe/Oslo is applied where people read (design: "Time is an argument").
"""

from typing import TYPE_CHECKING

from db.later import names_later

if TYPE_CHECKING:
    from db.models.attachments import Attachment as Attachment
    from db.models.attachments import AttachmentState as AttachmentState
    from db.models.attachments import UnreadAttachment as UnreadAttachment
    from db.models.crawls import Cause as Cause
    from db.models.crawls import CrawlRun as CrawlRun
    from db.models.crawls import Verdict as Verdict
    from db.models.deadlines import Deadline as Deadline
    from db.models.deadlines import DeadlineKind as DeadlineKind
    from db.models.deadlines import FoundDeadline as FoundDeadline
    from db.models.digests import Candidate as Candidate
    from db.models.digests import Candidates as Candidates
    from db.models.digests import DigestContents as DigestContents
    from db.models.digests import DigestRun as DigestRun
    from db.models.digests import Follower as Follower
    from db.models.digests import Progress as Progress
    from db.models.digests import Told as Told
    from db.models.entries import AlsoAt as AlsoAt
    from db.models.entries import Entry as Entry
    from db.models.entries import EntryData as EntryData
    from db.models.entries import EntryDeadline as EntryDeadline
    from db.models.entries import Kind as Kind
    from db.models.entries import Outcome as Outcome
    from db.models.entries import Precision as Precision
    from db.models.entries import PublisherDate as PublisherDate
    from db.models.entries import Revision as Revision
    from db.models.entries import Stored as Stored
    from db.models.entries import Takedown as Takedown
    from db.models.feeds import Alteration as Alteration
    from db.models.feeds import Changes as Changes
    from db.models.feeds import EntryState as EntryState
    from db.models.feeds import Pace as Pace
    from db.models.feeds import State as State
    from db.models.feeds import Stretch as Stretch
    from db.models.inspections import Inspection as Inspection
    from db.models.language import Language as Language
    from db.models.leases import Lease as Lease
    from db.models.outbox import Bounce as Bounce
    from db.models.outbox import Brakes as Brakes
    from db.models.outbox import Category as Category
    from db.models.outbox import ClaimedMessage as ClaimedMessage
    from db.models.outbox import Delivery as Delivery
    from db.models.outbox import Message as Message
    from db.models.outbox import Shared as Shared
    from db.models.outbox import put_together as put_together
    from db.models.pages import Page as Page
    from db.models.pages import RawPage as RawPage
    from db.models.results import Correction as Correction
    from db.models.results import Facets as Facets
    from db.models.results import SearchPage as SearchPage
    from db.models.results import Sought as Sought
    from db.models.results import Version as Version
    from db.models.sources import Republish as Republish
    from db.models.sources import Source as Source
    from db.models.subscriptions import Reader as Reader
    from db.models.subscriptions import Rhythm as Rhythm
    from db.models.subscriptions import Subscription as Subscription
    from db.models.subscriptions import SubscriptionRequest as SubscriptionRequest
    from db.models.tags import EntryTag as EntryTag
    from db.models.tags import FormerTag as FormerTag
    from db.models.tags import Tag as Tag
    from db.models.upkeep import Figures as Figures
else:
    # a command needs few of them, and making all takes longer than most commands do
    __getattr__ = names_later(
        __name__,
        {
            "attachments": "Attachment AttachmentState UnreadAttachment",
            "crawls": "Cause CrawlRun Verdict",
            "deadlines": "Deadline DeadlineKind FoundDeadline",
            "digests": "Candidate Candidates DigestContents DigestRun Follower Progress Told",
            "entries": (
                "AlsoAt Entry EntryData EntryDeadline Kind Outcome Precision "
                "PublisherDate Revision Stored Takedown"
            ),
            "feeds": "Alteration Changes EntryState Pace State Stretch",
            "inspections": "Inspection",
            "language": "Language",
            "leases": "Lease",
            "outbox": "Bounce Brakes Category ClaimedMessage Delivery Message Shared put_together",
            "pages": "Page RawPage",
            "results": "Correction Facets SearchPage Sought Version",
            "sources": "Republish Source",
            "subscriptions": "Reader Rhythm Subscription SubscriptionRequest",
            "tags": "EntryTag FormerTag Tag",
            "upkeep": "Figures",
        },
    )
