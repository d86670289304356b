"""Every address there is, the administration's and those of more ways to sign in too: what all of them must hold to."""

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from eqboard.boards.policy import HEADERS, POLICY
from tests.accounts.more_ways import PROVIDER, more_ways
from tests.cast import static_files_are_not_collected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config", "site"), static_files_are_not_collected]

SAMPLES = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "7"}


@pytest.fixture(params=["usual", "more"])
def site(request, more_tables, db):
    if request.param == "usual":
        yield
        return
    with more_ways(second_factor="optional", oidc_url="https://login.example", **PROVIDER):
        yield


def addresses() -> list[str]:
    """One for each pattern, with something for each of its parts."""
    return sorted(set(_paths(get_resolver(), "/")))


def _paths(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for each in resolver.url_patterns:
        path = prefix + _filled(each)
        if isinstance(each, URLPattern):
            yield path
        else:
            yield from _paths(each, path)


def _filled(pattern: URLPattern | URLResolver) -> str:
    text = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().removeprefix("string") or "str"
        sample = SAMPLES.get(kind, "7")
        text = text.replace(f"<{kind}:{name}>", sample).replace(f"<{name}>", sample)
    return "auth/" if text.startswith("^(?P<app_label>") else text.replace("(?P<url>.*)$", "nowhere")


def test_the_walk_sees_them_all():
    seen = addresses()
    assert {"/", "/sign-in/", "/agents/7/pause/", "/admin/auth/user/7/change/", "/i18n/setlang/"} <= set(seen)
    assert not [each for each in seen if set(each) & set("<>^$()")]


def test_nothing_is_sent_but_from_our_own_pages(cast):
    for person in (cast.lead, cast.admin):
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.force_login(person)
        for path in addresses():
            answer = client.post(path, {"next": "/"})
            assert answer.status_code == 403, path
            assert "This was not sent" in answer.text, path


@pytest.mark.parametrize("name", [None, "admin"])
def test_every_answer_says_what_a_browser_may_do_with_it_and_asks_for_no_more(cast, name):
    client = Client(raise_request_exception=False)
    if name:
        client.force_login(getattr(cast, name))
    for path in (*addresses(), "/nowhere/"):
        answer = client.get(path)
        assert {each: answer.headers.get(each) for each in HEADERS} == HEADERS, path
        assert "no-store" in answer["Cache-Control"], path
        assert not inline(answer), path


def inline(answer: HttpResponse) -> list[Tag]:
    """What the policy would stop: scripts, styles and handlers that stand in the page itself."""
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return []
    page = BeautifulSoup(answer.content, "html.parser")
    marks = "script:not([src]):not([type='application/json']), style, [style], [onclick], [onload], [onsubmit]"
    return list(page.select(marks))


def test_the_policy_lets_no_inline_script_or_style_run():
    assert "unsafe" not in POLICY
    assert "default-src 'self'" in POLICY
    assert "form-action 'self'" in POLICY
