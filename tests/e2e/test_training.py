"""The simulator's control page: a trainer throws things at the call centre, in a real browser, and EQ shows it."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.client import RemoteDisconnected
from importlib.resources import files
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.e2e.stack import KEY, PATIENCE_SECONDS, ROOT, answers, free_port
from tests.waiting import wait_until

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

PASSWORD = "training-e2e"
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
HOSTILE = '<img src=x onerror="window.wasRun=1"><script>window.wasRun=1</script>\u202egnp\u2067'
SHOWN_HOSTILE = HOSTILE.replace("\u202e", "\ufffd").replace("\u2067", "\ufffd")
HOSTILE_BUT_SHORT = "<b onclick=a()>"
ALERT = {
    "user": 1,
    "type": "diskUsageHigh",
    "threshold": 1,
    "notificationType": "realtime",
    "color": "#FF0000",
    "daysOfWeek": [0, 1, 2, 3, 4, 5, 6],
    "fromTime": "12:00 AM",
    "toTime": "12:00 AM",
}


class Simulator:
    """One process of `simulate`, which a test may stop and start again at its address."""

    def __init__(self, scenario: str = "by_hand", *options: str) -> None:
        self._options = ("--scenario", scenario, *options)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process is None:
            command = [sys.executable, "manage.py", "simulate", "--port", str(self.port)]
            command += [*self._options, "--queues", "3", "--agents", "6"]
            environment = {**os.environ, "EQBOARD_EQ_KEY": KEY, "EQBOARD_SIMULATOR_PASSWORD": PASSWORD}
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
            wait_until(lambda: answers(self.url), "the simulator listens")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    def ask(self, method: str, path: str, **fields: str) -> Any:
        """As a program with the key does."""
        form = urllib.parse.urlencode(fields).encode() if fields else None
        request = urllib.request.Request(f"{self.url}{path}?auth_key={KEY}", form, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read())

    def eq(self, path: str) -> Any:
        """What EQ itself answers."""
        return self.ask("GET", f"eq/api/2.0/{path}")

    def calm(self) -> None:
        """EQ is fine, everybody is at work, nobody calls."""
        self.ask("POST", "control/eq", mode="fine")
        self.ask("DELETE", "control/faults")
        self.ask("DELETE", "control/calls", queue="all")
        self.ask("POST", "control/agents", state="available", queue="all")


@pytest.fixture(scope="module")
def process() -> Iterator[Simulator]:
    simulator = Simulator()
    try:
        yield simulator
    finally:
        simulator.stop()


@pytest.fixture
def simulator(process: Simulator) -> Simulator:
    process.start()
    process.calm()
    return process


@asynccontextmanager
async def visit(chromium: Browser, simulator: Simulator, **wishes: Any) -> AsyncIterator[Page]:
    """A page that has not signed in. Whatever the page's console complains of fails the test."""
    context = await chromium.new_context(**{"viewport": {"width": 1366, "height": 768}, "locale": "en", **wishes})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    await page.goto(simulator.url)
    yield page
    await context.close()
    assert [each for each in complaints if "Failed to load resource" not in each] == []


async def sign_in(page: Page) -> None:
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("html[data-link=open]")


@pytest_asyncio.fixture(loop_scope="session")
async def door(chromium: Browser, simulator: Simulator) -> AsyncIterator[Page]:
    async with visit(chromium, simulator) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def desk(door: Page) -> Page:
    await sign_in(door)
    return door


def lever(page: Page, order: str) -> Any:
    return page.locator(f'form[data-lever="{order}"]')


# Coming and going


async def test_the_page_asks_for_the_password_and_never_shows_or_keeps_it_in_its_address(door: Page) -> None:
    await door.fill("#password", "a wrong password")
    await door.keyboard.press("Enter")
    await expect(door.locator("#sign-in-said")).to_have_text("The password is wrong.")

    await sign_in(door)

    for secret in (PASSWORD, KEY):
        assert secret not in door.url
        assert secret not in await door.content()
    assert await door.evaluate("document.cookie") == ""


async def test_who_signs_out_stands_before_the_door_again(desk: Page) -> None:
    await desk.click("#sign-out")
    await expect(desk.locator("#password")).to_be_focused()


