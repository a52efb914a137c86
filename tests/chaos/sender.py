"""`imdifeed digest send` in a process of its own, with little patience for a silent server."""

import sys

from feed.delivery import Transport
from feed.smtp import SmtpTransport
from imdifeed.cli import main
from imdifeed.sending import handover
from imdifeed.settings import MailSettings

#: seconds until a silent server counts as gone; minutes in earnest
PATIENCE = 1.0


def _impatient(mail: MailSettings) -> Transport:
    return SmtpTransport(mail.host, mail.port, timeout=PATIENCE)


if __name__ == "__main__":
    handover.transport_for = _impatient
    main(sys.argv[1:], prog_name="imdifeed")
