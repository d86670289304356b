"""An exchange of the tests with telephones: it answers what goes on at each, and keeps what it was asked to do."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
from pydantic import SecretStr

from eqboard.accounts.models import Seat
from eqboard.accounts.sealing import seal
from eqboard.control.models import AuditEntry
from eqboard.control.on_telephones.handset import call_handle
from eqboard.floor.snapshot import LineCall, Part, Snapshot
from tests.builders import agent, line, line_call, membership, queue, snapshot, source

CALL = line_call()
AT_CALL = f"/extensions/207/calls/{call_handle(CALL, '207')}"
PHONE = {"extension": "207", "type": "Yealink", "model": "T28P", "userAgent": "Yealink SIP-T28P 2.70.0.125"}


class Switchboard:
    """`calls` by extension; one that is missing is unknown to EQ. `told` overrules the answer to a path."""

    def __init__(self) -> None:
        self.calls: dict[str, list[LineCall]] = {"207": [line_call()], "208": [], "210": []}
        self.recordings: list[str] = []
        self.phone: dict[str, str] | None = PHONE
        self.told: dict[str, httpx.Response | Exception] = {}
        self.reads: list[tuple[str, dict[str, str]]] = []
        self.actions: list[tuple[str, dict[str, str]]] = []

    @property
    def is_untouched(self) -> bool:
        return not self.actions

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/eq/api/2.0")
        form = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
        query = {name: value for name, value in request.url.params.items() if name != "auth_key"}
        (self.actions if request.method == "POST" else self.reads).append((path, form or query))
        told = self.told.get(path)
        if isinstance(told, Exception):
            raise told
        return told or self._answer(path, query)

    def _answer(self, path: str, query: dict[str, str]) -> httpx.Response:
        if path == "/active_calls":
            calls = self.calls.get(query["extension"])
            if calls is None:
                return complaint("extension", "nonexistent", 404)
            return httpx.Response(200, json=[_as_told(query["extension"], each) for each in calls])
        if path == "/phone":
            return httpx.Response(200, json=self.phone) if self.phone else complaint("phone", "nonexistent", 404)
        return httpx.Response(200, json=self.recordings if path == "/call_recordings" else None)


def complaint(parameter: str, kind: str, status: int = 400) -> httpx.Response:
    return httpx.Response(status, json=[{"parameter": parameter, "type": kind, "description": ""}])


def _as_told(extension: str, call: LineCall) -> dict[str, Any]:
    return {
        "id": call.id,
        "uniqueId": call.unique_id,
        "extension": extension,
        "channel": call.channel,
        "otherChannel": call.other_channel,
        "status": str(call.state),
        "callerIdNumber": call.caller_number,
        "connectedNumber": call.connected_number,
    }


def now() -> datetime:
    return datetime.now(UTC)


def talking(*calls: Any, **changes: Any) -> Snapshot:
    """Ana of 500 at extension 207, Bea of 500 and 502 at 208, Max of 502 at 209; all is of this moment. `agents` are
    more of them, or others in their place.
    """
    of_502 = membership("502", queue_name="Complaints")
    people = [agent(7), agent(8, name="Bea", memberships=(membership(), of_502))]
    people += [agent(9, name="Max", memberships=(of_502,)), *changes.pop("agents", ())]
    defaults = {
        "sources": [source(each, taken_at=now(), every_seconds=60) for each in Part],
        "queues": [queue(), queue("501", name="Support"), queue("502", name="Complaints")],
        "agents": {each.id: each for each in people}.values(),
        "lines": [line("207", calls=calls or (CALL,), asked_at=now()), line("208", calls=(), asked_at=now())],
    }
    return snapshot(**defaults | changes)


async def sits_at(user: Any, extension: str, *, is_confirmed: bool = True) -> None:
    """As an administrator has confirmed it, or as they say themselves."""
    known = {"extension": extension, "is_confirmed": is_confirmed}
    await Seat.objects.aupdate_or_create(user=user, defaults=known)


async def is_signed_in_at(user: Any, extension: str) -> None:
    """To EQ, as its user 1; the token is kept here."""
    known = {"eq_user": 1, "session_extension": extension, "sealed_token": seal(SecretStr("a" * 64))}
    await Seat.objects.aupdate_or_create(user=user, defaults=known)


async def nothing_happened(switchboard: Switchboard) -> bool:
    return switchboard.is_untouched and not await AuditEntry.objects.aexists()
