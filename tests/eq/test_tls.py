"""The telephone over HTTPS: whom it trusts, how it shows itself, and what it says when one will not have the other."""

import os
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from pydantic import SecretStr

from eqboard.eq import EQ, TLS, EQUnreachable, Limits, Server, TLSError
from eqboard.eq.tls import NO_CLIENT, NOT_TRUSTED, Refusal, is_untrusted, why_refused

from .conftest import KEY
from .test_connections import LittleEQ

PASSWORD = "canary-of-the-key"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
VERSIONS = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}
DAY = timedelta(days=1)


class Door(socketserver.ThreadingTCPServer):
    """A server that speaks TLS as Apache does: it says why it closes. Answers one request on each connection."""

    daemon_threads = True
    allow_reuse_address = True
    block_on_close = True

    def __init__(self, context: ssl.SSLContext | None, answer: Callable[[socket.socket], None]) -> None:
        self.context = context
        self.answer = answer
        self.asked: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Caller)

    @property
    def port(self) -> int:
        return self.socket.getsockname()[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who is not let in is no news."""


class Caller(socketserver.BaseRequestHandler):
    server: Door

    def handle(self) -> None:
        line = self.request
        line.settimeout(10)
        try:
            if self.server.context:
                line = self.server.context.wrap_socket(line, server_side=True, do_handshake_on_connect=False)
                line.do_handshake()
                self.server.asked.append(read_request(line))
            else:
                line.recv(65536)  # what opens TLS; no request, as far as such a server knows
            self.server.answer(line)
        except OSError:
            read_to_the_end(line)
        finally:
            line.close()


def read_request(line: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        head += line.recv(1) or b"\r\n\r\n"
    length = next((int(each[15:]) for each in head.lower().splitlines() if each.startswith(b"content-length:")), 0)
    return head + b"".join(line.recv(1) for _ in range(length))


def read_to_the_end(line: socket.socket) -> None:
    """Closed on something unread, a connection may lose what was said last, which is why it is closed."""
    with suppress(OSError):
        while socket.socket.recv(line, 65536):
            pass


def well(line: socket.socket) -> None:
    line.sendall(ANSWER)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def stranger() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return tmp_path / "ca.pem"


@pytest.fixture
def own(authority: trustme.CA, tmp_path: Path) -> "Own":
    return Own(authority, tmp_path)


class Own:
    """A client's certificate and key, in every form of file."""

    def __init__(self, authority: trustme.CA, folder: Path) -> None:
        issued = authority.issue_cert("board.example")
        self.certificate = folder / "own.pem"
        self.key = folder / "own.key"
        self.both = folder / "both.pem"
        self.locked_key = folder / "locked.key"
        issued.cert_chain_pems[0].write_to_path(str(self.certificate))
        issued.private_key_pem.write_to_path(str(self.key))
        issued.private_key_and_cert_chain_pem.write_to_path(str(self.both))
        self.locked_key.write_bytes(
            load_pem_private_key(issued.private_key_pem.bytes(), None).private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD.encode())
            )
        )


Open = Callable[..., Door]


@pytest.fixture
def open_door(authority: trustme.CA) -> Iterator[Open]:
    """Start a server with a certificate, by default one that is right; it is stopped at the end."""
    opened: list[Door] = []

    def open_door(
        certificate: trustme.LeafCert | None = None,
        *,
        asks_for: trustme.CA | None = None,
        version: ssl.TLSVersion | None = None,
        is_plain: bool = False,
        answer: Callable[[Any], None] = well,
    ) -> Door:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (certificate or authority.issue_cert("127.0.0.1", "localhost")).configure_cert(context)
        if asks_for:
            context.verify_mode = ssl.CERT_REQUIRED
            asks_for.configure_trust(context)
        if version:
            context.minimum_version = context.maximum_version = version
        opened.append(Door(None if is_plain else context, answer))
        threading.Thread(target=opened[-1].serve_forever, args=(0.01,), daemon=True).start()
        return opened[-1]

    yield open_door
    for door in opened:
        door.shutdown()
        door.server_close()


