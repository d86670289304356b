"""Every word on every page, in every language. Needs no GNU gettext: Babel reads the catalogues and the source."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import unescape
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
from django.utils import translation
from django.utils.translation.template import templatize

from eqboard.boards.labels import SYMBOLS
from eqboard.config import ROOT
from tests.every_page import pages, pieces

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
LETTERS = r"[^\W\d_\u0590-\u05ff]+"  # of any script but Hebrew
PLACEHOLDER = r"%\(\w+\)s|\{\w+\}"
# Latin words that stay what they are in Hebrew: products, keys, symbols, and what each language calls itself.
PROPER = {
    *("eqboard", "EQ", "Administration", "Redis", "poller", "PBX", "JavaScript", "JSON", "CSV", "Europe", "Madrid"),
    *("true", "false"),  # words of a board's file
    "complaints",  # a field of what the audit log keeps
    *("Ctrl", "Esc", "Enter", "Shift", "Tab", "K", *"bklpsx", "English", "Español"),
    *re.findall(LETTERS, " ".join(SYMBOLS.values()).replace("_", " ")),
    *"CTs",  # Erlang's formula, and the two limits of a promise
}

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
    yield from in_files(Path(ROOT, "eqboard").rglob("*.py"))
    yield from in_templates()


def in_templates() -> Iterator[Key]:
    yield from in_files(Path(ROOT, "templates").rglob("*.html"))


def in_files(paths: Iterable[Path]) -> Iterator[Key]:
    for path in paths:
        text = path.read_text()
        if path.suffix == ".html":  # as Python, with everything else blanked; its indentation means nothing
            text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
        for _, found, _, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
            yield context, found


def test_what_asks_for_a_translation_goes_by_a_name_that_is_looked_for() -> None:
    """`makemessages` finds calls by their names: what is called `lazy` is translated into no language, and silently."""
    imported = re.compile(r"^from django\.utils\.translation import (.+)$", re.MULTILINE)
    for path in Path(ROOT, "eqboard").rglob("*.py"):
        for names in imported.findall(path.read_text()):
            for name in names.split(", "):
                _function, _, alias = name.partition(" as ")
                assert not alias or alias in KEYWORDS, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_what_the_source_says_and_nothing_else(language: str) -> None:
    held, wanted = set(messages(catalogue(language))), set(in_source())

    assert len(wanted) > 600
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


# Pages


@cache
def htmls(language: str) -> tuple[str, ...]:
    """Every page and what is swapped into one. Needs the database."""
    return (*pages(language), *pieces(language))


@cache
def said(language: str) -> frozenset[str]:
    """All that a reader sees or hears: text, and attributes that are words; without placeholders and addresses."""
    return frozenset(re.sub(PLACEHOLDER + r"|https?:\S+", "", text) for html in htmls(language) for text in _raw(html))


def _raw(html: str) -> Iterator[str]:
    soup = BeautifulSoup(html, "html.parser")
    for node in soup.find_all(string=True):
        if not isinstance(node, Comment | Doctype) and node.strip():
            yield node.strip()
    for element in soup.find_all(True):
        for name, value in element.attrs.items():
            if name in ("title", "aria-label", "placeholder", "alt") or name.startswith("data-say"):
                yield value
            if name == "data-phrases":
                yield from (text for forms in json.loads(value).values() for text in forms.values())


@pytest.mark.django_db
def test_the_pages_that_are_looked_at_hold_every_word_of_the_templates() -> None:
    """Else the tests below would look past a page, or a condition of one."""
    shown = unescape("\n".join(dict.fromkeys(htmls("en")))).replace("\N{NO-BREAK SPACE}", " ")

    missing = {key for _, key in in_templates() if not any(is_in(shown, form) for form in forms(key))}
    assert missing == set()


def forms(key: str | tuple[str, ...]) -> tuple[str, ...]:
    return (key,) if isinstance(key, str) else key


def is_in(shown: str, message: str) -> bool:
    """Whether it stands there, as far as it is the same whatever is put in the places of its placeholders."""
    return all(unescape(piece) in shown for piece in re.split(PLACEHOLDER, message.replace("%%", "%")))


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_english_words_left_over(language: str) -> None:
    english = {
        piece
        for key, message in messages(catalogue(language)).items()
        for form in forms(key[1])
        for piece in literal_pieces(form)
        if not any(piece in each for each in strings(message))
    }
    left_over = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, english - PROPER))})(?!\w)")

    assert {text for text in said(language) if left_over.search(text)} == set()


def literal_pieces(message: str) -> Iterator[str]:
    """What stands on a page as it is, whatever is put in the places of its placeholders: with some words in it."""
    for piece in re.split(PLACEHOLDER + "|<[^>]+>|%%", message):
        if len(re.findall("[A-Za-z]", piece)) > 3:
            yield piece.strip()


@pytest.mark.django_db
def test_hebrew_pages_run_from_right_to_left_in_hebrew_letters() -> None:
    for html in htmls("he"):
        root = BeautifulSoup(html, "html.parser").html
        assert root is None or (root["lang"], root["dir"]) == ("he", "rtl")

    assert {text for text in said("he") if not set(re.findall(LETTERS, text)) <= PROPER} == set()
