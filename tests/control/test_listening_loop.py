"""Listening in, the whole loop: buttons, simulator, poller, Redis, and the strip that tells of it."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from asgiref.sync import sync_to_async
from bs4 import BeautifulSoup
from django.db import connection
from pydantic import SecretStr

from eqboard.accounts import rights, seats
from eqboard.boards.following import followers
from eqboard.control import background, exchange, words
from eqboard.control.doing import freshness, revoking, settling, vigil, watching
from eqboard.control.doing.holding import Hold
from eqboard.control.models import AuditEntry
from eqboard.eq import EQ, Server
from eqboard.feed.subscriber import follow
from eqboard.floor.snapshot import AgentState
from eqboard.loops import PerLoop
from eqboard.poller.poller import Poller
from eqboard.simulator.app import build_app
from eqboard.simulator.scenarios import build_world
from eqboard.simulator.switch.parties import LegStatus
from tests.cast import member, static_files_are_not_collected
from tests.control.conftest import begin, signed_in
from tests.control.test_refusals import said, state

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

KEY = "a-key-of-theirs"
PATIENCE_SECONDS = 20.0
UNDER_WAY = ("asked", "accepted", "confirmed")  # the answer to a press waits a moment, in which all may have happened
TALKING, IDLE = (1, 2), 3


@dataclass
class House:
    """A simulated exchange that a real poller reads: agents 1 and 2 talk with callers, agent 3 has none.

    `paths` is what EQ was asked for; what ends with `fails` gets a broken answer, and an action waits for `meanwhile`.
    """

    world: object
    paths: list[str] = field(default_factory=list)
    fails: str = ""
    meanwhile: asyncio.Event | None = None

    def leg(self, extension):
        """The call at that extension."""
        [leg] = self.world.switch.lines.legs_at(extension)
        return leg

    def pick_up(self, extension):
        self.world.switch.telephones.answer(self.leg(extension))

    def hang_up(self, extension):
        self.world.switch.telephones.hang_up(self.leg(extension))

    def mode(self, extension):
        return str(self.leg(extension).monitoring.mode)

    def plays(self, **changes):
        """From now on its scenario is another in these."""
        exchange = self.world.switch.monitors._exchange
        exchange.scenario = replace(exchange.scenario, **changes)

    def of(self, agent_id):
        return self.world.directory.live_agent(agent_id).name


@pytest.fixture(autouse=True)
def a_busy_machine_is_no_matter(config, monkeypatch):
    """However late a round comes, the floor is live; and what happens is waited for. What is over is told soon."""
    patient = config.model_copy(update={"stale_after_seconds": 600.0, "confirm_seconds": PATIENCE_SECONDS})
    for module in (freshness, watching):
        monkeypatch.setattr(module, "get_config", lambda: patient)
    monkeypatch.setattr(vigil, "NOWHERE_FOR", timedelta(seconds=0.5))


@pytest.fixture
def watched_briefly(config, monkeypatch):
    """Call it, and nobody waits long for what will not happen."""
    short = config.model_copy(update={"confirm_seconds": 4.0})
    return lambda: monkeypatch.setattr(watching, "get_config", lambda: short)


@pytest.fixture
async def house(config, redis_url, monkeypatch):
    began_at = datetime.now(UTC) - timedelta(seconds=20)
    world = build_world("by_hand", seed=1, started_at=began_at.timestamp(), queues=1, agents=3)
    for _ in TALKING:
        world.place_call("500")
    world.tick(5)
    house = House(world)
    house.plays(no_answer_share=1.0)  # nobody picks up by themselves, however long a test takes
    app = build_app(world, key=KEY, clock=lambda: datetime.now(UTC).timestamp())
    quick = config.model_copy(update={"poll_seconds": 0.2, "eq_requests_per_minute": 60_000})
    async with EQ(Server("http://eq", SecretStr(KEY)), transport=Line(httpx.ASGITransport(app), house)) as eq:
        monkeypatch.setattr(exchange, "telephones", PerLoop(lambda: eq))
        polling = asyncio.create_task(Poller(quick, eq).run())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                async for floor in follow(redis_url):
                    if {key for key, each in floor.snapshot.agents.items() if is_talking(each)} == set(TALKING):
                        break
            yield house
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)


def is_talking(agent):
    return agent.state is AgentState.ON_CALL


class Line(httpx.AsyncBaseTransport):
    """The way to the house."""

    def __init__(self, inner, house):
        self._inner = inner
        self._house = house

    async def handle_async_request(self, request):
        house, path = self._house, request.url.path
        house.paths.append(path)
        if house.meanwhile and request.method == "POST":
            await house.meanwhile.wait()
        if house.fails and path.endswith(house.fails):
            return httpx.Response(500)
        return await self._inner.handle_async_request(request)


async def until(is_so):
    """Wait until an awaited question is answered with something, and return that."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found := await is_so()):
            await asyncio.sleep(0.02)
        return found