@pytest.fixture
async def dial():
    """Make a telephone to a door; it is hung up at the end."""
    opened: list[EQ] = []

    def dial(door: Door | LittleEQ, host: str = "127.0.0.1", scheme: str = "https", **tls: Any) -> EQ:
        limits = replace(Limits(), read_seconds=10.0, total_seconds=20.0, connect_seconds=10.0, retry_count=0)
        opened.append(EQ(Server(f"{scheme}://{host}:{door.port}", SecretStr(KEY), limits, TLS(**tls))))
        return opened[-1]

    yield dial
    for eq in opened:
        await eq.close()


async def refusal_of(eq: EQ, door: Door) -> Refusal:
    """Why nothing can be read; an action certainly did not happen either, and no secret is told."""
    with pytest.raises(EQUnreachable) as read:
        await eq.queued_calls.all()
    with pytest.raises(EQUnreachable) as action:
        await eq.call_queue_agents.pause(agent=7)
    assert not action.value.outcome_unknown
    assert (action.value.reason, action.value.is_untrusted) == (read.value.reason, read.value.is_untrusted)
    assert door.asked == []
    for secret in (KEY, PASSWORD, "auth_key", "127.0.0.1", "localhost"):
        assert secret not in f"{read.value} {read.value!r}"
    assert str(read.value).startswith(f"queued_calls.all: {read.value.reason}")
    return Refusal(read.value.reason, read.value.advice)


# Whom it trusts


@pytest.mark.parametrize("scheme", ["https", "HTTPS"])
async def test_a_private_authority_is_trusted_when_it_is_named(open_door, dial, ca_file, scheme):
    door = open_door()
    eq = dial(door, scheme=scheme, ca_file=ca_file)
    assert not await eq.queued_calls.all()
    await eq.call_queue_agents.pause(agent=7)
    assert [request.partition(b" ")[0] for request in door.asked] == [b"GET", b"POST"]


async def test_a_private_authority_is_not_trusted_unless_it_is_named(open_door, dial):
    door = open_door()
    assert await refusal_of(dial(door), door) == NOT_TRUSTED
    assert "ca_file" in NOT_TRUSTED.advice


async def test_another_authority_than_the_named_one_is_not_trusted(open_door, dial, ca_file, stranger):
    door = open_door(stranger.issue_cert("127.0.0.1"))
    assert await refusal_of(dial(door, ca_file=ca_file), door) == NOT_TRUSTED


def test_the_named_authority_replaces_the_public_ones(ca_file):
    assert len(TLS(ca_file=ca_file).context().get_ca_certs()) == 1
    assert len(TLS().context().get_ca_certs()) > 50


def test_where_the_system_has_no_list_of_its_own_the_public_authorities_are_known_all_the_same(monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert len(TLS().context().get_ca_certs()) > 50


def test_a_private_authority_need_not_be_by_the_book_on_any_python(ca_file):
    assert not TLS(ca_file=ca_file).context().verify_flags & ssl.VERIFY_X509_STRICT


async def test_the_servers_own_certificate_may_be_named_in_place_of_an_authority(open_door, dial, stranger, tmp_path):
    certificate = stranger.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "eq.pem"))
    assert not await dial(open_door(certificate), ca_file=tmp_path / "eq.pem").queued_calls.all()
    another = open_door(stranger.issue_cert("127.0.0.1"))
    assert await refusal_of(dial(another, ca_file=tmp_path / "eq.pem"), another) == NOT_TRUSTED


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_certificate_for_another_name_is_refused(open_door, dial, ca_file, authority, host):
    door = open_door(authority.issue_cert("eq.example"))
    assert await refusal_of(dial(door, host, ca_file=ca_file), door) == (
        Refusal(
            "EQ's certificate is for another name than the one in EQ's address",
            "set EQ's address to a name that is in the certificate",
        )
    )


