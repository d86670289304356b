"""The door for browsers: who is let in to the control page, by what, how long, and what it never admits to."""

import json
import re
from pathlib import Path

import httpx
import pytest

from eqboard.config import ROOT
from eqboard.simulator.app import build_app
from eqboard.simulator.faults import FaultKind, Mode
from eqboard.simulator.faults.modes import USUALLY_FAIL
from eqboard.simulator.office.entities import AgentState
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.trainer.headers import POLICY
from eqboard.simulator.trainer.visitors import MOST_VISITORS, MOST_WRONG_TRIES_OF_ALL, STAY_SECONDS, Visitors

from .conftest import KEY, refusal

PASSWORD = "a-password-for-trainers"
OWN = {"Origin": "http://eq"}
HERE = "192.0.2.1"
PAGE = ROOT / "eqboard" / "simulator" / "trainer" / "page"


@pytest.fixture
async def browser(world, clock):
    """A client that keeps cookies, and says where it asks from as a page of ours would make a browser say it."""
    app = build_app(world, key=KEY, clock=clock, password=PASSWORD, host="eq")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq", headers=OWN) as client:
        yield client


@pytest.fixture
async def visitor(browser):
    assert (await sign_in(browser)).status_code == 200
    return browser


async def sign_in(client, password=PASSWORD, **headers):
    return await client.post("/control/sign_in", data={"password": password}, headers=headers)


# Coming in


@pytest.mark.parametrize("secret", [PASSWORD, KEY])
async def test_the_trainers_password_and_the_key_both_open(browser, secret):
    assert refusal(await browser.get("/control/world")) == (401, "auth_key", "blank")
    response = await sign_in(browser, secret)
    assert (response.status_code, response.json()) == (200, None)
    assert (await browser.get("/control/world")).status_code == 200
    assert (await browser.get("/truth")).status_code == 200
    assert (await browser.post("/control/calls", data={"queue": "500"})).status_code == 200


async def test_the_page_is_the_form_before_and_the_desk_after(browser):
    assert 'type="password"' in (await browser.get("/")).text
    await sign_in(browser)
    page = await browser.get("/")
    assert 'type="password"' not in page.text
    assert 'id="queues"' in page.text
    assert KEY not in page.text
    assert PASSWORD not in page.text


async def test_the_cookie_is_for_this_server_alone_and_no_script_sees_it(browser):
    response = await sign_in(browser)
    [cookie] = response.headers.get_list("set-cookie")
    assert re.match(r"eqboard-trainer-0=[\w-]{43}; HttpOnly; Max-Age=43200; Path=/; SameSite=strict$", cookie)


async def test_the_cookie_of_another_port_on_the_same_machine_is_another(world, clock):
    app = build_app(world, key=KEY, clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8088") as client:
        response = await sign_in(client, KEY, Origin="http://127.0.0.1:8088")
        assert response.headers["set-cookie"].startswith("eqboard-trainer-8088=")


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", (400, "password", "blank")),
        ("wrong-ü-\ud800", (401, "password", "invalid")),
        (PASSWORD[:-1], (401, "password", "invalid")),
    ],
)
async def test_a_wrong_password_is_refused_and_not_repeated(browser, password, expected):
    response = await browser.post("/control/sign_in", content=f"password={password}".encode("utf-8", "surrogatepass"))
    assert refusal(response) == expected
    assert "set-cookie" not in response.headers
    assert "wrong" not in response.text.replace("is wrong", "")


async def test_without_a_password_only_the_key_opens(world, clock):
    app = build_app(world, key=KEY, clock=clock, host="eq")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq", headers=OWN) as client:
        assert refusal(await sign_in(client, "")) == (400, "password", "blank")
        assert (await sign_in(client, KEY)).status_code == 200


# What it never admits to


@pytest.mark.parametrize("path", ["call_queue_statistics", "queued_calls", "agent/1", "license"])
async def test_the_cookie_is_no_key_of_the_eq_api(visitor, path):
    assert refusal(await visitor.get(f"/eq/api/2.0/{path}")) == (401, "auth_key", "blank")