async def seated(user, extension):
    """Their browser, with a telephone of their own."""
    await sync_to_async(seats.choose_extension)(user, extension)
    return await signed_in(user)


async def strip(client, *attempts):
    """What the strip tells: the sentence of each listening, and the news."""
    answer = (await client.get("/monitoring/", {"attempt": list(attempts)})).json()
    ears, news = (BeautifulSoup(answer[part], "html.parser") for part in ("ears", "news"))
    return [each.text for each in ears.select(".ear-says > span")], [each.text for each in news.select(".sentence")]


async def is_silent(client):
    return not (await strip(client))[0]


async def says(client, sentence, *attempts):
    """Wait until the strip says it, as a listening or as news."""

    async def is_said():
        ears, news = await strip(client, *attempts)
        return sentence in (*ears, *news)

    await until(is_said)


async def shows(client, *attempts, ears=(), news=()):
    """Wait until the strip tells this and nothing else: it follows what is written down a moment later."""

    async def is_shown():
        return await strip(client, *attempts) == (list(ears), list(news))

    await until(is_shown)


async def readings_of(extension, count):
    """Wait until the poller has read what goes on there so often."""
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(followers.get().floors()) as floors:
        read_at = set()
        async for floor in floors:
            read_at |= {line.asked_at for line in floor.snapshot.lines.values() if line.extension == extension}
            if len(read_at) >= count:
                return


async def press(client, way="spy", agent_id=1, **form):
    answer = await client.post(f"/agents/{agent_id}/{way}/", form)
    entry = await AuditEntry.objects.alast()
    assert entry is not None
    return answer, entry.attempt


async def steps_of(attempt):
    return [each.step async for each in AuditEntry.objects.filter(attempt=attempt)]


async def reaches(attempt, step):
    """Wait until the attempt has taken this step; returns its entry."""
    return await until(lambda: AuditEntry.objects.filter(attempt=attempt, step=step).afirst())


async def listening(house, client, extension="301", **how):
    """Press, pick up, and be confirmed."""
    answer, attempt = await press(client, **how)
    assert state(answer) in UNDER_WAY, said(answer)
    await is_ringing(house, extension)
    house.pick_up(extension)
    await reaches(attempt, "confirmed")
    return attempt


async def is_ringing(house, extension="301"):
    async def rings():
        return [each for each in house.world.switch.lines.legs_at(extension) if each.status is LegStatus.RINGING]

    await until(rings)


async def test_it_calls_rings_listens_and_is_over_when_one_hangs_up(cast, house):
    client, name = await seated(cast.lead, "301"), house.of(1)
    answer, attempt = await press(client)
    assert said(answer) == "Calling your telephone…"
    await says(client, f"301 rings: pick up to listen to {name}")
    house.pick_up("301")
    await says(client, f"Listening to {name} from 301")
    await reaches(attempt, "confirmed")
    assert house.mode("301") == "spy"

    house.hang_up("301")

    ended = await reaches(attempt, "ended")
    assert ended.details["how"] == "hung_up"
    minutes, seconds = divmod(ended.details["seconds"], 60)
    await says(client, f"The listening to {name} is over; it lasted {minutes}:{seconds:02}.", attempt)
    assert await steps_of(attempt) == ["asked", "accepted", "confirmed", "ended"]
    assert await strip(client) == ([], [])


async def test_one_changes_between_the_three_ways_while_one_listens(cast, house):
    client, name = await seated(cast.lead, "301"), house.of(1)
    first = await listening(house, client)
    for way, mode, sentence in (
        ("whisper", "whisper", f"Whispering to {name} from 301"),
        ("barge-in", "bargeIn", f"In the call of {name} from 301"),
        ("spy", "spy", f"Listening to {name} from 301"),
    ):
        _answer, attempt = await press(client, way)
        await reaches(attempt, "confirmed")
        assert house.mode("301") == mode
        await says(client, sentence)
        assert (await reaches(first, "ended")).details["how"] == "switched"
        assert await strip(client, first) == ([sentence], [])
        first = attempt
    house.hang_up("301")
    assert (await reaches(first, "ended")).details["how"] == "hung_up"


async def test_one_goes_over_to_another_agent(cast, house):
    client = await seated(cast.lead, "301")
    first = await listening(house, client)
    _answer, second = await press(client, agent_id=2)
    await reaches(second, "confirmed")
    assert (await reaches(first, "ended")).details["how"] == "switched"
    await shows(client, ears=[f"Listening to {house.of(2)} from 301"])


