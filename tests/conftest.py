"""What tests of several rooms share: a real Redis, a real browser.

Browser tests are coroutines: Playwright's blocking API keeps an event loop running in the test's own thread, where
Django's ORM refuses to work and pytest-asyncio cannot start a loop. They share one loop for the whole session, which is
the one the browser lives in: `pytestmark = pytest.mark.asyncio(loop_scope="session")`.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio
from django.conf import settings
from django.test import Client, TransactionTestCase
from django.utils import timezone, translation
from hypothesis import HealthCheck
from playwright.async_api import Browser, Page, async_playwright, expect
from pytest_django import DjangoDbBlocker
from redis import Redis
from redis.exceptions import RedisError

from eqboard.config import Config
from eqboard.ops.redis_server import NoRedisServer, find_redis_server, make_private_folder, redis_command, socket_url
from tests import browser
from tests.boards.shelves import client_of
from tests.cast import Cast, configured, create_cast
from tests.pristine import Picture, look_at_static_files_once

START_SECONDS = 10.0
PAGE_PATIENCE_MS = 15_000

# How long anything takes is no finding: the machine may be busy with other tests, or with something else.
hypothesis.settings.register_profile("eqboard", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("eqboard")
expect.set_options(timeout=PAGE_PATIENCE_MS)


def pytest_configure(config: pytest.Config) -> None:
    """A slow hash is right for passwords and wrong for tests that sign in a hundred times.

    The database is a file as on a site: one in memory knows no waiting for each other, and fails where two write. What
    it loses when the machine stops is no loss here.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    folder = tempfile.mkdtemp(prefix="eqboard-tests-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    database = settings.DATABASES["default"]
    database.setdefault("TEST", {})["NAME"] = f"{folder}/test.sqlite3"
    database["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: the tests of whole processes wait more than they work."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Among several workers the files that take longest go first, so that none is left over at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: "tests/e2e/" not in item.nodeid)


class RedisServer:
    """A real Redis on a socket of its own, which a test may stop, kill and start again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.url = socket_url(folder)
        self._command = redis_command(find_redis_server(), folder)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, empty, and wait until it answers; nothing happens when it runs already."""
        if self._process is None:
            self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
            self._wait_until_it_answers()

    def stop(self) -> None:
        """End it in good order: its clients see the connection closed."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._end(signal.SIGKILL)

    def send_signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def flush(self) -> None:
        with Redis.from_url(self.url) as client:
            client.flushall()

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(START_SECONDS)
            self._process = None

    def _wait_until_it_answers(self) -> None:
        give_up_at = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > give_up_at:
                raise RuntimeError(f"Redis does not answer after {START_SECONDS:g} s.")
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """The session's Redis. A test that leaves it stopped harms nobody: `redis_url` starts it again for the next one."""
    folder = make_private_folder()
    try:
        server = RedisServer(folder)
        server.start()
        yield server
        server.kill()
    except NoRedisServer as error:
        pytest.fail(str(error), pytrace=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The address of an empty Redis that runs."""
    redis_server.start()
    redis_server.flush()
    return redis_server.url


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, redis_url: str) -> Iterator[Config]:
    """The settings, with that Redis."""
    yield from configured(monkeypatch, redis_url=redis_url)


@pytest.fixture(autouse=True)
def nobodys_language() -> Iterator[None]:
    """A request that a test makes may leave its reader's language and zone behind, in the test's own context."""
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Picture]:
    """After a test that commits the database is again what migrations made of it. Who migrates more takes it anew."""
    picture = Picture()
    with django_db_blocker.unblock():
        picture.take()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: picture.put_back())
        yield picture
    picture.close()


@pytest.fixture(scope="session", autouse=True)
def static_files_are_looked_at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        look_at_static_files_once(patch)
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of the tests."""
    return create_cast()


@pytest.fixture
def lead(cast: Cast) -> Client:
    """The browser of a team's lead."""
    return client_of(cast.lead)


@pytest.fixture
def screen() -> Client:
    """A browser without a person, as on a wall."""
    return Client()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The session's browser. Without one the test is skipped, or fails where EQBOARD_TESTS_NEED_BROWSER=1."""
    async with async_playwright() as playwright:
        executable = browser.choose(playwright.chromium.executable_path)
        if executable is None:
            (pytest.fail if browser.is_needed() else pytest.skip)(browser.MISSING)
        started = await playwright.chromium.launch(executable_path=executable, args=browser.FLAGS)
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """A page in a context of its own: no cookie of another test."""
    context = await chromium.new_context()
    yield await context.new_page()
    await context.close()
