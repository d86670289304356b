"""The audit log, for those who may read it: a page to search, and the same as a file."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from eqboard.accounts.access import SEE_AUDIT, may_ever
from eqboard.accounts.asking import user_of
from eqboard.accounts.rights import rights_of
from eqboard.boards.language import language_of_reader
from eqboard.config import get_config
from eqboard.control.audit import sheet
from eqboard.control.audit.search import Reader, Search, Selection, select
from eqboard.control.audit.story import Story
from eqboard.control.audit.telling import Line, tell
from eqboard.control.catalogue.action import LONGEST_RINGING_SECONDS

CSV = "text/csv; charset=utf-8"
PAGE = 50  # attempts
ASKED_FOR = [name for name in Search.base_fields if name not in ("before", "after")]
BATCH = 200  # attempts that are in memory at once while a file is written


@dataclass(frozen=True, slots=True)
class Log:
    """The log as one person reads it at one moment, with a search that makes sense."""

    reader: Reader
    wanted: dict[str, Any]
    now: datetime

    @property
    def patience_seconds(self) -> float:
        return get_config().watch_seconds + LONGEST_RINGING_SECONDS

    @property
    def selection(self) -> Selection:
        return select(self.reader, self.wanted, self.now, self.patience_seconds)

    def lines(self, stories: list[Story]) -> list[Line]:
        return [self._line(story) for story in stories]

    def _line(self, story: Story) -> Line:
        is_own = story.first.actor_id == self.reader.user_id
        return tell(story, self.reader.rights, self.now, self.patience_seconds, is_own=is_own)


@require_safe
@login_required
def audit(request: HttpRequest) -> HttpResponse:
    """The newest attempts, or the ones that were asked for."""
    reader, search = reader_of(request), Search(request.GET)
    if not search.is_valid():
        return _page(request, search, status=422)
    log = Log(reader, search.cleaned_data, datetime.now(UTC))
    before, after = search.cleaned_data["before"], search.cleaned_data["after"]
    if after is not None:
        stories = log.selection.newer(after, PAGE + 1)
        has_newer, has_older = len(stories) > PAGE, True
        stories = stories[-PAGE:]
    else:
        stories = log.selection.older(before, PAGE + 1)
        has_newer, has_older = before is not None, len(stories) > PAGE
        stories = stories[:PAGE]
    context = {"lines": log.lines(stories), "newer": "", "older": ""}
    if stories and has_newer:
        context["newer"] = _query(request.GET, after=stories[0].first.pk)
    if stories and has_older:
        context["older"] = _query(request.GET, before=stories[-1].first.pk)
    return _page(request, search, context)


def _page(
    request: HttpRequest, search: Search, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    shown = {"search": search, "query": _query(request.GET), "may_see_audit": True, **(context or {})}
    return render(request, "control/audit.html", shown, status=status)


def reader_of(request: HttpRequest) -> Reader:
    """Raises PermissionDenied for who may read nothing."""
    user = user_of(request)
    rights = rights_of(user)
    if not may_ever(rights, SEE_AUDIT):
        raise PermissionDenied
    return Reader(user.pk, rights)


def _query(sent: QueryDict, **place: int) -> str:
    """The query of the same search, from another place in it; without what was left empty."""
    query = QueryDict(mutable=True)
    for name in ASKED_FOR:
        if text := str(sent.get(name, "")):
            query[name] = text
    query.update({name: str(number) for name, number in place.items()})
    return query.urlencode()


@require_safe
@login_required
async def export(request: HttpRequest) -> HttpResponseBase:
    """All of it, however much: written while it is read, so that never more than a batch is in memory."""
    return await sync_to_async(_export)(request)


def _export(request: HttpRequest) -> HttpResponseBase:
    reader, search = reader_of(request), Search(request.GET)
    if not search.is_valid():
        return _page(request, search, status=422)
    log = Log(reader, search.cleaned_data, datetime.now(UTC))
    headers = {"Content-Disposition": f'attachment; filename="eqboard-audit-{localdate().isoformat()}.csv"'}
    if request.method == "HEAD":  # nobody would read it
        return HttpResponse(content_type=CSV, headers=headers)
    return StreamingHttpResponse(_written(log, language_of_reader()), content_type=CSV, headers=headers)


async def _written(log: Log, language: str) -> AsyncIterator[str]:
    with translation.override(language):
        heading = sheet.heading()
    yield heading
    before: int | None = None
    while batch := await sync_to_async(_batch)(log, before, language):
        before, text = batch
        yield text


def _batch(log: Log, before: int | None, language: str) -> tuple[int, str] | None:
    """The next ones as CSV, and before which entry to go on. None: there are no more."""
    stories = log.selection.older(before, BATCH)
    if not stories:
        return None
    with translation.override(language):
        return stories[-1].first.pk, sheet.rows(log.lines(stories))