async def test_who_goes_over_has_not_hung_up_however_late_that_is_known(cast, house, monkeypatch):
    client, may_know, go_over = await seated(cast.lead, "301"), asyncio.Event(), Hold.go_over
    first = await listening(house, client)

    async def late(hold):
        await may_know.wait()
        await go_over(hold)

    monkeypatch.setattr(Hold, "go_over", late)
    _answer, second = await press(client, agent_id=2)
    await reaches(second, "confirmed")
    await readings_of("301", 5)
    may_know.set()
    assert (await reaches(first, "ended")).details["how"] == "switched"


async def test_after_a_crash_it_is_in_hand_again_with_the_first_floor(cast, house):
    client, name = await seated(cast.lead, "301"), house.of(1)
    attempt = await listening(house, client)
    watchers = list(background.works)
    for each in watchers:
        each.cancel()
    await asyncio.gather(*watchers, return_exceptions=True)
    await until(lambda: is_silent(client))

    settler = settling.Settler()
    settler.start()

    await says(client, f"Listening to {name} from 301")
    assert await steps_of(attempt) == ["asked", "accepted", "confirmed"]
    assert state(await client.post("/monitoring/stop/", {"extension": "301"})) in UNDER_WAY
    await reaches(attempt, "ended")
    settler._task.cancel()
    await asyncio.gather(settler._task, return_exceptions=True)


async def test_a_change_that_eq_refuses_leaves_one_listening_as_before(cast, house):
    """And whoever listens is told so, and can still stop."""
    client = await seated(cast.lead, "301")
    first = await listening(house, client)
    house.fails = "/call_monitor_action"
    answer, second = await press(client, "whisper")
    await reaches(second, "unknown")
    await shows(client, ears=[f"Listening to {house.of(1)} from 301"])
    assert await steps_of(first) == ["asked", "accepted", "confirmed"]
    house.fails = ""
    assert state(await client.post("/monitoring/stop/", {"extension": "301"})) in UNDER_WAY
    assert (await reaches(first, "ended")).details["how"] == "hung_up"
    assert state(answer) in ("asked", "unknown")


async def test_stop_hangs_up_that_very_call(cast, house):
    client, name = await seated(cast.lead, "301"), house.of(1)
    attempt = await listening(house, client)
    await says(client, f"Listening to {name} from 301")
    channel = house.leg("301").channel

    answer = await client.post("/monitoring/stop/", {"extension": "301"})

    stopping = (await AuditEntry.objects.filter(action="monitor.stop").afirst()).attempt
    assert state(answer) in UNDER_WAY
    await reaches(stopping, "confirmed")
    await reaches(attempt, "ended")
    asked = await AuditEntry.objects.aget(attempt=stopping, step="asked")
    assert asked.details["order"]["call"]["channel"] == channel
    assert house.world.switch.lines.legs_at("301") == []
    await until(lambda: is_silent(client))  # the claim is let go right after the end is written down
    _ears, news = await strip(client, attempt, stopping)
    assert [each[: len(name) + 27] for each in news] == [f"The listening to {name} is over; "]


async def test_a_stop_that_eq_accepts_and_that_does_not_happen_is_told(cast, house, watched_briefly):
    client, name = await seated(cast.lead, "301"), house.of(1)
    attempt = await listening(house, client)
    await says(client, f"Listening to {name} from 301")
    house.plays(stuck_monitor_share=1.0)
    watched_briefly()

    await client.post("/monitoring/stop/", {"extension": "301"})

    stopping = (await AuditEntry.objects.filter(action="monitor.stop").afirst()).attempt
    await reaches(stopping, "not_seen")
    told = f"EQ accepted, but your telephone still listens to {name}. Hang up there."
    await shows(client, attempt, stopping, ears=[f"Listening to {name} from 301"], news=[told])


async def test_a_telephone_that_is_not_answered_is_told(cast, house):
    client = await seated(cast.lead, "301")
    _answer, attempt = await press(client)
    await says(client, f"301 rings: pick up to listen to {house.of(1)}")
    await readings_of("301", 3)  # whoever watches the attempt has seen it ring, too
    house.hang_up("301")
    assert (await reaches(attempt, "not_seen")).details["seen"] == "unanswered"
    told = "Your telephone rang, and nobody picked it up. Press again, and pick up when it rings."
    await shows(client, attempt, news=[told])


