"""Handing over: what each answer of a mail server means, and files that are never half there."""

import asyncio
import ipaddress
import socket
import ssl
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from db.models import Delivery, Language
from feed.delivery import FolderTransport, TransportError
from feed.mail import compose
from feed.smtp import SmtpTransport
from feed_samples import at

SENDER = "IMDi-nytt <nytt@imdifeed.example>"
READER = "leser@example.org"


def message(number: int = 1, text: str = "Hei på deg\n.\n..to\nFrom oss\n") -> bytes:
    return compose(
        sender=SENDER,
        recipient=READER,
        subject=f"{number} nye saker",
        text=text,
        html="<p>Hei</p>",
        message_id=f"<digest-{number}@imdifeed.example>",
        date=at("2026-11-23T06:00:00"),
        language=Language.BOKMAL,
    )


class Server:
    """A mail server that answers as a test says; keeps what it took."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.connections = 0
        self.port = 0
        self.authenticated = False
        self.on_mail = "250 OK"
        self.on_rcpt = "250 OK"
        self.on_data = "250 Message accepted"
        #: end the connection: "after data", "before data"
        self.hang_up = ""

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return lines

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.authenticated = bool(session.authenticated)
        if self.on_mail.startswith("250"):
            envelope.mail_from = address
        return self.on_mail

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hang_up == "before data":
            self._abort(server)
        if self.on_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.on_rcpt

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.on_data.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(envelope.content)
        if self.hang_up == "after data":
            self._abort(server)
        return self.on_data

    def _abort(self, server: SMTP) -> None:
        assert server.transport is not None
        server.transport.abort()
        raise asyncio.CancelledError


class _AnyPort(Controller):
    """Listens on a port the system picks."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def server() -> Iterator[Server]:
    with _running(Server()) as running:
        yield running


class _running:  # noqa: N801
    def __init__(self, server: Server, **options: Any) -> None:
        self._server = server
        self._controller = _AnyPort(server, hostname="127.0.0.1", port=0, **options)

    def __enter__(self) -> Server:
        self._controller.start()
        self._server.port = self._controller.port
        self._server.connections = 0
        return self._server

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


def connect(server: Server, **options: Any) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", server.port, timeout=10, **options)


def test_accepted_bytes_arrive_as_they_were(server: Server) -> None:
    with connect(server) as transport:
        handover = transport.hand_over(SENDER, READER, message())
    assert handover.outcome is Delivery.SENT
    assert server.taken == [message()]


def test_the_connection_stays_open_over_messages(server: Server) -> None:
    with connect(server) as transport:
        for number in range(5):
            assert transport.hand_over(SENDER, READER, message(number)).outcome is Delivery.SENT
    assert server.connections == 1
    assert server.taken == [message(number) for number in range(5)]


@pytest.mark.parametrize(
    ("stage", "reply", "outcome"),
    [
        ("on_rcpt", "450 4.2.1 Mailbox busy", Delivery.DEFERRED),
        ("on_rcpt", "421 4.3.2 Closing", Delivery.DEFERRED),
        ("on_rcpt", "550 5.1.1 No such user", Delivery.BOUNCED),
        ("on_rcpt", "550 5.7.1 Blocked", Delivery.BLOCKED),
        ("on_rcpt", "550 No", Delivery.FAILED),
        ("on_data", "554 5.7.1 Looks like spam", Delivery.BLOCKED),
        ("on_data", "451 4.3.0 Try again", Delivery.DEFERRED),
        ("on_data", "421 4.3.2 Closing", Delivery.DEFERRED),
        ("on_data", "554 5.6.0 Refused", Delivery.FAILED),
        ("on_mail", "451 4.3.0 Try again", Delivery.DEFERRED),
        ("on_mail", "552 5.3.4 Message too large", Delivery.FAILED),
    ],
)
def test_refusals_of_one_message(server: Server, stage: str, reply: str, outcome: Delivery) -> None:
    with connect(server) as transport:
        setattr(server, stage, reply)
        handover = transport.hand_over(SENDER, READER, message(1))
        assert (handover.outcome, handover.reply) == (outcome, reply)
        assert handover.closing is reply.startswith("421")
        assert server.taken == []
        # the next message is not touched by it
        setattr(server, stage, "250 OK")
        assert transport.hand_over(SENDER, READER, message(2)).outcome is Delivery.SENT
    assert server.taken == [message(2)]


