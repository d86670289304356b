from collections.abc import Iterator

import pytest

from eqboard.config import Config
from tests.cast import Cast, configured, create_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return create_cast()


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, redis_url: str) -> Iterator[Config]:
    yield from configured(monkeypatch, redis_url=redis_url)