async def test_when_the_simulator_is_gone_the_page_says_so_and_goes_on_when_it_is_back(
    desk: Page, simulator: Simulator
) -> None:
    simulator.stop()
    await expect(desk.locator("#lost")).to_contain_text("The simulator does not answer", timeout=15_000)
    await expect(desk.locator("html")).to_have_attribute("data-link", "closed")
    await expect(desk.locator("#queues tr")).to_have_count(3)  # the last truth stays, marked

    simulator.start()

    await expect(desk.locator("#password")).to_be_visible(timeout=15_000)  # another server: it knows no visitor yet


async def test_a_page_that_nobody_sees_asks_nothing(chromium: Browser, simulator: Simulator) -> None:
    async with visit(chromium, simulator) as page:
        await page.clock.install()
        await sign_in(page)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
        await page.clock.run_for(1_500)  # what was under way has come to its end
        asked.clear()
        await page.clock.run_for(60_000)
        assert asked == []

        async with page.expect_request("**/control/world"):
            await page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")


# Throwing things


async def test_a_mass_sign_out_and_a_burst_are_seen_in_eqs_own_answers(desk: Page, simulator: Simulator) -> None:
    crew = lever(desk, "POST /control/agents")
    await crew.locator("[name=share]").select_option("1")
    await crew.get_by_role("button", name="Sign out").click()
    await expect(crew.locator(".said")).to_have_text("Moved 6 of 6 agents whom it concerns.")
    assert {row["status"] for row in simulator.eq("call_queue_agent_status")} == {"signedOut"}

    burst = lever(desk, "POST /control/burst")
    await burst.locator("[name=queue]").select_option("501")
    await burst.locator("[name=count]").fill("12")
    await burst.locator("[name=seconds]").fill("0")
    await burst.locator("[name=patience]").select_option("endless")
    await burst.get_by_role("button").click()

    await expect(burst.locator(".said")).to_have_text("Callers on their way: 12.")
    await expect(desk.locator("#total-waiting")).to_have_text("12")
    await expect(desk.locator("#queues tr", has_text="501").locator("[data-cell=waiting]")).to_have_text("12")
    assert [call["queue"] for call in simulator.eq("queued_calls")] == ["501"] * 12

    await desk.locator("#callers button").first.click()
    await expect(desk.locator("#total-waiting")).to_have_text("11")
    await lever(desk, "DELETE /control/calls").get_by_role("button").click()
    await expect(desk.locator("#total-waiting")).to_have_text("0")
    assert simulator.eq("queued_calls") == []


async def test_a_number_that_cannot_be_is_refused_by_its_label_and_has_the_focus(desk: Page) -> None:
    burst = lever(desk, "POST /control/burst")
    await burst.locator("[name=seconds]").fill("0")  # or callers would still come in the next test
    for number in ("501", "0", "5.5", ""):
        await burst.locator("[name=count]").fill(number)
        await burst.get_by_role("button").click()
        said = burst.locator(".said")
        await expect(said).to_have_text("Callers: it must be a whole number from \u20681\u2069 to \u2068500\u2069.")
        await expect(said).to_have_attribute("data-level", "critical")
        await expect(burst.locator("[name=count]")).to_be_focused()
        await burst.locator("[name=count]").fill("1")
        await burst.get_by_role("button").click()
        await expect(said).to_have_text("Callers on their way: 1.")


async def test_what_the_server_refuses_is_said_in_the_language_of_the_page(
    chromium: Browser, simulator: Simulator
) -> None:
    async with visit(chromium, simulator, locale="es") as page:
        await page.click("#sign-in button, .card button")
        await expect(page.locator("#sign-in-said")).to_have_text("Escriba la contraseña o la clave de EQ.")
        await page.fill("#password", "no es la buena")
        await page.keyboard.press("Enter")
        await expect(page.locator("#sign-in-said")).to_have_text("La contraseña no es correcta.")
        await sign_in(page)

        await page.evaluate("document.querySelector('#bindings').open = true")
        unbind = lever(page, "POST /control/bindings").get_by_role("button", name="Quitar")
        said = lever(page, "POST /control/bindings").locator(".said")
        await unbind.click()
        await expect(said).to_have_text("Ya no está asignado.")
        await unbind.click()
        await expect(said).to_have_text("El agente no está asignado a esa cola.")
        await expect(said).not_to_have_attribute("lang", re.compile("."))
        await lever(page, "POST /control/bindings").get_by_role("button", name="Asignar").click()


