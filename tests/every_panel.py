"""Every panel for an agent or a telephone, in every condition that has words of its own (every_page.py)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.utils import translation

from eqboard.accounts.rights import EVERYTHING
from eqboard.control.doing.attempt import Actor
from eqboard.control.on_telephones import hands
from eqboard.control.on_telephones.handset import handset_of
from eqboard.control.on_telephones.people import Told
from eqboard.control.on_telephones.phone_keys import picture_of
from eqboard.control.on_telephones.telephone_forms import DialForm
from eqboard.control.refusals import not_told
from eqboard.control.sight import Sight
from eqboard.eq import EQBroken, EQSignedOut, EQUnreachable
from eqboard.eq.models import Phone
from eqboard.floor.snapshot import Agent, AgentState, LineState
from tests.boards.painting import floor_of
from tests.builders import agent, line, line_call, membership, queue, snapshot

Page = Callable[..., str]
NAMES: dict[str, Any] = {"caller_name": "1", "connected_name": "7", "queue": "500"}
CALLS = [
    line_call(f"{place}", **NAMES, channel=channel, state=state, direction=direction, is_recorded=recorded)
    for place, (channel, state, direction, recorded) in enumerate(
        [
            ("1", LineState.UP, "inbound", True),
            ("2", LineState.UP, "outbound", False),
            ("3", LineState.RINGING, "internal", None),
            ("4", LineState.DIALING, None, False),
            (None, LineState.UNKNOWN, None, None),
        ]
    )
]
ALL_RIGHTS = ("call_dial", "call_transfer", "call_park", "call_hang_up", "recording_start", "recording_see")
MAY: dict[str, bool] = dict.fromkeys((*ALL_RIGHTS, "phone_press"), True)


def panels(page: Page, language: str) -> Iterator[str]:
    with translation.override(language):
        yield from _agents(page, language)
        yield from _telephones(page, language)
        yield from _dialogs(page, language)
        yield from _phones(page, language)


def _sight(one: Agent, *calls: Any) -> Sight:
    floor = snapshot(
        agents=[one], queues=[queue("500", name="500"), queue("501", name="501")], lines=[line(calls=calls or CALLS)]
    )
    return Sight(Actor(User(username="7"), EVERYTHING, None), floor_of(floor), floor)


def _agents(page: Page, language: str) -> Iterator[str]:
    wrapping = membership("501", queue_name="501", state=AgentState.WRAP_UP, skill=1)
    paused = membership("500", queue_name="500", state=AgentState.ON_CALL, paused=True, skill=2)
    for memberships in ((paused,), (paused, wrapping), (replace(paused, state=AgentState.SIGNED_OUT),)):
        for state in (AgentState.ON_CALL, AgentState.AVAILABLE):
            one = agent(7, name="7", state=state, memberships=memberships, pause_reason="1")
            yield page("control/panel_agent.html", language, **agent_context(one))
    no_telephone = agent(7, name="7", extension=None, memberships=(wrapping,))
    yield page("control/panel_agent.html", language, **agent_context(no_telephone) | {"phone": None, "own": ""})


def agent_context(one: Agent) -> dict[str, Any]:
    """What the panel of an agent at 207 is made of, for somebody who may do everything."""
    sight = _sight(one)
    at_once, listening = hands.for_all(one, sight), hands.listening(one, sight)
    return {
        "name": "a",
        "path": "/",
        "is_blind": True,
        "agent": one,
        "places": hands.places(one, sight),
        "hands": at_once,
        "reasons": hands.reasons(at_once),
        "listening": listening,
        "listening_reasons": hands.reasons(listening),
        "is_others_too": True,
        "own": "210",
        **_telephone_context(one, Told.NEW),
    }


def _telephone_context(one: Agent, told: Told, *calls: Any, **changes: Any) -> dict[str, Any]:
    sight = _sight(one, *calls)
    phone = handset_of("207", sight, "")
    assert phone is not None
    floor = replace(sight.whole, lines={"207": replace(sight.whole.lines["207"], **changes)})
    shown = replace(phone, floor=floor)
    return {"phone": shown, "told": told.value, "talks": phone.talks(), "may": MAY}


def _telephones(page: Page, language: str) -> Iterator[str]:
    present, away = agent(7, name="7"), agent(7, name="7", state=AgentState.SIGNED_OUT)
    known = {"name": "a", "path": "/"}
    for told in Told:
        for one in (present, away):
            context = _telephone_context(one, told, unreadable_count=1)
            yield page("control/panel_extension.html", language, agent=None, **known, **context)
    nothing = _telephone_context(present, Told.OLD, asked_at=None)
    yield page("control/panel_extension.html", language, agent=present, **known, **nothing | {"talks": ()})
    one_up = _telephone_context(present, Told.NEW, CALLS[0])
    yield page("control/panel_extension.html", language, agent=present, **known, **one_up)
    own = one_up | {"phone": replace(one_up["phone"], is_own=True), "talks": ()}
    yield page("control/panel_extension.html", language, **known, **own)


def _dialogs(page: Page, language: str) -> Iterator[str]:
    context = _telephone_context(agent(7, name="7"), Told.NEW)
    known = {"phone": context["phone"], "talk": context["talks"][0]}
    for template in ("hang_up_form", "cancel_recording_form"):
        yield page(f"control/{template}.html", language, **known)
    for typed in ("", "x" * 50, "+", "1" * 61):
        form = DialForm({"destination": typed})
        shown = {"typed": "1", "error": form.sentence(), "telephones": {"208": agent(8, name="8")}}
        yield page("control/transfer_form.html", language, **shown, **known)
    for recordings in ({}, {"paths": ["/1"], "hidden_count": 1}, {"hidden_count": 2}, {"fault": "1"}):
        yield page("control/recordings.html", language, **recordings)


def _phones(page: Page, language: str) -> Iterator[str]:
    phone = Phone(extension="207", type="1", model="2")
    yield page("control/phone.html", language, extension="207", phone=phone, picture=picture_of(phone))
    for error in (EQSignedOut("1", "1"), EQUnreachable("1", "1"), EQBroken("1", "1")):
        yield page("control/phone.html", language, extension="207", fault=not_told(error))