def test_a_connection_lost_after_the_message_is_ambiguous(server: Server) -> None:
    server.hang_up = "after data"
    with connect(server) as transport:
        handover = transport.hand_over(SENDER, READER, message())
        assert handover.outcome is Delivery.AMBIGUOUS
        assert server.taken == [message()]
        server.hang_up = ""
        assert transport.hand_over(SENDER, READER, message()).outcome is Delivery.SENT


def test_a_connection_lost_before_the_message_is_no_harm(server: Server) -> None:
    server.hang_up = "before data"
    with connect(server) as transport:
        handover = transport.hand_over(SENDER, READER, message())
    assert handover.outcome is Delivery.DEFERRED
    assert "before the message" in handover.reply
    assert server.taken == []


def test_silence_after_the_message_is_ambiguous() -> None:
    with _scripted(
        ["220 hi", "250 hi", "250 ok", "250 ok", "354 go"], then=threading.Event().wait
    ) as port:
        transport = SmtpTransport("127.0.0.1", port, timeout=0.5)
        handover = transport.hand_over(SENDER, READER, message())
    assert handover.outcome is Delivery.AMBIGUOUS


def test_nonsense_after_the_message_is_ambiguous() -> None:
    with _scripted(["220 hi", "250 hi", "250 ok", "250 ok", "354 go", "what?"]) as port:
        handover = SmtpTransport("127.0.0.1", port, timeout=5).hand_over(SENDER, READER, message())
    assert handover.outcome is Delivery.AMBIGUOUS


def test_a_server_that_hung_up_meanwhile_is_called_again() -> None:
    answers = ["220 hi", "250 hi", "250 ok", "250 ok", "354 go", "250 taken"]
    with _scripted(answers, connections=2) as port:
        transport = SmtpTransport("127.0.0.1", port, timeout=5)
        first = transport.hand_over(SENDER, READER, message(1))
        second = transport.hand_over(SENDER, READER, message(2))
        transport.close()
    assert (first.outcome, second.outcome) == (Delivery.SENT, Delivery.SENT)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    transport = SmtpTransport("127.0.0.1", port)
    with pytest.raises(TransportError, match=rf"127\.0\.0\.1:{port}: .*refused.*\[mail\] host"):
        transport.hand_over(SENDER, READER, message())


@pytest.mark.parametrize("reply", ["550 5.7.1 Sender not allowed", "530 5.7.0 Log in first"])
def test_a_sender_that_is_refused_stops_the_run(server: Server, reply: str) -> None:
    server.on_mail = reply
    with connect(server) as transport, pytest.raises(TransportError, match=reply):
        transport.hand_over(SENDER, READER, message())


def test_a_server_without_encryption_stops_the_run(server: Server) -> None:
    with pytest.raises(TransportError, match="STARTTLS"):
        connect(server, starttls=True).hand_over(SENDER, READER, message())


def _knows(password: bytes) -> Callable[..., AuthResult]:
    def authenticate(*given: Any) -> AuthResult:
        return AuthResult(success=given[-1].password == password, handled=False)

    return authenticate


@pytest.mark.parametrize(("password", "good"), [("riktig", True), ("galt-hemmelig", False)])
def test_logging_in(password: str, *, good: bool) -> None:
    check = _knows(b"riktig")
    with _running(Server(), auth_require_tls=False, authenticator=check) as server:
        transport = connect(server, username="bruker", password=password)
        if good:
            assert transport.hand_over(SENDER, READER, message()).outcome is Delivery.SENT
            assert server.authenticated
        else:
            with pytest.raises(TransportError, match="535") as caught:
                transport.hand_over(SENDER, READER, message())
            assert "hemmelig" not in str(caught.value)
        transport.close()