@pytest.mark.parametrize(
    ("agent_id", "extension", "sentence"),
    [
        (IDLE, "301", "There is no call at {name} now, so nothing was sent."),
        (1, "999", "EQ knows no extension 999, so nothing was sent. Choose another."),
        (1, "201", "Extension 201 cannot be both ends of it, so nothing was sent. Choose another."),
        (1, "202", "Extension 202 is busy: nobody would be put through, so nothing was sent. Choose another."),
    ],
    ids=["not talking", "unknown", "itself", "busy"],
)
async def test_what_cannot_work_is_not_sent(cast, house, agent_id, extension, sentence):
    client = await seated(cast.lead, "301")
    answer, attempt = await press(client, agent_id=agent_id, extension=extension)
    refused = await reaches(attempt, "refused")
    assert said(await client.get(f"/actions/{attempt}/")) == sentence.format(name=house.of(agent_id))
    assert refused.target_name == house.of(agent_id)
    assert not [each for each in house.paths if each.endswith("/call_monitor_action")]
    assert answer.status_code == 200
    await shows(client)


async def test_two_listen_to_one_agent_and_each_is_told_of_the_other(cast, house):
    lead, supervisor = await seated(cast.lead, "301"), await seated(cast.supervisor, "302")
    await listening(house, lead)
    await listening(house, supervisor, "302")
    for client, other in ((lead, "supervisor"), (supervisor, "lead")):

        async def is_told(client=client, other=other):
            shown = BeautifulSoup((await client.get("/monitoring/")).json()["ears"], "html.parser")
            return (others := shown.select_one(".ear-others")) and other in others.text

        await until(is_told)


async def test_of_two_at_one_telephone_the_second_is_told_who_has_it(cast, house):
    lead, supervisor = await seated(cast.lead, "301"), await seated(cast.supervisor, "302")
    await listening(house, lead)
    await sync_to_async(seats.choose_extension)(cast.lead, "")  # they have moved on, and still listen from there
    _answer, attempt = await press(supervisor, "whisper", extension="301")
    await reaches(attempt, "refused")
    told = await supervisor.get(f"/actions/{attempt}/")
    assert said(told) == "lead is listening from this telephone, so nothing was sent."
    assert house.mode("301") == "spy"
    await shows(supervisor)


async def test_nobody_elses_listening_can_be_stopped(cast, house):
    lead, supervisor = await seated(cast.lead, "301"), await seated(cast.supervisor, "302")
    attempt = await listening(house, lead)
    answer = await supervisor.post("/monitoring/stop/", {"extension": "301"})
    assert (answer.status_code, said(answer)) == (
        404,
        "You are not listening from this telephone now, so nothing was sent.",
    )
    assert not await AuditEntry.objects.filter(action="monitor.stop").aexists()
    assert house.mode("301") == "spy"
    assert await strip(supervisor, attempt) == ([], [])


async def test_before_the_telephone_rings_there_is_nothing_to_hang_up(cast, house):
    client = await seated(cast.lead, "301")
    house.meanwhile = asyncio.Event()
    pressing = begin(press(client))
    await says(client, f"Calling 301, to listen to {house.of(1)}…")
    answer = await client.post("/monitoring/stop/", {"extension": "301"})
    assert (answer.status_code, said(answer)) == (
        422,
        "Your telephone does not ring yet, so there is nothing to hang up.",
    )
    house.meanwhile.set()
    await pressing


async def test_the_strip_asks_eq_nothing_of_its_own(cast, house):
    client = await seated(cast.lead, "301")
    before = [each for each in house.paths if each.endswith("/active_calls")]
    await client.get("/monitoring/")
    await client.get("/monitoring/")
    assert [each for each in house.paths if each.endswith("/active_calls")] == before == []


async def test_the_extension_is_asked_for_once_and_remembered(cast, house):
    client = await signed_in(cast.lead)
    asked = await client.post("/agents/1/spy/")
    assert (asked.status_code, asked["HX-Retarget"]) == (200, "#dialog-body")
    form = BeautifulSoup(asked.text, "html.parser").form
    assert form["hx-post"] == "/agents/1/spy/"
    assert not await AuditEntry.objects.aexists()

    await client.post("/agents/1/spy/", {"extension": "301", "press": form.select_one("[name=press]")["value"]})

    attempt = (await AuditEntry.objects.filter(action="monitor.spy").afirst()).attempt
    await is_ringing(house)
    house.pick_up("301")
    await reaches(attempt, "confirmed")
    assert (await sync_to_async(seats.seat_of)(cast.lead.pk)).extension == "301"