async def test_what_it_has_no_words_for_is_the_servers_own_sentence_and_english(
    chromium: Browser, simulator: Simulator
) -> None:
    async with visit(chromium, simulator, locale="he") as page:
        await sign_in(page)
        burst = lever(page, "POST /control/burst")
        await burst.locator("[name=patience]").evaluate("(select) => select.selectedOptions[0].value = 'some'")
        await burst.get_by_role("button").click()
        await expect(burst.locator(".said")).to_contain_text("The patience must be one of")
        await expect(burst.locator(".said")).to_have_attribute("lang", "en")
        await expect(burst.locator(".said")).to_have_attribute("dir", "ltr")


async def test_all_were_there_already(desk: Page) -> None:
    crew = lever(desk, "POST /control/agents")
    await crew.get_by_role("button", name="Bring in").click()
    await expect(crew.locator(".said")).to_have_text("All were there already.")


async def test_an_eq_that_is_gone_answers_nobody_and_the_page_goes_on(desk: Page, simulator: Simulator) -> None:
    await desk.locator("#modes label", has_text="Gone").click()
    await desk.locator("#eq-form").get_by_role("button").click()
    await expect(desk.locator("#mode")).to_have_text("Gone, by hand")
    with pytest.raises((urllib.error.URLError, RemoteDisconnected, ConnectionError)):
        simulator.eq("queued_calls")

    simulator.ask("POST", "control/agents", state="signed_out", queue="all")
    simulator.ask("POST", "control/calls", queue="500", name="Ada Lovelace")
    await expect(desk.locator("html")).to_have_attribute("data-link", "open")
    await expect(desk.locator("#callers")).to_contain_text("Ada Lovelace")

    await desk.locator("#modes label", has_text="Fine").click()
    await desk.locator("#eq-form").get_by_role("button").click()
    await expect(desk.locator("#mode")).to_have_text("Fine, by hand")
    assert simulator.eq("call_queue_statistics")


async def test_an_eq_that_is_half_broken_fails_in_what_was_chosen_for_as_long_as_was_chosen(
    desk: Page, simulator: Simulator
) -> None:
    await expect(desk.locator("#operations-field")).to_be_hidden()
    await desk.locator("#modes label", has_text="Half-broken").click()
    await expect(desk.locator("#operations")).to_contain_text("Callers who wait queued_calls.all")
    await expect(desk.locator("#other-operations")).to_be_hidden()
    boxes = desk.locator("#operations input")
    for box in await boxes.all():
        await box.set_checked(await box.get_attribute("value") == "parked_calls.all")
    await desk.locator("#eq-form [name=for_seconds]").select_option("300")
    await desk.locator("#eq-form").get_by_role("button").click()

    await expect(desk.locator("#mode")).to_have_text(re.compile(r"^Half-broken, by hand, for (5:00|4:5\d) more$"))
    await expect(desk.locator("#faults li")).to_contain_text(["Parked calls parked_calls.all"])
    with pytest.raises(urllib.error.HTTPError, match="500"):
        simulator.eq("parked_calls")
    assert simulator.eq("queued_calls") == []
    await expect(desk.locator("#faults .often")).to_contain_text("struck 1×")


async def test_half_broken_with_nothing_that_fails_is_refused_and_nothing_breaks(
    desk: Page, simulator: Simulator
) -> None:
    await desk.locator("#modes label", has_text="Half-broken").click()
    for box in await desk.locator("#operations input").all():
        await box.uncheck()
    await desk.locator("#eq-form button").click()
    await expect(desk.locator("#eq-form .said")).to_have_text("Choose at least one operation that fails.")
    assert simulator.ask("GET", "control/eq")["mode"] == "fine"


