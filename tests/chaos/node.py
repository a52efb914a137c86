"""`imdifeed` as on a machine of its own, as far as leases can tell, and with little patience.

CHAOS_MACHINE names the machine: a process of another one is never known to have died.
"""

import os
import sys
from datetime import timedelta

from crawler.runs import session, turns
from db import holders
from feed.delivery import Transport
from feed.smtp import SmtpTransport
from imdifeed.cli import main
from imdifeed.running import held
from imdifeed.sending import handover
from imdifeed.settings import MailSettings

#: how long who is silent has what it holds; minutes in earnest
LASTING = timedelta(seconds=6)
#: seconds until a silent mail server counts as gone
PATIENCE = 1.0


def _impatient(mail: MailSettings) -> Transport:
    return SmtpTransport(mail.host, mail.port, timeout=PATIENCE)


if __name__ == "__main__":
    machine = os.environ["CHAOS_MACHINE"]
    holders._here = lambda: (machine, "1")  # type: ignore[assignment]
    turns.LASTING = held.LASTING = LASTING
    session.RENEWED_EVERY = held._RENEWED_EVERY = LASTING.total_seconds() / 5
    turns.LOOK_EVERY = 0.3
    handover.transport_for = _impatient
    main(sys.argv[1:], prog_name="imdifeed")