@pytest.mark.parametrize("extension", ["999", "302"], ids=["unknown", "somebody else's"])
async def test_an_extension_that_cannot_be_ones_own_is_not_remembered(cast, house, extension):
    await seated(cast.supervisor, "302")
    client = await signed_in(cast.lead)
    answer = await client.post("/agents/1/spy/", {"extension": extension})
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialog-body")
    form = BeautifulSoup(answer.text, "html.parser").form
    assert extension in form.select_one(".outcome .sentence").text
    assert form.select_one("[name=extension]")["value"] == extension
    assert (await sync_to_async(seats.seat_of)(cast.lead.pk)).extension == ""
    assert not await AuditEntry.objects.filter(action="monitor.spy").aexists()


async def test_the_rows_of_others_say_who_listens(cast, house):
    client = await seated(cast.lead, "301")
    await listening(house, client)
    watcher = await signed_in(await sync_to_async(member)("watcher", cast.front, "viewer"))

    async def is_marked():
        page = BeautifulSoup((await watcher.get("/")).text, "html.parser")
        return page.select_one("#agent-1 .claim")

    assert (await until(is_marked)).text == "lead is listening"


async def test_after_a_restart_of_the_web_server_it_is_told_that_nobody_attends_any_more(cast, house):
    client = await seated(cast.lead, "301")
    attempt = await listening(house, client)
    for task in list(background.works):
        task.cancel()
    await asyncio.gather(*background.works, return_exceptions=True)

    async def is_lost():
        return await strip(client, attempt) != ([f"Listening to {house.of(1)} from 301"], [])

    await until(is_lost)
    ears, _news = await strip(client, attempt)
    assert ears == [
        f"eqboard has lost sight of your listening to {house.of(1)}: whether it goes on is not known. "
        "Hang up at your telephone to end it."
    ]


async def hung_up(house, extension):
    """Wait until the exchange has done it."""

    async def is_free():
        return not house.world.switch.lines.legs_at(extension)

    await until(is_free)


async def deactivated(user):
    await type(user).objects.filter(pk=user.pk).aupdate(is_active=False)


async def out_of_the_team(user):
    await user.team_memberships.all().adelete()


@pytest.mark.parametrize("take_away", [deactivated, out_of_the_team])
async def test_whoever_may_not_listen_any_more_is_cut_off(cast, house, monkeypatch, take_away):
    monkeypatch.setattr(revoking, "LOOK_EVERY", timedelta())
    attempt = await listening(house, await seated(cast.lead, "301"))
    await take_away(cast.lead)
    ended = await reaches(attempt, "ended")
    assert ended.details["how"] == "revoked"
    told = BeautifulSoup(words.sentence(ended), "html.parser").text
    assert told == f"eqboard has ended the listening to {house.of(1)}: whoever listened may not any more."
    await hung_up(house, "301")
    assert await steps_of(attempt) == ["asked", "accepted", "confirmed", "ended"]


async def test_being_cut_off_is_tried_again_until_eq_does_it(cast, house, monkeypatch):
    monkeypatch.setattr(revoking, "LOOK_EVERY", timedelta())
    attempt = await listening(house, await seated(cast.lead, "301"))
    house.fails = "/extension_action"
    await deactivated(cast.lead)

    async def was_tried():
        return len([path for path in house.paths if path.endswith("/extension_action")]) > 1

    await until(was_tried)
    assert await steps_of(attempt) == ["asked", "accepted", "confirmed"]
    house.fails = ""
    assert (await reaches(attempt, "ended")).details["how"] == "revoked"


async def test_a_database_that_was_started_anew_is_asked_by_a_new_connection(cast, house, monkeypatch):
    """A listening may last for hours, and so much longer than one of them."""
    monkeypatch.setattr(revoking, "LOOK_EVERY", timedelta())
    broken = []

    def rights_of(user):
        if not broken:
            connection.connection.close()  # as from the other side
            broken.append(user)
        return rights.rights_of(user)

    monkeypatch.setattr(revoking, "rights_of", rights_of)
    attempt = await listening(house, await seated(cast.lead, "301"))

    async def is_broken():
        return broken

    await until(is_broken)
    await out_of_the_team(cast.lead)
    assert (await reaches(attempt, "ended")).details["how"] == "revoked"


async def test_another_right_that_is_taken_away_ends_no_listening(cast, house, monkeypatch):
    monkeypatch.setattr(revoking, "LOOK_EVERY", timedelta())
    attempt = await listening(house, await seated(cast.lead, "301"))
    role = (await cast.lead.team_memberships.select_related("role").aget()).role
    role.actions = ["monitor.spy"]
    await role.asave()
    await readings_of("301", 4)
    assert await steps_of(attempt) == ["asked", "accepted", "confirmed"]