@pytest.mark.parametrize(
    ("begins", "ends", "refusal"),
    [
        (-9, -1, Refusal("EQ's certificate has expired, or its authority's", "renew it")),
        (
            1,
            9,
            Refusal(
                "EQ's certificate is not valid yet, by this machine's clock", "set the clocks of both machines right"
            ),
        ),
    ],
)
async def test_a_certificate_out_of_its_time_is_refused(open_door, dial, ca_file, authority, begins, ends, refusal):
    now = datetime.now(UTC)
    door = open_door(authority.issue_cert("127.0.0.1", not_before=now + begins * DAY, not_after=now + ends * DAY))
    assert await refusal_of(dial(door, ca_file=ca_file), door) == refusal


async def test_whoever_does_not_verify_takes_any_certificate(open_door, dial, stranger):
    now = datetime.now(UTC)
    door = open_door(stranger.issue_cert("eq.example", not_before=now - 9 * DAY, not_after=now - DAY))
    assert not await dial(door, verify=False).queued_calls.all()


async def test_a_server_that_speaks_no_https_is_told_apart(open_door, dial):
    door = open_door(is_plain=True, answer=lambda line: line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    assert "speaks no HTTPS there" in (await refusal_of(dial(door), door)).fault


async def test_over_https_too_reads_share_a_connection_and_each_action_has_its_own(authority, dial, ca_file):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = LittleEQ(context)
    await server.start()
    eq = dial(server, ca_file=ca_file)
    for _ in range(3):
        await eq.queued_calls.all()
        await eq.call_queue_agents.pause(agent=7)
    assert [connection.asked for connection in server.connections] == [["GET"] * 3, *[["POST"]] * 3]
    await eq.close()
    await server.close()


# How it shows itself


@pytest.fixture(params=VERSIONS)
def picky(request, open_door, authority) -> Door:
    """A server that lets in only whom its authority knows."""
    return open_door(asks_for=authority, version=VERSIONS[request.param])


async def test_a_server_that_wants_to_see_a_certificate_sees_it(picky, dial, ca_file, own):
    eq = dial(picky, ca_file=ca_file, client_certificate=own.certificate, client_key=own.key)
    assert not await eq.queued_calls.all()
    await eq.call_queue_agents.pause(agent=7)
    assert len(picky.asked) == 2


async def test_the_key_may_stand_in_the_certificates_file_or_be_locked(picky, dial, ca_file, own):
    assert not await dial(picky, ca_file=ca_file, client_certificate=own.both).queued_calls.all()
    locked = {"client_key": own.locked_key, "client_key_password": SecretStr(PASSWORD)}
    assert not await dial(picky, ca_file=ca_file, client_certificate=own.certificate, **locked).queued_calls.all()


async def test_without_the_certificate_that_it_wants_to_see_there_is_no_connection(picky, dial, ca_file):
    assert "client_certificate" in (await refusal_of(dial(picky, ca_file=ca_file), picky)).advice


async def test_with_another_certificate_than_it_wants_to_see_there_is_no_connection(
    picky, dial, ca_file, stranger, tmp_path
):
    tmp_path.joinpath("other").mkdir()
    other = Own(stranger, tmp_path / "other")
    assert await refusal_of(dial(picky, ca_file=ca_file, client_certificate=other.both), picky) == NO_CLIENT


# Whether it was for want of a certificate


async def lacks_a_certificate(eq: EQ) -> bool:
    with pytest.raises(EQUnreachable) as caught:
        await eq.queued_calls.all()
    return caught.value.is_untrusted


async def test_a_server_that_is_not_trusted_is_told_by_the_error_itself(open_door, dial, authority, ca_file):
    assert await lacks_a_certificate(dial(open_door()))
    assert await lacks_a_certificate(dial(open_door(authority.issue_cert("eq.example")), ca_file=ca_file))


async def test_a_server_that_does_not_trust_us_is_told_by_the_error_itself(picky, dial, ca_file):
    assert await lacks_a_certificate(dial(picky, ca_file=ca_file))


async def test_what_no_certificate_would_mend_is_none_of_it(open_door, dial, ca_file):
    plain = open_door(is_plain=True, answer=lambda line: line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    assert not await lacks_a_certificate(dial(plain))
    assert not await lacks_a_certificate(dial(open_door(answer=cut_off), ca_file=ca_file))
    nobody = LittleEQ()  # it is not started
    assert not await lacks_a_certificate(dial(nobody, ca_file=ca_file))
    await nobody.close()


# Whether somebody was there, and closed without a word


def hang_up(line: socket.socket) -> None:
    """As one does who has seen enough."""


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_whoever_closes_without_a_word_is_told_by_the_error_itself(open_door, dial, scheme):
    closed = await error_of(dial(open_door(is_plain=True, answer=hang_up), scheme=scheme))
    assert closed.is_cut_off
    assert not closed.is_untrusted


async def test_whoever_closes_at_the_request_is_told_by_the_error_itself(open_door, dial, ca_file):
    closed = await error_of(dial(open_door(answer=hang_up), ca_file=ca_file))
    assert (closed.reason, closed.is_cut_off) == ("the connection to EQ was lost", True)


async def test_whoever_is_not_there_has_closed_nothing(dial, ca_file):
    nobody = LittleEQ()  # it is not started
    assert not (await error_of(dial(nobody, ca_file=ca_file))).is_cut_off
    await nobody.close()


async def error_of(eq: EQ) -> EQUnreachable:
    with pytest.raises(EQUnreachable) as caught:
        await eq.queued_calls.all()
    return caught.value


# What breaks on the way


def cut_off(line: ssl.SSLSocket) -> None:
    line.sendall(ANSWER[:-1])
    socket.socket.shutdown(line, socket.SHUT_RDWR)


def scramble(line: ssl.SSLSocket) -> None:
    os.write(line.fileno(), b"\x17\x03\x03\x00\x20" + bytes(32))  # a record that is none of this connection's


@pytest.mark.parametrize("answer", [cut_off, scramble])
async def test_a_connection_that_breaks_is_lost_and_an_action_over_it_unknown(open_door, dial, ca_file, answer):
    eq = dial(open_door(answer=answer), ca_file=ca_file)
    with pytest.raises(EQUnreachable, match="connection to EQ was lost"):
        await eq.queued_calls.all()
    with pytest.raises(EQUnreachable, match="connection to EQ was lost") as caught:
        await eq.call_queue_agents.pause(agent=7)
    assert caught.value.outcome_unknown


@pytest.mark.parametrize(
    ("name", "fault", "advice", "for_want_of_a_certificate"),
    [
        (
            "WRONG_VERSION_NUMBER",
            "EQ speaks no HTTPS there",
            "EQ's address may begin with http://, or have another port",
            False,
        ),
        ("UNSUPPORTED_PROTOCOL", "EQ's HTTPS is too old", "let it speak TLS 1.2, the least that is safe", False),
        (
            "TLSV1_ALERT_PROTOCOL_VERSION",
            "EQ's HTTPS is too old",
            "let it speak TLS 1.2, the least that is safe",
            False,
        ),
        (
            "SSLV3_ALERT_HANDSHAKE_FAILURE",
            "EQ refuses an encrypted connection",
            "if it wants to see a certificate, name one in client_certificate",
            True,
        ),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", NO_CLIENT.fault, NO_CLIENT.advice, True),
        ("TLSV1_ALERT_UNKNOWN_CA", NO_CLIENT.fault, NO_CLIENT.advice, True),
        ("DH_KEY_TOO_SMALL", "no encrypted connection to EQ", "", False),
        (None, "no encrypted connection to EQ", "", False),
    ],
)
def test_openssls_names_are_put_into_words(name, fault, advice, for_want_of_a_certificate):
    error = ssl.SSLError(1, "x")
    error.reason = name
    assert why_refused(error) == Refusal(fault, advice)
    assert is_untrusted(error) == for_want_of_a_certificate


# Files


def fault_of(field: str, **tls: Any) -> str:
    """What making a telephone with these files says: one sentence, without the password, about that field."""
    with pytest.raises(TLSError, match=r"\.$") as caught:
        EQ(Server("https://eq.example", SecretStr(KEY), tls=TLS(**tls)))
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert PASSWORD not in sentence
    assert caught.value.field == field
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return sentence


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        (b"", "it is not what it should be, in PEM"),
        (b"hello", "it is not what it should be, in PEM"),
        (b"\xff\x00", "it is not what it should be, in PEM"),
    ],
)
def test_an_authority_that_cannot_be_read_is_one_sentence(tmp_path, content, why):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    assert fault_of("ca_file", ca_file=file) == f"The certificate authority cannot be read from {file}: {why}."


