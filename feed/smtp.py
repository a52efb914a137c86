"""Handing rendered messages to a mail server (RFC 5321), each answer an outcome of its own."""

import smtplib
import ssl
from email.utils import parseaddr
from typing import Any

from db.models import Bounce, Delivery
from feed.bounces import bounce_of, status_in
from feed.delivery import Closing, Handover, TransportError
from feed.mail import ascii_address

#: seconds to wait for a connection, and for the reply to a command
CONNECT_SECONDS = 30.0
COMMAND_SECONDS = 120.0
#: seconds to wait for the reply to a message (RFC 5321, 4.5.3.2.6): giving up sooner makes doubles
REPLY_SECONDS = 600.0
#: "Service not available, closing transmission channel" (RFC 5321, 4.2.3)
_CLOSING = 421


class SmtpTransport(Closing):
    """Speaks to one mail server, over one connection for as long as it answers well."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        username: str = "",
        password: str = "",
        starttls: bool = False,
        timeout: float = REPLY_SECONDS,
    ) -> None:
        self._host = host
        self._port = port
        self._username = username
        self._password = password
        self._starttls = starttls
        self._timeout = timeout
        self._connection: _Connection | None = None

    def hand_over(self, sender: str, recipient: str, data: bytes) -> Handover:
        """Send the message in one SMTP transaction."""
        try:
            to = ascii_address(recipient)
        except ValueError as error:
            return Handover(Delivery.FAILED, str(error))
        reused = self._connection is not None
        handover = self._attempt(sender, to, data)
        if reused and handover is None:
            # the server hung up on an idle connection: nothing was sent on it
            handover = self._attempt(sender, to, data)
        return handover or Handover(Delivery.DEFERRED, "the connection ended before the message")

    def close(self) -> None:
        """Say goodbye to the mail server."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()

    def _attempt(self, sender: str, recipient: str, data: bytes) -> Handover | None:
        """Try once; None if the connection ended before the last byte of the message."""
        connection = self._connected()
        connection.last_byte_sent = False
        connection.wait(min(COMMAND_SECONDS, self._timeout))
        try:
            connection.sendmail(ascii_address(parseaddr(sender)[1]), [recipient], data)
        except (smtplib.SMTPException, OSError) as error:
            handover = self._judge(error, connection.last_byte_sent)
            # a transaction that stopped half-way must not meet the next message
            self.close()
            return handover
        return Handover(Delivery.SENT, "250 accepted")

    def _judge(self, error: Exception, last_byte_sent: bool) -> Handover | None:
        match error:
            case smtplib.SMTPRecipientsRefused(recipients=refused):
                code, reply = next(iter(refused.values()))
                return _by_code(code, reply)
            case smtplib.SMTPDataError(smtp_code=code, smtp_error=reply) if code > 0:
                return _by_code(code, reply)
            case smtplib.SMTPSenderRefused(smtp_code=code, smtp_error=reply):
                # 552: this message is too large; any other lasting refusal meets every message
                if code >= 500 and code != 552:
                    raise TransportError(
                        f"the mail server {self._where} does not take mail from this sender:"
                        f" {_reply(code, reply)}; see [mail] sender, username and password"
                    ) from error
                return _by_code(code, reply)
            case smtplib.SMTPHeloError():
                raise TransportError(f"the mail server {self._where} refused: {error}") from error
        if last_byte_sent:
            return Handover(Delivery.AMBIGUOUS, f"no clear answer after the message: {error}")
        return None

    def _connected(self) -> "_Connection":
        if self._connection is not None:
            return self._connection
        connection = None
        try:
            # the name is needed to check the certificate
            connection = _Connection(
                self._host, self._port, timeout=min(CONNECT_SECONDS, self._timeout)
            )
            connection.reply_seconds = self._timeout
            connection.ehlo_or_helo_if_needed()
            if self._starttls:
                connection.starttls(context=ssl.create_default_context())
            if self._username:
                connection.login(self._username, self._password)
        # ValueError: a name or password in letters that no login can carry
        except (smtplib.SMTPException, OSError, ValueError) as error:
            if connection is not None:
                connection.close()
            reason = "not in ASCII letters" if isinstance(error, UnicodeError) else error
            raise TransportError(
                f"cannot use the mail server {self._where}: {reason};"
                " see [mail] host, port, starttls, username and password"
            ) from error
        self._connection = connection
        return connection

    @property
    def _where(self) -> str:
        return f"{self._host}:{self._port}"


class _Connection(smtplib.SMTP):
    """An SMTP connection that knows whether the end of a message has left."""

    last_byte_sent = False
    #: how long to wait for the reply to a message
    reply_seconds = REPLY_SECONDS

    def send(self, s: Any) -> None:
        """Send; smtplib calls this once with the whole message and its final dot."""
        super().send(s)
        if isinstance(s, bytes) and s.endswith(b"\r\n.\r\n"):
            self.last_byte_sent = True
            self.wait(self.reply_seconds)

    def wait(self, seconds: float) -> None:
        """Wait no longer than this for each part of an answer."""
        if self.sock is not None:
            self.sock.settimeout(seconds)


def _by_code(code: int, reply: bytes | str) -> Handover:
    words = _reply(code, reply)
    if 200 <= code < 300:
        return Handover(Delivery.SENT, words)
    if code < 500:
        return Handover(Delivery.DEFERRED, words, closing=code == _CLOSING)
    status = status_in(words)
    if status.startswith("5.7."):
        return Handover(Delivery.BLOCKED, words)
    is_hard = bounce_of(status) is Bounce.HARD
    return Handover(Delivery.BOUNCED if is_hard else Delivery.FAILED, words)


def _reply(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(text.split())}"[:500]
