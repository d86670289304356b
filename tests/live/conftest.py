from collections.abc import Iterator

import pytest

from eqboard.config import Config
from tests.cast import Cast, configured, create_cast


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """Committed: a socket's questions to the database are asked in another thread."""
    return create_cast()


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, redis_url: str) -> Iterator[Config]:
    yield from configured(monkeypatch, redis_url=redis_url, poll_seconds=0.2)
