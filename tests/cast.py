"""The people of the tests, always the same, and the floor they look at."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from eqboard.accounts.models import Membership, Team, ready_role
from eqboard.boards.following import followers
from eqboard.config import Config, get_config
from eqboard.feed.leader import Leadership
from eqboard.feed.messages import Stored, Update
from eqboard.feed.publisher import Publisher
from eqboard.floor.changes import diff
from eqboard.floor.snapshot import Snapshot

# WhiteNoise says so when the first page is asked for: `staticfiles/` is there only after a `collectstatic`.
static_files_are_not_collected = pytest.mark.filterwarnings("ignore:No directory at:UserWarning")


@dataclass(frozen=True)
class Cast:
    """One person for each kind of right, and three teams: every queue, 500 and 501, only 502."""

    floor: Team
    front: Team
    back: Team
    admin: User  # a superuser, in no team
    supervisor: User  # leads the floor: every queue
    lead: User  # leads the front desk: 500 and 501
    viewer: User  # looks at the front desk
    back_lead: User  # leads the back office: 502
    outsider: User  # in no team


def create_cast() -> Cast:
    floor = Team.objects.create(name="Whole floor", every_queue=True)
    front = Team.objects.create(name="Front desk", queue_extensions="500, 501")
    back = Team.objects.create(name="Back office", queue_extensions="502")
    people = {
        "admin": User.objects.create_superuser("admin"),
        "supervisor": member("supervisor", floor, "lead"),
        "lead": member("lead", front, "lead"),
        "viewer": member("viewer", front, "viewer"),
        "back_lead": member("back_lead", back, "lead"),
        "outsider": User.objects.create_user("outsider"),
    }
    return Cast(floor, front, back, **people)


def member(username: str, team: Team, role: str) -> User:
    """`role`: the key of a ready one."""
    user = User.objects.create_user(username)
    join(user, team, role)
    return user


def join(user: User, team: Team, role: str) -> Membership:
    return Membership.objects.create(user=user, team=team, role=ready_role(role))


def configured(monkeypatch: pytest.MonkeyPatch, **settings: object) -> Iterator[Config]:
    """The process' config with some knobs turned, for one test: `yield from` it in a fixture."""
    for name, value in settings.items():
        monkeypatch.setenv(f"EQBOARD_{name.upper()}", str(value))
    get_config.cache_clear()
    yield get_config()
    monkeypatch.undo()
    get_config.cache_clear()


async def is_seen(epoch: str) -> None:
    """Wait until the follower of this loop, if it runs, has heard of the epoch: pages show what it knows."""
    follower = followers.get()
    if follower.is_running:
        async with asyncio.timeout(10):
            async for floor in follower.floors():
                if floor.held and floor.held.epoch == epoch:
                    return


async def publish(
    redis_url: str, floor: Snapshot, *, sent_at: datetime | None = None, asking_since: datetime | None = None
) -> None:
    """Store and tell the floor as a new leader would; whoever follows reads it whole."""
    leadership, publisher = Leadership(redis_url, lease_seconds=60), Publisher(redis_url)  # however busy the machine is
    try:
        epoch = await leadership.acquire()
        assert epoch is not None, "a poller leads here already"
        at = sent_at or datetime.now(UTC)
        update = Update(epoch, 1, at, diff(Snapshot(), floor), asking_since)
        await publisher.publish(update, Stored(epoch, 1, at, floor, asking_since))
        await leadership.release(epoch)
        await is_seen(epoch)
    finally:
        await leadership.close()
        await publisher.close()
