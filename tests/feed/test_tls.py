"""Redis and Sentinels over TLS, by an authority of one's own. The embedded Redis speaks none: it is spoken for it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import trustme

from eqboard.feed.connection import FeedLost, connected, name_of
from tests import sentinels
from tests.feed.following import floor_of, following, speaking
from tests.sentinels import MASTER, PASSWORD, SENTINEL_PASSWORD

HOST = "127.0.0.1"
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def files(authority, tmp_path) -> Path:
    """The authority's certificate, a stranger's, and one's own with its key."""
    own = authority.issue_cert("board.example")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "stranger.pem"))
    own.cert_chain_pems[0].write_to_path(str(tmp_path / "own.pem"))
    own.private_key_pem.write_to_path(str(tmp_path / "own.key"))
    return tmp_path


def context_of(authority: trustme.CA, name: str = HOST, *, asks_for_own: bool = False) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    if asks_for_own:
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@asynccontextmanager
async def spoken_for(open_line: Callable[[], "asyncio.Future[Line]"], context: ssl.SSLContext) -> AsyncIterator[int]:
    """A port at which TLS is spoken for somebody who speaks none."""
    under_way: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way.add(asyncio.current_task())
        their_reader, their_writer = await open_line()
        with closing(writer), closing(their_writer):
            await asyncio.gather(pass_on(reader, their_writer), pass_on(their_reader, writer))

    server = await asyncio.start_server(serve, HOST, 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in under_way:
            each.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while said := await reader.read(65536):
            writer.write(said)
    writer.close()


def redis_over_tls(redis_url: str, context: ssl.SSLContext):
    path = unquote(urlsplit(redis_url).path)
    return spoken_for(lambda: asyncio.open_unix_connection(path), context)


async def ask(url: str) -> bool:
    async with connected(url) as client:
        return bool(await client.ping())


async def why_not(url: str) -> str:
    with pytest.raises(FeedLost) as caught:
        await ask(url)
    return name_of(caught.value)


async def test_the_feed_goes_over_tls(redis_url, authority, files) -> None:
    async with redis_over_tls(redis_url, context_of(authority)) as port:
        url = f"rediss://{HOST}:{port}/0?ssl_ca_certs={files}/ca.pem"
        async with following(url) as follower, speaking(url) as speaker:
            await speaker.says(floor_of("500"))
            await follower.sees_floor(floor_of("500"))


@pytest.mark.parametrize("trusted", ["", "?ssl_ca_certs={}/stranger.pem"], ids=["the public ones", "another"])
async def test_an_authority_that_is_not_trusted_is_refused_and_told_as_such(
    redis_url, authority, files, trusted
) -> None:
    async with redis_over_tls(redis_url, context_of(authority)) as port:
        assert await why_not(f"rediss://{HOST}:{port}/0{trusted.format(files)}") == "SSLCertVerificationError"


async def test_a_certificate_of_another_name_is_refused_unless_one_says_so(redis_url, authority, files) -> None:
    async with redis_over_tls(redis_url, context_of(authority, "other.example")) as port:
        url = f"rediss://{HOST}:{port}/0?ssl_ca_certs={files}/ca.pem"
        assert await why_not(url) == "SSLCertVerificationError"
        assert await ask(f"{url}&ssl_check_hostname=false")


async def test_one_s_own_certificate_is_shown(redis_url, authority, files) -> None:
    async with redis_over_tls(redis_url, context_of(authority, asks_for_own=True)) as port:
        url = f"rediss://{HOST}:{port}/0?ssl_ca_certs={files}/ca.pem"
        assert await why_not(url)
        assert await ask(f"{url}&ssl_certfile={files}/own.pem&ssl_keyfile={files}/own.key")


async def test_a_server_without_tls_is_lost() -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), HOST, 0)
    async with server:
        assert await why_not(f"rediss://{HOST}:{server.sockets[0].getsockname()[1]}/0")


async def test_sentinels_and_the_master_are_asked_over_tls(authority, files) -> None:
    with sentinels.watch() as watch:
        context = context_of(authority)
        at_master, at_sentinel = (spoken_for_port(each.port, context) for each in (watch.first, watch.sentinel))
        async with at_master as master, at_sentinel as port:
            watch.sentinel.ask("SENTINEL", "REMOVE", MASTER)
            watch.sentinel.ask("SENTINEL", "MONITOR", MASTER, HOST, master, 1)  # which it does not reach, and tells
            options = f"sentinel_password={SENTINEL_PASSWORD}&ssl_ca_certs={files}/ca.pem"
            async with connected(f"rediss+sentinel://:{PASSWORD}@{HOST}:{port}/{MASTER}?{options}") as client:
                assert int((await client.config_get("port"))["port"]) == watch.first.port
            assert await why_not(watch.url().replace("redis+", "rediss+"))


def spoken_for_port(port: int, context: ssl.SSLContext):
    return spoken_for(lambda: asyncio.open_connection(HOST, port), context)