async def test_a_wrong_key_is_not_saved_by_the_cookie(visitor):
    assert refusal(await visitor.get("/truth", params={"auth_key": "wrong"})) == (401, "auth_key", "invalid")
    assert refusal(await visitor.get("/truth", params={"auth_key": ""})) == (401, "auth_key", "blank")


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},  # the board, on another port of the same machine
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://eq"},
    {"Origin": "http://elsewhere"},
    {"Origin": "http://eq:8000"},
    {"Origin": "null"},
    {"Origin": "http://["},
    {"Origin": ""},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/control/calls", "/control/sign_in", "/control/sign_out"])
async def test_no_other_page_can_press_anything_in_a_visitors_name(visitor, world, headers, path):
    form = {"queue": "500", "password": PASSWORD}
    assert refusal(await visitor.post(path, data=form, headers=headers)) == (403, None, "invalid")
    assert not world.switch.calls
    assert (await visitor.get("/truth")).status_code == 200


async def test_an_old_browser_says_the_whole_origin(visitor):
    for origin, status in (("https://eq", 403), ("http://eq:80", 403), ("HTTP://EQ", 200), ("http://eq", 200)):
        response = await visitor.delete("/control/faults", headers={"Origin": origin})
        assert response.status_code == status


async def test_the_key_wins_over_a_cookie_that_came_along_from_elsewhere(visitor):
    foreign = {"Sec-Fetch-Site": "cross-site"}
    response = await visitor.post("/control/calls", data={"queue": "500", "auth_key": KEY}, headers=foreign)
    assert response.status_code == 200
    response = await visitor.post("/control/calls", params={"auth_key": KEY}, data={"queue": "500"}, headers=foreign)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("key", "expected"), [("wrong", (401, "auth_key", "invalid")), ("", (401, "auth_key", "blank"))]
)
async def test_a_wrong_key_in_a_form_is_not_saved_by_the_cookie(visitor, world, key, expected):
    response = await visitor.post("/control/calls", data={"queue": "500", "auth_key": key})
    assert refusal(response) == expected
    assert not world.switch.calls


async def test_a_browser_that_says_it_is_our_own_page_is_believed(visitor):
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "http://behind-a-proxy"}
    assert (await visitor.delete("/control/faults", headers=headers)).status_code == 200


async def test_a_visitor_may_type_the_address(visitor):
    typed = {"Sec-Fetch-Site": "none", "Origin": ""}
    for path in ("/", "/truth"):
        assert (await visitor.get(path, headers=typed)).status_code == 200


async def test_who_has_the_key_needs_to_be_no_page(bare):
    response = await bare.post("/control/calls", params={"auth_key": KEY}, data={"queue": "500"})
    assert response.status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "x" * 43, "ü" * 43, '"; a="'])
async def test_a_made_up_cookie_opens_nothing(browser, cookie):
    headers = {"Cookie": f"eqboard-trainer-0={cookie}".encode("latin-1")}
    assert refusal(await browser.get("/control/world", headers=headers)) == (401, "auth_key", "blank")


@pytest.mark.parametrize("host", ["eq:abc", "[::1]:8088", "[", "eq:99999999999999999999999", "", "é"])
async def test_whatever_the_host_is_called_the_worst_is_a_refusal(browser, host):
    for method, path in (("GET", "/"), ("GET", "/control/world"), ("POST", "/control/sign_in")):
        response = await browser.request(method, path, headers={"Host": host.encode("latin-1")})
        assert response.status_code < 500


@pytest.mark.parametrize("host", ["eq", "EQ:8088", "localhost", "localhost:8088", "10.0.0.7:8088", "[::1]:8088"])
async def test_the_page_is_shown_by_address_and_by_the_names_that_are_ours(browser, host):
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert (await browser.get("/", headers=headers)).status_code == 200
    assert (await sign_in(browser, **headers)).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "eq.evil.example", "evil.example:8088", "127.0.0.1.evil.example", ""])
async def test_a_name_that_somebody_made_mean_this_machine_shows_no_page_and_tries_no_password(browser, host):
    headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    for response in (await browser.get("/", headers=headers), await sign_in(browser, **headers)):
        assert refusal(response) == (403, None, "invalid")
        assert "--host" in response.json()[0]["description"]
    assert (await browser.get("/control/world", params={"auth_key": KEY}, headers=headers)).status_code == 200