def test_a_key_is_no_authority(own, tmp_path):
    assert fault_of("ca_file", ca_file=own.key) == (
        f"The certificate authority cannot be read from {own.key}: there is no certificate in it."
    )


def test_a_certificate_that_is_damaged_is_not_called_something_else(own, tmp_path):
    file = tmp_path / "damaged.pem"
    file.write_bytes(own.certificate.read_bytes()[:200])
    assert fault_of("ca_file", ca_file=file).endswith("it is not what it should be, in PEM.")


def test_a_folder_is_no_certificate(tmp_path):
    assert fault_of("ca_file", ca_file=tmp_path).endswith(f"{tmp_path}: Is a directory.")
    assert fault_of("client_certificate", client_certificate=tmp_path).endswith(f"{tmp_path}: Is a directory.")


def test_a_certificate_that_cannot_be_read_is_one_sentence(own, tmp_path):
    gone = tmp_path / "gone.pem"
    assert fault_of("client_certificate", client_certificate=gone, client_key=own.key) == (
        f"The client certificate cannot be read from {gone}: No such file or directory."
    )
    assert fault_of("client_certificate", client_certificate=own.key, client_key=own.certificate) == (
        f"The client certificate cannot be read from {own.key}: there is no certificate in it."
    )


def test_a_key_that_cannot_be_read_is_one_sentence(own, tmp_path):
    gone = tmp_path / "gone.key"
    said = "The client certificate's key cannot be read from"
    assert (
        fault_of("client_key", client_certificate=own.certificate, client_key=gone)
        == f"{said} {gone}: No such file or directory."
    )
    assert fault_of("client_certificate", client_certificate=own.certificate) == (
        f"{said} {own.certificate}: there is no key in it; name its file in client_key."
    )
    assert fault_of("client_key", client_certificate=own.certificate, client_key=own.certificate) == (
        f"{said} {own.certificate}: there is no key in it."
    )