async def test_the_form_follows_the_mode_in_force_unless_the_trainer_is_choosing(
    desk: Page, simulator: Simulator
) -> None:
    chosen, about, said = (desk.locator(each) for each in ("#modes input:checked", "#mode-about", "#eq-form .said"))
    await desk.locator("#modes label", has_text="Slow").click()
    await desk.locator("#eq-form button").click()
    await expect(said).to_have_text("EQ is as you wished.")

    simulator.ask("POST", "control/eq", mode="half_broken", operations="parked_calls.all")

    await expect(chosen).to_have_value("half_broken")
    await expect(about).to_have_text("Some operations fail, the rest works.")
    await expect(said).to_be_empty()
    ticked = "[...document.querySelectorAll('#operations-field :checked')].map((box) => box.value)"
    assert await desk.evaluate(ticked) == ["parked_calls.all"]

    await desk.locator("#modes label", has_text="Gone").click()
    simulator.ask("POST", "control/eq", mode="fine")
    await expect(desk.locator("#mode")).to_have_text("Fine, by hand")
    await expect(chosen).to_have_value("gone")

    await desk.reload()
    await expect(desk.locator("#mode")).to_have_text("Fine, by hand")
    await expect(chosen).to_have_value("fine")


async def test_a_scenario_that_has_an_outage_in_store_is_given_back_its_way(chromium: Browser) -> None:
    simulator = Simulator("outage")
    try:
        simulator.start()
        async with visit(chromium, simulator) as page:
            await sign_in(page)
            await expect(page.locator("#mode")).to_have_text(re.compile(", by scenario$"))
            await expect(page.locator("#modes input:checked")).to_have_value("scenario")
            await page.locator("#modes label", has_text="Gone").click()
            await page.locator("#eq-form button").click()
            await expect(page.locator("#mode")).to_have_text("Gone, by hand")

            await page.locator("#modes label", has_text="As the scenario has it").click()
            await page.locator("#eq-form button").click()

            await expect(page.locator("#eq-form .said")).to_have_text("EQ is as the scenario has it.")
            await expect(page.locator("#mode")).to_have_text(re.compile(", by scenario$"))
            assert simulator.ask("GET", "control/eq")["by"] == "scenario"
    finally:
        simulator.stop()


async def test_a_single_fault_is_put_in_force_and_taken_away(desk: Page, simulator: Simulator) -> None:
    await desk.get_by_text("Add a single fault").click()
    fault = lever(desk, "POST /control/faults")
    await fault.locator("[name=kind]").select_option("html")
    await expect(desk.locator("#fault-seconds")).to_be_hidden()
    await fault.locator("[name=operation]").select_option("queued_calls.all")
    await fault.get_by_role("button").click()
    await expect(fault.locator(".said")).to_have_text("The fault is in force.")
    row = desk.locator("#faults li")
    await expect(row).to_contain_text(["HTML instead of JSON"])
    with pytest.raises(json.JSONDecodeError):
        simulator.eq("queued_calls")

    await row.get_by_role("button").click()

    await expect(desk.locator("#no-faults")).to_be_visible()
    await expect(fault.locator(".said")).to_be_empty()
    assert simulator.eq("queued_calls") == []


async def test_a_clock_may_be_off_into_the_past(desk: Page, simulator: Simulator) -> None:
    await desk.get_by_text("Add a single fault").click()
    fault = lever(desk, "POST /control/faults")
    await fault.locator("[name=kind]").select_option("clock_jump")
    await expect(fault.locator("[name=seconds]")).to_have_value("3600")
    await expect(desk.locator("#kind-about")).to_contain_text("below 0 into the past")
    await fault.locator("[name=seconds]").fill("-3600")
    await fault.get_by_role("button").click()
    await expect(desk.locator("#faults li")).to_contain_text("Clock is off -3600 s")
    assert [row["seconds"] for row in simulator.ask("GET", "control/faults")] == [-3600]


async def test_the_focus_stays_in_a_list_whose_rows_go(desk: Page, simulator: Simulator) -> None:
    simulator.ask("POST", "control/agents", state="signed_out", queue="all")
    for name in ("Ada", "Ben", "Cleo"):
        simulator.ask("POST", "control/calls", queue="500", name=name)
    rows, second = desk.locator("#callers li"), desk.get_by_role("button", name="Hang up \u2068Ben\u2069")
    await expect(rows).to_have_count(3)
    await second.focus()
    simulator.ask("DELETE", f"control/calls/{await path_of(rows.first)}")
    await expect(rows).to_have_count(2)
    await expect(second).to_be_focused()  # a row that stays keeps it
    await desk.keyboard.press("Enter")
    await expect(desk.get_by_role("button", name="Hang up \u2068Cleo\u2069")).to_be_focused()
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#callers-title")).to_be_focused()