def test_a_password_no_login_can_carry_is_named() -> None:
    with _running(Server(), auth_require_tls=False, authenticator=_knows(b"x")) as server:
        transport = connect(server, username="bruker", password="blåbær")
        with pytest.raises(TransportError, match=r"not in ASCII letters; see \[mail\]") as caught:
            transport.hand_over(SENDER, READER, message())
        assert "bær" not in str(caught.value)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "postkontor")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def _tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def test_encryption_and_login_together(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    options = {"tls_context": _tls(certificate), "require_starttls": True}
    check = _knows(b"riktig")
    with _running(Server(), authenticator=check, **options) as server:
        with connect(server, starttls=True, username="bruker", password="riktig") as transport:
            for number in range(2):
                handover = transport.hand_over(SENDER, READER, message(number))
                assert handover.outcome is Delivery.SENT
        assert server.authenticated
        # the password is not sent in the clear
        plain = connect(server, username="bruker", password="riktig")
        with pytest.raises(TransportError, match="AUTH"):
            plain.hand_over(SENDER, READER, message())
        assert len(server.taken) == 2


def test_a_certificate_nobody_vouches_for_stops_the_run(certificate: tuple[Path, Path]) -> None:
    with _running(Server(), tls_context=_tls(certificate)) as server:
        with pytest.raises(TransportError, match="certificate verify failed"):
            connect(server, starttls=True).hand_over(SENDER, READER, message())
        assert server.taken == []


@pytest.mark.parametrize("reader", ["", "a@b\r\nRCPT TO:<c@d>", "øla@imdi.example"])
def test_what_is_no_address_fails_by_itself(server: Server, reader: str) -> None:
    with connect(server) as transport:
        assert transport.hand_over(SENDER, reader, message()).outcome is Delivery.FAILED
        assert transport.hand_over(SENDER, "leser@ås.example", message()).outcome is Delivery.SENT


def test_closing_twice_and_unused(server: Server) -> None:
    transport = connect(server)
    transport.close()
    transport.hand_over(SENDER, READER, message())
    transport.close()
    transport.close()


class _scripted:  # noqa: N801
    """A peer that gives fixed answers, one a command, and then ends the connection."""

    def __init__(
        self,
        answers: list[str],
        *,
        connections: int = 1,
        then: Callable[[float], object] = lambda _: None,
    ) -> None:
        self._answers = answers
        self._connections = connections
        self._then = then
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> int:
        self._thread.start()
        port: int = self._listener.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        for _ in range(self._connections):
            peer, _address = self._listener.accept()
            with peer, peer.makefile("rb") as lines:
                for answer in self._answers:
                    peer.sendall(answer.encode() + b"\r\n")
                    if answer.startswith("354"):
                        while lines.readline() not in {b".\r\n", b""}:
                            pass
                    elif answer != self._answers[-1]:
                        lines.readline()
                self._then(1.5)


def test_folder_holds_whole_messages_by_id(tmp_path: Path) -> None:
    folder = tmp_path / "ny" / "outbox"
    with FolderTransport(folder) as transport:
        assert transport.hand_over(SENDER, READER, message(1)).outcome is Delivery.SENT
        assert transport.hand_over(SENDER, READER, message(2)).outcome is Delivery.SENT
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["digest-1@imdifeed.example.eml", "digest-2@imdifeed.example.eml"]
    assert (folder / names[0]).read_bytes() == message(1)
    assert stat.S_IMODE((folder / names[0]).stat().st_mode) == 0o600


def test_folder_takes_a_retry_as_the_same_message(tmp_path: Path) -> None:
    transport = FolderTransport(tmp_path)
    transport.hand_over(SENDER, READER, message(1))
    transport.hand_over(SENDER, READER, message(1))
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"Message-ID: <../../etc/x\x00@y>\r\n\r\nz",
        b"Subject: x\r\n\r\n",
        b"",
        b"Message-ID: <>\r\n",
    ],
)
def test_folder_names_stay_in_the_folder(tmp_path: Path, data: bytes) -> None:
    folder = tmp_path / "outbox"
    FolderTransport(folder).hand_over(SENDER, READER, data)
    (only,) = folder.iterdir()
    assert only.read_bytes() == data
    assert only.suffix == ".eml"
    assert not only.name.startswith(".")


def test_a_folder_that_cannot_be_written_stops_the_run(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(TransportError, match="cannot write to the outbox folder"):
        FolderTransport(blocked).hand_over(SENDER, READER, message())


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(TransportError, match="No space left"):
        FolderTransport(tmp_path).hand_over(SENDER, READER, message())
    assert list(tmp_path.iterdir()) == []
