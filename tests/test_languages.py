"""Every word on every page, in every language. Needs no GNU gettext: Babel reads the catalogues and the source."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from bs4.element import Comment, Doctype
from django.conf import settings
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation.template import templatize

from eqboard.accounts.access import Grant, Rights
from eqboard.accounts.views import DisplayForm
from eqboard.boards.fragments import whole
from eqboard.boards.health import Health
from eqboard.boards.spec import Surface
from eqboard.config import ROOT
from eqboard.floor.snapshot import AgentState, Part, Snapshot, Trouble
from tests.boards.painting import audience, paint
from tests.builders import (
    NOON,
    agent,
    ago,
    caller,
    conference,
    membership,
    parked_call,
    participant,
    pause_code,
    queue,
    snapshot,
    waiting_call,
)

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
RENEW = (
    "run `manage.py makemessages -l es -l he --no-location --no-obsolete --ignore .venv`, translate, `compilemessages`"
)
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
# Latin words that stay what they are in Hebrew: products, keys, and what each language calls itself.
PROPER = {"eqboard", "EQ", "Administration", "Redis", "poller", "Esc", "Enter", "Tab", "p", "English", "Español"}

Key = tuple[str | None, str | tuple[str, ...]]  # the context, and the message with its plural


def path_of(language: str, suffix: str) -> Path:
    return Path(settings.LOCALE_PATHS[0], language, "LC_MESSAGES", f"django.{suffix}")


def catalogue(language: str) -> Catalog:
    with path_of(language, "po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def messages(catalog: Catalog) -> dict[Key, Message]:
    """By context and text. What was compiled comes with lists, and with contexts in bytes."""
    return {
        (
            each.context.decode() if isinstance(each.context, bytes) else each.context,
            each.id if isinstance(each.id, str) else tuple(each.id),
        ): each
        for each in catalog
        if each.id
    }


def strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def in_source() -> Iterator[Key]:
    """What the programs and templates ask to be translated."""
    for path in [*Path(ROOT, "eqboard").rglob("*.py"), *Path(ROOT, "templates").rglob("*.html")]:
        text = path.read_text()
        if path.suffix == ".html":  # as Python, with everything else blanked; its indentation means nothing
            text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
        for _, found, _, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
            yield context, found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_what_the_source_says_and_nothing_else(language: str) -> None:
    held, wanted = set(messages(catalogue(language))), set(in_source())

    assert len(wanted) > 150
    assert held == wanted, RENEW


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_with_its_placeholders_and_tags(language: str) -> None:
    catalog = catalogue(language)

    for key, message in messages(catalog).items():
        original = key[1] if isinstance(key[1], str) else key[1][-1]
        assert not message.fuzzy, original
        assert len(strings(message)) == (catalog.num_plurals if message.pluralizable else 1), original
        for text in strings(message):
            assert text.strip(), original
            assert fixed_parts(text) == fixed_parts(original), original
            assert not original.endswith((".", "…")) or text[-1] == original[-1], original


def fixed_parts(text: str) -> list[str]:
    """Placeholders and tags; and characters that HTML would take for its own, as templates do not escape our words."""
    return sorted(re.findall(r"%\(\w+\)s|\{\w+\}|<[^>]+>|[<>&\"]", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_source(language: str) -> None:
    """It is committed: a fresh machine has no msgfmt."""
    with path_of(language, "mo").open("rb") as file:
        compiled = read_mo(file)
    written = catalogue(language)

    assert {key: strings(each) for key, each in messages(compiled).items()} == {
        key: strings(each) for key, each in messages(written).items()
    }, RENEW
    assert compiled.plural_forms == written.plural_forms


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["+ 1 caller", "+ 2 callers", "+ 20 callers"]),
        ("es", ["+ 1 llamada", "+ 2 llamadas", "+ 20 llamadas"]),
        ("he", ["+ שיחה 1", "+ 2 שיחות", "+ 20 שיחות"]),
    ],
)
def test_one_and_many_are_told_apart(language: str, expected: list[str]) -> None:
    with translation.override(language):
        shown = [translation.ngettext("+ %(n)s caller", "+ %(n)s callers", n) % {"n": n} for n in (1, 2, 20)]

    assert shown == expected


# Pages. Names on the floor are digits here, so that every letter on a page is ours.

NAMELESS = {"number": None, "name": None}
EVERYTHING = snapshot(
    queues=[
        queue("500", name="500", waiting_count=12, oldest_waiting_at=ago(900), ringing_count=1, wrap_up_count=2),
        queue("501", name="501", waiting_count=1, oldest_waiting_at=ago(4000), present_count=0),
        *(queue(f"51{each}", name=f"51{each}", waiting_count=each) for each in range(6)),
    ],
    agents=[
        *(
            agent(
                number,
                name=str(number),
                state=state,
                pause_reason="1" if state is AgentState.PAUSED else None,
                wrap_up_ends_at=NOON if state is AgentState.WRAP_UP else None,
                partly_paused=state is AgentState.ON_CALL,
                caller=caller(**NAMELESS) if state is AgentState.ON_CALL else None,
                memberships=(membership(queue_name="500", state=state),),
            )
            for number, state in enumerate(AgentState)
        ),
    ],
    waiting=[
        waiting_call(
            f"1.{each}",
            queue_name="500",
            caller=caller(**NAMELESS) if each else caller(name="1"),
            ringing_at=("7", "8"),
            entered_at=ago(700 * each),
        )
        for each in range(6)
    ],
    parked=[parked_call(caller=caller(**NAMELESS), parked_by_name="7")],
    conferences=[
        conference(
            name="900",
            locked=True,
            participants=(
                participant(caller=caller(**NAMELESS), muted=True),
                participant(caller=caller(**NAMELESS), talking=True),
            ),
        )
    ],
)
HEALTHS = [
    Health(),
    Health(feed_lost_since=NOON, truth_at=NOON),
    Health(poller_silent_since=NOON),
    *(Health(trouble=trouble, troubled_parts=tuple(Part), truth_at=NOON) for trouble in Trouble),
    Health(is_slow=True),
]
LEADS = Rights(frozenset({Grant(None, frozenset({"agent.pause", "agent.resume"}))}))


def page(template: str, language: str, **context: Any) -> str:
    request = RequestFactory().get("/")
    request.user = User(username="7")
    with translation.override(language):
        return render_to_string(template, context, request)


def board_page(surface: Surface, language: str, floor: Snapshot, health: Health) -> str:
    screen = whole(paint(floor, health, audience(surface, language, LEADS)))
    template = {Surface.DESK: "boards/board.html", Surface.TV: "boards/tv.html"}[surface]
    return page(template, language, screen=screen, pulse="")


def pages(language: str) -> Iterator[str]:
    """Every page there is, in every condition that has words of its own."""
    for surface in Surface:
        for health in HEALTHS:
            yield board_page(surface, language, EVERYTHING, health)
        yield board_page(surface, language, snapshot(), Health())
    screens = [{"name": "1", "team": "2", "seen_at": None, "pk": 1}]
    form = DisplayForm(User.objects.none(), {"code": "1"})  # type: ignore[arg-type]
    for template in ("403.html", "404.html", "500.html", "accounts/no_team.html"):
        yield page(template, language)
    yield page("accounts/sign_in.html", language, form=form)
    yield page("accounts/pairing.html", language, code="2345", displays_url="http://7/")
    for shown in (screens, []):
        yield page("accounts/displays.html", language, form=form, screens=shown, tv_url="http://7/")


def pieces(language: str) -> Iterator[str]:
    """What is swapped into a page."""
    codes = [pause_code(1, "1")]
    yield page("control/pause_form.html", language, agent=agent(7, name="7"), codes=codes)
    yield page("control/outcome.html", language, outcome={"state": "refused", "sentence": "1"})


def said(html: str) -> Iterator[str]:
    """All that a reader sees or hears: text, and attributes that are words; without placeholders and addresses."""
    for text in _raw(html):
        yield re.sub(r"\{\w+\}|https?:\S+", "", text)


def _raw(html: str) -> Iterator[str]:
    soup = BeautifulSoup(html, "html.parser")
    for node in soup.find_all(string=True):
        if not isinstance(node, Comment | Doctype) and node.strip():
            yield node.strip()
    for element in soup.find_all(True):
        for name, value in element.attrs.items():
            if name in ("title", "aria-label", "placeholder", "alt") or name.startswith("data-say"):
                yield value


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_english_words_left_over(language: str) -> None:
    catalog = messages(catalogue(language))
    english = {
        key[1]: strings(each)[0]
        for key, each in catalog.items()
        if isinstance(key[1], str) and len(key[1]) > 3 and key[1] not in PROPER
    }
    either = "|".join(re.escape(each) for each, other in english.items() if each not in other)
    left_over = re.compile(rf"(?<!\w)({either})(?!\w)")

    for html in (*pages(language), *pieces(language)):
        for text in said(html):
            assert not left_over.search(text), text


@pytest.mark.django_db
def test_hebrew_pages_run_from_right_to_left_in_hebrew_letters() -> None:
    for html in pages("he"):
        root = BeautifulSoup(html, "html.parser").html
        assert root is not None
        assert (root["lang"], root["dir"]) == ("he", "rtl")

    for html in (*pages("he"), *pieces("he")):
        for text in said(html):
            assert set(re.findall(r"[^\W\d_\u0590-\u05ff]+", text)) <= PROPER, text