async def path_of(row: Any) -> str:
    """The caller's unique id, as it stands in an address."""
    path: str = await row.locator("button").get_attribute("data-path")
    return path.rpartition("/")[2]


async def test_an_agent_is_bound_to_a_queue_and_unbound(desk: Page, simulator: Simulator) -> None:
    await desk.get_by_text("Bind agents to queues").click()
    await expect(desk.locator("#bound")).to_have_text(re.compile(r"^Bound to \d"))
    form = lever(desk, "POST /control/bindings")
    await form.locator("[name=queue]").select_option("502")
    await form.get_by_role("button", name="Bind", exact=True).click()
    await expect(desk.locator("#bound")).to_contain_text("502")
    await form.get_by_role("button", name="Unbind").click()
    await expect(desk.locator("#bound")).not_to_contain_text("502")


async def test_a_process_is_stopped_and_started(desk: Page, simulator: Simulator) -> None:
    await desk.get_by_role("button", name="Stop: \u2068httpd\u2069").click()
    await expect(desk.locator("#processes li", has_text="httpd")).to_contain_text("stopped")
    await expect(desk.locator("#problems")).to_have_text("1")
    assert simulator.eq("configuration_check")["ok"] is False
    await desk.get_by_role("button", name="Start: \u2068httpd\u2069").click()
    await expect(desk.locator("#processes li", has_text="httpd")).to_contain_text("runs")


# Who looks at it, and how


async def test_no_text_from_the_world_runs_or_reorders_the_page(desk: Page, simulator: Simulator) -> None:
    simulator.ask("POST", "control/agents", state="signed_out", queue="all")
    simulator.ask("POST", "control/calls", queue="500", name=HOSTILE, number=HOSTILE[:40])
    code = simulator.ask("POST", "eq/api/2.0/pause_code", data=json.dumps({"name": HOSTILE_BUT_SHORT}))
    queue = json.dumps({"extension": "599", "name": HOSTILE_BUT_SHORT, "type": 0})
    simulator.ask("POST", "eq/api/2.0/call_queue", data=queue)
    alert = simulator.ask("POST", "eq/api/2.0/alert", data=json.dumps({**ALERT, "name": HOSTILE[:48]}))

    await expect(desk.locator("#callers .who bdi")).to_have_text(SHOWN_HOSTILE)
    await expect(desk.locator(f"#pause-codes option[value='{code}']")).to_have_text(HOSTILE_BUT_SHORT)
    await expect(desk.locator("#queues tr", has_text="599").locator(".title")).to_have_text(HOSTILE_BUT_SHORT)
    await expect(desk.locator("#alerts .title")).to_have_text(HOSTILE[:48], timeout=20_000)
    await expect(desk.locator("#callers button")).to_have_accessible_name(re.compile(r"^Hang up .?<img"))
    assert await desk.evaluate("window.wasRun") is None
    assert await desk.locator("main img, main script").count() == 0
    for path in ("call_queue/599", f"pause_code/{code}", f"alert/{alert}"):
        simulator.ask("DELETE", f"eq/api/2.0/{path}")


async def test_a_name_of_the_other_direction_stands_on_the_pages_side_and_the_agents_add_up(
    desk: Page, simulator: Simulator
) -> None:
    simulator.ask("POST", "control/agents", state="signed_out", queue="501")
    simulator.ask("POST", "control/agents", state="signed_out", queue="all")
    for name in ("Ada", "רות לוי"):
        simulator.ask("POST", "control/calls", queue="500", name=name)
    await expect(desk.locator("#callers li")).to_have_count(2)
    await expect(desk.locator("#callers .where").first).to_have_text("500 Sales")
    sides = "[...document.querySelectorAll('#callers .who bdi')].map((each) => each.getBoundingClientRect().left)"
    assert len(set(await desk.evaluate(sides))) == 1
    shown = await desk.locator(".figures dd[id^=total-]:not(#total-waiting, #total-longest)").all_text_contents()
    assert sum(int(text) for text in shown[:6]) == 6


async def violations(page: Page) -> list[Any]:
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


