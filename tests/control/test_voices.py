"""In whose name EQ is asked: the person's, whenever they are signed in there, and no token is lost on the way."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from eqboard.accounts.models import Seat
from eqboard.accounts.seats import NO_SESSION, keep_session, link, replace_token, seat_of, token_of
from eqboard.control.seats import voices
from eqboard.control.seats.voices import NoVoice, in_whose_name, voice_of
from eqboard.eq import EQ, EQConflict, EQUnreachable
from eqboard.eq.operations import Resources
from eqboard.eq.redaction import secrets
from eqboard.simulator.office.sessions import TIME_OUT_SECONDS
from tests.cast import configured
from tests.control.pretend import NOW, who_is_in

pytestmark = pytest.mark.django_db(transaction=True)

SESSION = "/supervisor_session"
ACTION = ("POST", "/call_queue_agent_action")
END = ("DELETE", "/supervisor_session/…")


@pytest.fixture
def lead(cast):
    link(cast.lead, 1, "dana", "full")
    return cast.lead


async def begin(pretend, user: User, extension: str = "301", *, force: bool = False) -> None:
    """Signed in to EQ, as from the page."""
    session = await pretend.telephone.sign_in_supervisor(user=1, extension=extension, force=force)
    seat = await sync_to_async(seat_of)(user.pk)
    assert session.token is not None
    assert await sync_to_async(keep_session)(seat, session.token, extension, NOW, "dana", "full")
    await session.let_go()
    pretend.asked.clear()


@asynccontextmanager
async def voice_for(user: User, telephone: EQ) -> AsyncIterator[Resources]:
    async with voice_of(await sync_to_async(seat_of)(user.pk), telephone) as voice:
        yield voice


async def stored(user: User) -> str:
    token = token_of(await sync_to_async(seat_of)(user.pk))
    return token.get_secret_value() if token else ""


async def act(pretend, user: User) -> None:
    async with voice_for(user, pretend.telephone) as voice:
        await voice.call_queue_agents.resume(agent=1)


@pytest.fixture
def at_once(monkeypatch):
    """Look for a newer token without a rest between."""
    monkeypatch.setattr(voices, "BETWEEN_LOOKS_SECONDS", 0)


# Who speaks


async def test_whoever_is_signed_in_speaks_in_their_own_name(pretend, lead):
    await begin(pretend, lead)
    await act(pretend, lead)
    assert pretend.asked == [(*ACTION, await stored(lead))]
    assert await in_whose_name(lead) == 1


async def test_a_session_goes_on_from_action_to_action_and_only_they_refresh_it(pretend, lead):
    await begin(pretend, lead)
    for _ in range(3):
        pretend.pass_seconds(TIME_OUT_SECONDS * 0.7)
        await act(pretend, lead)
        assert await who_is_in(pretend.telephone) == [(1, "301")]
    pretend.pass_seconds(TIME_OUT_SECONDS + 1)
    assert await who_is_in(pretend.telephone) == []
    assert await in_whose_name(lead) == 1
    await act(pretend, lead)
    assert await who_is_in(pretend.telephone) == [(1, "301")]
    assert SESSION not in pretend.paths


@pytest.mark.parametrize("is_linked", [True, False], ids=["linked", "nobody on EQ"])
async def test_whoever_is_not_signed_in_speaks_by_the_key_alone(pretend, cast, is_linked):
    if is_linked:
        await sync_to_async(link)(cast.lead, 1, "dana", "full")
    async with voice_for(cast.lead, pretend.telephone) as voice:
        assert voice is pretend.telephone
    assert await in_whose_name(cast.lead) is None


@pytest.fixture
def strict(monkeypatch, redis_url):
    yield from configured(monkeypatch, redis_url=redis_url, act_without_eq_user=False)


async def test_or_not_at_all_where_the_policy_says_so(strict, pretend, lead):
    with pytest.raises(NoVoice):
        await act(pretend, lead)
    assert pretend.asked == []


async def test_the_policy_is_nothing_to_whoever_is_signed_in(strict, pretend, lead):
    await begin(pretend, lead)
    await act(pretend, lead)
    assert [token for _verb, _path, token in pretend.asked] == [await stored(lead)]


async def test_a_token_that_cannot_be_opened_is_as_none(pretend, lead, settings):
    await begin(pretend, lead)
    settings.SECRET_KEY = "another" * 10
    async with voice_for(lead, pretend.telephone) as voice:
        assert voice is pretend.telephone


async def test_two_people_speak_each_in_their_own_name(pretend, lead, cast):
    await begin(pretend, lead)
    async with voice_for(cast.viewer, pretend.telephone) as theirs, voice_for(lead, pretend.telephone) as own:
        await theirs.parked_calls.all()
        await own.parked_calls.all()
    assert [token for _verb, _path, token in pretend.asked] == [None, await stored(lead)]


# What becomes of the token


async def test_after_a_restart_of_eq_one_is_signed_in_anew_once_and_the_new_token_is_stored(pretend, lead):
    await begin(pretend, lead)
    old = await stored(lead)
    pretend.restart()
    await act(pretend, lead)
    new = await stored(lead)
    assert new not in ("", old)
    assert pretend.asked_of(SESSION) == ["POST"]
    assert await who_is_in(pretend.telephone) == [(1, "301")]
    await act(pretend, lead)
    assert pretend.asked_of(SESSION) == ["POST"]
    assert pretend.asked[-1][2] == new


async def test_the_new_token_is_stored_also_when_the_action_s_own_answer_is_lost(pretend, lead):
    await begin(pretend, lead)
    old = await stored(lead)
    pretend.restart()
    pretend.told[ACTION] = lambda: httpx.ReadTimeout("") if SESSION in pretend.paths else None
    with pytest.raises(EQUnreachable):
        await act(pretend, lead)
    new = await stored(lead)
    assert new not in ("", old)
    assert pretend.asked[-1] == (*ACTION, new)


@pytest.mark.parametrize("count", [2, 5])
async def test_several_actions_at_once_after_a_restart_are_all_done_and_none_loses_the_token(
    pretend, lead, at_once, count
):
    await begin(pretend, lead)
    pretend.restart()
    await asyncio.gather(*(act(pretend, lead) for _ in range(count)))
    assert await who_is_in(pretend.telephone) == [(1, "301")]
    pretend.asked.clear()
    await act(pretend, lead)
    assert pretend.paths == [ACTION[1]]


async def test_what_another_process_has_renewed_meanwhile_is_used(pretend, lead, at_once):
    await begin(pretend, lead)
    async with voice_for(lead, pretend.telephone) as voice:
        pretend.restart()
        await begin(pretend, lead)
        await voice.call_queue_agents.resume(agent=1)
    assert pretend.asked[-1][2] == await stored(lead)
    assert await who_is_in(pretend.telephone) == [(1, "301")]


async def test_whoever_signed_in_elsewhere_meanwhile_is_a_conflict_and_is_kept(pretend, lead, at_once):
    await begin(pretend, lead)
    old = await stored(lead)
    elsewhere = await pretend.telephone.sign_in_supervisor(user=1, extension="302", force=True)
    with pytest.raises(EQConflict) as caught:
        await act(pretend, lead)
    assert [(each.user, each.extension) for each in caught.value.holders] == [(1, "302")]
    assert await stored(lead) == old
    assert await who_is_in(pretend.telephone) == [(1, "302")], "and nobody was thrown out"
    await elsewhere.let_go()


async def test_an_extension_that_somebody_else_has_taken_is_a_conflict(pretend, lead, at_once):
    await begin(pretend, lead)
    pretend.pass_seconds(TIME_OUT_SECONDS + 1)
    other = await pretend.telephone.sign_in_supervisor(user=3, extension="301")
    with pytest.raises(EQConflict):
        await act(pretend, lead)
    assert await who_is_in(pretend.telephone) == [(3, "301")]
    await other.let_go()


async def test_a_session_renewed_for_whoever_signed_out_meanwhile_is_ended(pretend, lead):
    await begin(pretend, lead)
    pretend.restart()
    async with voice_for(lead, pretend.telephone) as voice:
        await Seat.objects.filter(user=lead).aupdate(**NO_SESSION)
        await voice.call_queue_agents.resume(agent=1)
        assert await who_is_in(pretend.telephone) == [(1, "301")]
    assert await who_is_in(pretend.telephone) == []
    assert await stored(lead) == ""


async def test_one_that_cannot_be_ended_is_told_of_in_the_log_without_its_token(pretend, lead, caplog):
    await begin(pretend, lead)
    pretend.restart()
    async with voice_for(lead, pretend.telephone) as voice:
        await Seat.objects.filter(user=lead).aupdate(**NO_SESSION)
        await voice.call_queue_agents.resume(agent=1)
        pretend.told[END] = lambda: httpx.ReadTimeout("")
    assert "could not be ended" in caplog.text
    assert not any(token in caplog.text for token in pretend.tokens)


async def test_whoever_is_another_user_on_eq_by_now_does_not_get_their_token(pretend, lead, at_once):
    await begin(pretend, lead)
    async with voice_for(lead, pretend.telephone) as voice:
        elsewhere = await pretend.telephone.sign_in_supervisor(user=1, extension="302", force=True)
        theirs = await pretend.telephone.sign_in_supervisor(user=3, extension="303")
        await sync_to_async(link)(lead, 3, "tclarke", "full")
        await sync_to_async(keep_session)(await sync_to_async(seat_of)(lead.pk), theirs.token, "303", NOW, "t", "full")
        with pytest.raises(EQConflict):
            await voice.call_queue_agents.resume(agent=1)
    for each in (elsewhere, theirs):
        await each.let_go()


async def test_an_action_that_fails_leaves_the_session_as_it_was(pretend, lead):
    await begin(pretend, lead)
    token = await stored(lead)
    pretend.told[ACTION] = lambda: httpx.ReadTimeout("")
    with pytest.raises(EQUnreachable):
        await act(pretend, lead)
    assert await stored(lead) == token


async def test_no_log_and_no_error_tells_a_token(pretend, lead, at_once, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "eqboard"):
        caplog.set_level(logging.DEBUG, name)
    await begin(pretend, lead)
    pretend.restart()
    await act(pretend, lead)
    elsewhere = await pretend.telephone.sign_in_supervisor(user=1, extension="302", force=True)
    with pytest.raises(EQConflict) as caught:
        await act(pretend, lead)
    await elsewhere.let_go()
    assert len(pretend.tokens) == 3
    assert not any(token in caplog.text or token in repr(caught.value) for token in pretend.tokens)


async def test_between_two_actions_this_process_remembers_no_token(pretend, lead):
    await begin(pretend, lead)
    pretend.restart()
    await act(pretend, lead)
    assert not any(secrets.hide(token) != token for token in pretend.tokens)


async def test_a_token_that_was_replaced_elsewhere_is_not_stored_over_the_newer_one(pretend, lead):
    await begin(pretend, lead)
    seat = await sync_to_async(seat_of)(lead.pk)
    async with voice_for(lead, pretend.telephone) as voice:
        pretend.restart()
        await sync_to_async(replace_token)(seat.pk, seat.sealed_token, token_of(seat))
        newer = (await sync_to_async(seat_of)(lead.pk)).sealed_token
        await voice.call_queue_agents.resume(agent=1)
    assert (await sync_to_async(seat_of)(lead.pk)).sealed_token == newer
    assert await who_is_in(pretend.telephone) == []