def test_a_key_of_another_certificate_is_one_sentence(own, authority, tmp_path):
    tmp_path.joinpath("other").mkdir()
    other = Own(authority, tmp_path / "other")
    assert fault_of("client_key", client_certificate=own.certificate, client_key=other.key) == (
        f"The client certificate's key cannot be read from {other.key}: "
        f"it is not the one that belongs to {own.certificate}."
    )


@pytest.mark.parametrize(
    ("password", "why"),
    [
        (None, "it is encrypted, and no password is given"),
        ("", "it is encrypted, and no password is given"),
        (PASSWORD[1:], "its password is wrong"),
        (PASSWORD * 100, "its password is wrong"),
        (PASSWORD + "\udcff", "its password is wrong"),
    ],
    ids=["none", "empty", "wrong", "too long", "no text"],
)
def test_a_locked_key_that_cannot_be_opened_is_one_sentence(own, password, why):
    given = None if password is None else SecretStr(password)
    sentence = fault_of(
        "client_key_password",
        client_certificate=own.certificate,
        client_key=own.locked_key,
        client_key_password=given,
    )
    assert sentence == f"The client certificate's key cannot be read from {own.locked_key}: {why}."


def test_a_key_without_its_certificate_is_one_sentence(own):
    assert fault_of("client_key", client_key=own.key) == (
        f"The key {own.key} is of no use without the certificate that it is for."
    )


def test_files_are_not_looked_at_where_there_is_no_https(tmp_path):
    EQ(Server("http://eq.example", SecretStr(KEY), tls=TLS(ca_file=tmp_path / "gone.pem")))


def test_no_repr_tells_the_password(own):
    tls = TLS(client_certificate=own.certificate, client_key=own.locked_key, client_key_password=SecretStr(PASSWORD))
    assert PASSWORD not in repr(tls) + str(tls) + repr(Server("https://eq.example", SecretStr(KEY), tls=tls))