async def test_a_server_without_a_name_is_asked_by_address_alone(bare):
    assert refusal(await bare.get("/")) == (403, None, "invalid")
    assert (await bare.get("http://127.0.0.1/")).status_code == 200


# Going


async def test_a_visitor_who_signs_out_is_out_and_the_others_stay(browser):
    await sign_in(browser)
    first = dict(browser.cookies)
    browser.cookies.clear()
    await sign_in(browser)
    assert (await browser.post("/control/sign_out")).json() is None
    assert not browser.cookies
    assert (await browser.get("/control/world")).status_code == 401
    browser.cookies.update(first)
    assert (await browser.get("/control/world")).status_code == 200


async def test_after_twelve_hours_the_password_is_asked_again(visitor, clock):
    clock.now += STAY_SECONDS - 1
    assert (await visitor.get("/truth")).status_code == 200
    clock.now += 1
    assert (await visitor.get("/truth")).status_code == 401


# Guessing


async def test_who_guesses_waits_for_a_minute_and_who_has_the_key_does_not(browser, server, clock):
    for _ in range(10):
        assert (await sign_in(browser, "a guess")).status_code == 401
        clock.now += 1
    response = await sign_in(browser)
    assert refusal(response) == (429, "password", "invalid")
    assert "try again in 51 s" in response.json()[0]["description"]
    assert (await browser.get("/truth", params={"auth_key": KEY})).status_code == 200
    clock.now += 51
    assert (await sign_in(browser)).status_code == 200