@pytest.mark.parametrize(
    ("language", "width", "theme"),
    [("en", 1366, "light"), ("he", 1920, "dark"), ("es", 390, "dark"), ("he", 320, "light")],
)
async def test_axe_finds_nothing(
    chromium: Browser, simulator: Simulator, theme: Any, language: str, width: int
) -> None:
    wishes = {"color_scheme": theme, "locale": language, "viewport": {"width": width, "height": 900}}
    async with visit(chromium, simulator, **wishes) as page:
        assert await violations(page) == []
        await sign_in(page)
        simulator.ask("POST", "control/agents", state="signed_out", queue="all")
        simulator.ask("POST", "control/burst", queue="all", count="12", patience="endless")
        simulator.ask("POST", "control/faults", kind="latency", seconds="0.1", for_seconds="600")
        await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        await page.locator("#modes label").nth(2).click()
        await expect(page.locator("#callers li")).to_have_count(10)
        await expect(page.locator("#faults li")).to_have_count(1)
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_axe_finds_nothing_when_the_simulator_is_gone(desk: Page, simulator: Simulator) -> None:
    simulator.stop()
    await expect(desk.locator("#lost")).to_be_visible(timeout=15_000)
    assert await violations(desk) == []


async def test_the_page_speaks_the_browsers_language_and_another_when_asked(
    chromium: Browser, simulator: Simulator
) -> None:
    async with visit(chromium, simulator, locale="he-IL") as page:
        await sign_in(page)
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        await expect(page.locator("#world-title")).to_have_text("עולם")
        assert await page.evaluate("document.querySelector('.world').getBoundingClientRect().left > 300")

        await page.select_option("#language", "es")

        await expect(page.locator("html")).to_have_attribute("dir", "ltr")
        await expect(page.locator("#mode")).to_have_text("Bien")
        await expect(page.locator("#modes")).to_contain_text("Medio roto")
        await page.reload()
        await expect(page.locator("#world-title")).to_have_text("Mundo")
        assert await page.get_attribute("html", "lang") == "es"


async def test_the_theme_is_remembered(desk: Page) -> None:
    await desk.select_option("#theme", "dark")
    await desk.reload()
    await expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(desk.locator("#theme")).to_have_value("dark")


async def test_all_of_it_can_be_done_from_the_keyboard(door: Page, simulator: Simulator) -> None:
    await expect(door.locator("#password")).to_be_focused()
    await door.keyboard.type(PASSWORD)
    await door.keyboard.press("Enter")
    await door.wait_for_selector("html[data-link=open]")

    await tab_to(door, "form[data-lever='POST /control/burst'] [name=count]")
    await door.keyboard.press("ControlOrMeta+a")
    await door.keyboard.type("7")
    await door.keyboard.press("Enter")
    await expect(lever(door, "POST /control/burst").locator(".said")).to_have_text("Callers on their way: 7.")

    await tab_to(door, "#modes input")
    await door.keyboard.press("ArrowRight")
    await tab_to(door, "#eq-form button")
    await door.keyboard.press("Space")
    await expect(door.locator("#mode")).to_have_text("Slow, by hand")

    await tab_to(door, "#bindings summary")
    await door.keyboard.press("Enter")
    await tab_to(door, "#agents")


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there; wherever it stops on the way, it can be seen."""
    for _ in range(150):
        await page.keyboard.press("Tab")
        seen = await page.evaluate(
            """(selector) => {
                const focused = document.activeElement;
                const shown = focused.matches("#modes input") ? focused.nextElementSibling : focused;
                const isSeen = focused === document.body || getComputedStyle(shown).outlineStyle !== "none";
                return [isSeen, focused.matches(selector)];
            }""",
            selector,
        )
        assert seen[0], await page.evaluate("document.activeElement.outerHTML")
        if seen[1]:
            return
    raise AssertionError(f"Nothing leads to {selector}.")


async def test_a_press_moves_nothing_on_the_page(desk: Page) -> None:
    button = desk.locator("#eq-form button")
    place = "(button) => Math.round(button.getBoundingClientRect().top + scrollY)"
    before = await button.evaluate(place)
    burst = lever(desk, "POST /control/burst")
    await burst.get_by_role("button").click()
    await expect(burst.locator(".said")).not_to_be_empty()
    await button.click()
    await expect(desk.locator("#eq-form .said")).not_to_be_empty()
    assert await button.evaluate(place) == before
