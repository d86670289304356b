"""What somebody may do on EQ is heard of anew: once in a while before they act, and before they unlink."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from asgiref.sync import sync_to_async

from eqboard.accounts.models import Seat
from eqboard.accounts.seats import TYPE_LASTS, link, seat_of
from eqboard.control.models import AuditEntry
from eqboard.control.seats import checking
from tests.builders import agent, snapshot
from tests.cast import publish, static_files_are_not_collected
from tests.control.conftest import EVERYWHERE, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

WHO = "/supervisor/1"
PAUSE = "/agents/7/pause/"


@pytest.fixture
async def linked(cast, pretend, redis_url):
    await publish(redis_url, snapshot(agents=[agent(7)]))
    await sync_to_async(link)(cast.lead, 1, "dana", "full")
    return cast.lead


def make_monitor(pretend) -> None:
    pretend.world.directory.supervisors[1].type = "monitorOnly"


async def grow_old(seconds: float = 1) -> None:
    """What EQ told was read so long before it counts no more."""
    await Seat.objects.aupdate(checked_at=datetime.now(UTC) - TYPE_LASTS - timedelta(seconds=seconds))


async def seat(user) -> Seat:
    return await sync_to_async(seat_of)(user.pk)


async def test_most_presses_do_not_ask(linked, pretend):
    client = await signed_in(linked)
    for _ in range(3):
        await client.post(PAUSE, EVERYWHERE)
    assert WHO not in pretend.paths


@pytest.mark.parametrize("checked_at", ["long ago", "never"])
async def test_whoever_was_made_a_monitor_on_eq_may_do_no_more_here_by_their_next_press(linked, pretend, checked_at):
    await grow_old()
    if checked_at == "never":
        await Seat.objects.aupdate(checked_at=None)
    make_monitor(pretend)
    client = await signed_in(linked)
    assert (await client.post(PAUSE, EVERYWHERE)).status_code == 403
    assert pretend.asked_of(WHO) == ["GET"]
    assert [each.step async for each in AuditEntry.objects.all()] == ["denied"]
    assert (await seat(linked)).eq_type == "monitorOnly"
    await client.post(PAUSE, EVERYWHERE)
    assert pretend.asked_of(WHO) == ["GET"], "once in a while"


async def test_whoever_is_made_a_full_supervisor_again_may_do_it_again(linked, pretend):
    await Seat.objects.aupdate(eq_type="monitorOnly")
    await grow_old()
    assert (await (await signed_in(linked)).post(PAUSE, EVERYWHERE)).status_code == 200


async def test_looking_asks_nothing(linked, pretend):
    await grow_old()
    await (await signed_in(linked)).get(PAUSE)
    assert pretend.asked == []


async def test_while_eq_does_not_tell_what_it_told_last_stands_and_it_is_asked_again_soon(linked, pretend):
    await grow_old()
    pretend.told["GET", WHO] = lambda: httpx.ConnectError("")
    now = datetime.now(UTC)
    await checking.check_type(linked.pk, now)
    held = await seat(linked)
    assert (held.eq_type, held.checked_at) == ("full", now + checking.AGAIN_AFTER - TYPE_LASTS)
    pretend.told.clear()
    make_monitor(pretend)
    await checking.check_type(linked.pk, now + checking.AGAIN_AFTER / 2)
    assert pretend.asked_of(WHO) == ["GET"]
    await checking.check_type(linked.pk, now + checking.AGAIN_AFTER)
    assert (await seat(linked)).eq_type == "monitorOnly"


async def test_a_user_whom_eq_does_not_know_any_more_is_what_they_were(linked, pretend):
    await Seat.objects.aupdate(eq_user=77, eq_type="monitorOnly")
    await grow_old()
    await checking.check_type(linked.pk, datetime.now(UTC))
    assert (await seat(linked)).eq_type == "monitorOnly"


async def test_whoever_is_another_user_by_then_is_not_what_the_old_one_is(linked, pretend):
    await grow_old()
    make_monitor(pretend)
    pretend.meanwhile["GET", WHO] = lambda: Seat.objects.aupdate(eq_user=3)
    await checking.check_type(linked.pk, datetime.now(UTC))
    assert (await seat(linked)).eq_type == "full"


async def test_nobody_unlinks_who_was_made_a_monitor_on_eq(linked, pretend):
    make_monitor(pretend)
    answer = await (await signed_in(linked)).post("/seat/", {"do": "unlink"})
    assert (answer.status_code, "Only an administrator takes this link away" in answer.text) == (422, True)
    held = await seat(linked)
    assert (held.eq_user, held.eq_type) == (1, "monitorOnly")
    assert [each.details["error"] async for each in AuditEntry.objects.all()] == ["Kept"]


async def test_nobody_unlinks_while_eq_does_not_tell(linked, pretend):
    pretend.told["GET", WHO] = lambda: httpx.ConnectError("")
    answer = await (await signed_in(linked)).post("/seat/", {"do": "unlink"})
    assert (answer.status_code, "EQ cannot be reached" in answer.text) == (422, True)
    assert (await seat(linked)).eq_user == 1
    entry = await AuditEntry.objects.aget()
    assert (entry.action, entry.step) == ("seat.unlink", "refused")