async def test_who_guesses_keeps_nobody_out_who_comes_from_elsewhere(world, clock):
    app = build_app(world, key=KEY, clock=clock, password=PASSWORD, host="eq")
    for address, password, expected in (("192.0.2.1", "a guess", 429), ("192.0.2.2", PASSWORD, 200)):
        transport = httpx.ASGITransport(app, client=(address, 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://eq", headers=OWN) as client:
            for _ in range(20):
                response = await sign_in(client, password)
            assert response.status_code == expected


def test_many_who_guess_together_are_too_many_and_no_more_is_kept_of_them():
    visitors = Visitors([PASSWORD])
    for place in range(MOST_WRONG_TRIES_OF_ALL):
        with pytest.raises(Refusal, match="wrong") as refused:
            visitors.sign_in("a guess", place / 10, f"192.0.2.{place % 100}")
        assert refused.value.status == 401
    with pytest.raises(Refusal, match="try again in 31 s"):
        visitors.sign_in(PASSWORD, 30.0, HERE)
    assert visitors.sign_in(PASSWORD, 60.0, HERE)


async def test_whoever_is_in_already_is_not_thrown_out_by_another_who_guesses(visitor):
    for _ in range(20):
        await sign_in(visitor, "a guess")
    assert (await visitor.get("/truth")).status_code == 200


def test_a_clock_that_was_put_back_locks_nobody_out():
    visitors = Visitors([PASSWORD])
    for _ in range(10):
        with pytest.raises(Refusal):
            visitors.sign_in("a guess", 1_000_000.0, HERE)
    assert visitors.sign_in(PASSWORD, 500_000.0, HERE)


def test_there_are_so_many_visitors_and_the_first_makes_room():
    visitors = Visitors([PASSWORD])
    tokens = [visitors.sign_in(PASSWORD, 0.0, HERE) for _ in range(MOST_VISITORS + 1)]
    assert [visitors.is_known(token, 1.0) for token in tokens] == [False, *[True] * MOST_VISITORS]


def test_no_token_and_no_password_is_kept():
    visitors = Visitors([PASSWORD])
    token = visitors.sign_in(PASSWORD, 0.0, HERE)
    assert token not in repr(vars(visitors))
    assert PASSWORD not in repr(vars(visitors))


# What it tells browsers

SHUT = ("default-src", "form-action", "base-uri", "frame-ancestors")


@pytest.mark.parametrize("path", ["/", "/truth", "/control/world", "/page/desk.js", "/control/nothing"])
async def test_every_answer_outside_the_api_is_guarded(visitor, path):
    headers = (await visitor.get(path)).headers
    policy = dict(rule.split(" ", 1) if " " in rule else (rule, "") for rule in POLICY.split("; "))
    assert headers["content-security-policy"] == POLICY
    assert {rule: policy[rule] for rule in SHUT} == dict.fromkeys(SHUT, "'none'")
    assert set(policy.values()) <= {"'none'", "'self'", "'script'", ""}
    assert {"require-trusted-types-for", "trusted-types"} <= set(policy)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/page/") else "no-store")


async def test_refusals_are_kept_nowhere_either(browser):
    assert (await browser.get("/control/world")).headers["cache-control"] == "no-store"


async def test_the_eq_api_answers_as_eq_does(server):
    assert "content-security-policy" not in (await server.get("parked_calls")).headers


async def test_a_file_that_the_browser_has_is_not_sent_again(browser):
    first = await browser.get("/page/page.css")
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    again = await browser.get("/page/page.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_browser_that_asks_for_an_icon_beside_the_truth_gets_one(browser):
    response = await browser.get("/favicon.ico")
    assert (response.status_code, response.headers["content-type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize("name", ["nothing.js", "desk.html", "../door.py", "..%2Fdoor.py", "fonts/", "fonts/LICENSE"])
async def test_no_other_file_is_served(browser, name):
    assert (await browser.get(f"/page/{name}")).status_code == 404


# The pages themselves


def html_pages():
    return sorted(PAGE.glob("*.html"))


@pytest.mark.parametrize("path", html_pages(), ids=lambda path: path.name)
async def test_a_page_holds_no_script_and_no_style_of_its_own_and_all_it_names_is_there(path, browser):
    html = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    for address in re.findall(r'(?:src|href)="(/page/[^"]+)"', html):
        assert (await browser.get(address)).status_code == 200, address


async def test_every_module_that_a_module_names_is_there(browser):
    for path in PAGE.glob("*.js"):
        for name in re.findall(r'from "\./([\w.]+)"', path.read_text()):
            assert (await browser.get(f"/page/{name}")).status_code == 200, name


def words():
    text = Path(PAGE, "words.js").read_text()
    return json.loads(text[text.index("{", text.index("WORDS")) :].rstrip().rstrip(";"))


def test_the_three_languages_have_the_same_words_with_the_same_gaps():
    english, *others = (words()[tag] for tag in ("en", "es", "he"))
    assert len(words()) == 3
    for other in others:
        assert list(other) == list(english)
        for key, text in english.items():
            assert set(re.findall(r"{\w+}", other[key])) == set(re.findall(r"{\w+}", text)), key
            assert other[key].strip()


def test_every_word_that_is_used_exists_and_every_one_that_exists_is_used():
    sources = {path.name: path.read_text() for path in PAGE.iterdir() if path.name != "words.js"}
    text = "\n".join(sources.values())
    used = set(re.findall(r'(?:data-word|data-said)="([\w.]+)"', text)) | set(re.findall(r'word\("([\w.]+)"', text))
    known = set(words()["en"])
    assert used <= known
    begun = {f"{prefix}." for prefix in re.findall(r"`(\w+(?:\.\w+)*)\.\$", text)}  # `kind.${…}`
    left_over = {key for key in known - used if f'"{key}"' not in text and not key.startswith(tuple(begun))}
    assert left_over == set()


def test_the_page_has_a_word_for_whatever_the_server_may_say():
    spoken = {f"kind.{kind}" for kind in FaultKind} | {f"mode.{mode}{part}" for mode in Mode for part in ("", ".about")}
    spoken |= {f"state.{state.name.lower()}" for state in AgentState}
    assert spoken <= set(words()["en"])


def test_the_page_ticks_what_fails_of_a_half_broken_server_if_nobody_says():
    [ticked] = re.findall(r"USUALLY_FAIL = (\[.*\]);", Path(PAGE, "eq.js").read_text())
    assert tuple(json.loads(ticked)) == USUALLY_FAIL


def test_no_module_writes_html():
    for path in PAGE.glob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text())
