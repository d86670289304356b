"""Every page and fragment there is, in every condition that has words of its own: for tests of words.

What comes from outside is digits here, so that every letter on a page is ours.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import Any

from django.contrib.auth.models import User
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from pydantic import SecretStr

from eqboard.accounts.access import FULL, MONITORING, ON_AGENTS, Grant, Rights
from eqboard.accounts.models import Display, Seat, Team
from eqboard.accounts.sealing import seal
from eqboard.accounts.second_factor.drawing import draw
from eqboard.boards import files, reading, rules, shapes
from eqboard.boards.audience import Audience
from eqboard.boards.choosing import Listed, ready_ones
from eqboard.boards.drafts import Draft, check_name, check_team, copied_name
from eqboard.boards.faults import Fault, FaultyError
from eqboard.boards.fragments import paint, whole
from eqboard.boards.health import Health
from eqboard.boards.offer import Offer
from eqboard.boards.reading import write_spec
from eqboard.boards.ready import SPECS
from eqboard.boards.reckoning import FLOOR
from eqboard.boards.spec import AgentsAs, BoardPart, Figure, Kind, StateLimit, Surface, Targets
from eqboard.boards.terms import VARIANTS
from eqboard.boards.working import opened
from eqboard.control.audit.search import Search
from eqboard.control.audit.story import Story
from eqboard.control.audit.telling import tell
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.models import AuditEntry, Step
from eqboard.control.monitors.ears import Ear, Hearing
from eqboard.control.on_agents.agent_forms import SignInForm
from eqboard.control.on_agents.prospects import DEEDS
from eqboard.control.on_agents.skipped import Skip, as_text, why_skipped
from eqboard.control.seat_words import CHOOSE_EXTENSION, LINK, SIGN_IN, STEPS, SeatFault
from eqboard.control.seats import seat_steps
from eqboard.control.seats.seat import ExtensionForm, LinkForm, seat_context
from eqboard.control.seats.seat_steps import Told
from eqboard.control.shelves.screens import DisplayBoardForm, DisplayForm
from eqboard.control.shelves.shelf import NOT_CHOSEN
from eqboard.control.shelves.targets import TargetForm, rows_of
from eqboard.feed.follow import Counts
from eqboard.floor.abandoned import MOST_OF_QUEUE
from eqboard.floor.buckets import Bucket
from eqboard.floor.formulas import VARIANTS as FORMULAS
from eqboard.floor.levels import Direction, Threshold
from eqboard.floor.metrics import OF_THIS_MOMENT, Metric, Target, Variant
from eqboard.floor.snapshot import AgentState, CameBack, ExchangeCounts, Part, Snapshot, Trouble
from eqboard.floor.windows import Window
from tests.accounts.more_ways import PROVIDER, more_ways
from tests.boards.painting import MIDNIGHT, audience, floor_of
from tests.boards.past import answered, minute, past, scene
from tests.builders import (
    NOON,
    abandoned_call,
    agent,
    ago,
    caller,
    claim,
    conference,
    line_call,
    membership,
    parked_call,
    participant,
    pause_code,
    queue,
    snapshot,
    waiting_call,
)
from tests.every_panel import panels

# The floor: queues in every trouble, callers late and not, agents in every state, who gave up in each way

NAMELESS = {"number": None, "name": None}
PBX = ExchangeCounts(answered_count=18, abandoned_count=4, average_wait_seconds=31.0, average_talk_seconds=244.0)
EVERYTHING = snapshot(
    queues=[
        queue(
            "500",
            name="500",
            waiting_count=12,
            oldest_waiting_at=ago(900),
            ringing_count=1,
            wrap_up_count=2,
            usual_low=1,
            usual_high=5,
            pbx=PBX,
        ),
        queue("501", name="501", waiting_count=1, oldest_waiting_at=ago(4000), present_count=0),
        queue("502", name="502", present_count=0),
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
                call_queue_name="500" if state is AgentState.ON_CALL else None,
                memberships=(membership(queue_name="500", state=state),),
                state_since=ago(4000),
            )
            for number, state in enumerate(AgentState)
        ),
        agent(21, name="21", state=AgentState.PAUSED, state_since=ago(1000), memberships=(membership(queue_name="5"),)),
        agent(
            22,
            name="22",
            state=AgentState.ON_CALL,
            pause_follows=True,
            pause_reason="1",
            caller=caller("5550100", name="1"),
            memberships=(membership(queue_name="500"), membership("501", queue_name="501")),
        ),
    ],
    waiting=[
        waiting_call(
            f"1.{each}",
            queue_name="500",
            caller=caller(**NAMELESS) if each else caller("5550100", name="1"),
            ringing_at=("7", "8"),
            entered_at=ago(700 * each + 1),
        )
        for each in range(6)
    ],
    abandoned=[
        abandoned_call(
            f"2.{place}",
            queue_name="500",
            caller=caller("5550100", name="1"),
            attempts=place + 1,
            came_back=came_back,
            came_back_at=NOON if place else None,
        )
        for place, came_back in enumerate(CameBack)
    ],
    parked=[parked_call(caller=caller(**NAMELESS), parked_by_name="7")],
    conferences=[
        conference(
            name="900",
            locked=True,
            participants=(
                participant(caller=caller(**NAMELESS), muted=True),
                participant(caller=caller(**NAMELESS), talking=True),
                participant(caller=caller(**NAMELESS)),
            ),
        )
    ],
)
HEALTHS = [
    Health(),
    Health(feed_lost_since=NOON),
    Health(feed_lost_since=NOON, truth_at=NOON),
    Health(poller_silent_since=NOON),
    Health(poller_silent_since=NOON, truth_at=NOON),
    Health(poller_silent_since=NOON, was_poller_heard=False),
    *(Health(trouble=trouble, troubled_parts=tuple(Part), truth_at=NOON) for trouble in Trouble),
    Health(unreadable_count=1),
    Health(unreadable_count=2),
    Health(is_slow=True),
    Health(is_held_back=True),
]
LEADS = Rights(frozenset({Grant(None, frozenset({"number.see", "agent.pause", "agent.resume", "target.change"}))}))
FRONT = Rights(frozenset({Grant(frozenset({"500"}), frozenset({"number.see", "agent.pause", "agent.resume"}))}))

ACTS = Rights(frozenset({Grant(None, FULL)}))
OWN_PHONE, OUTSIDE = caller("207", name="7", channel="SIP/207-1"), caller(**NAMELESS)

# What was counted: for each queue a service-level budget and an estimate of another kind


def _minute_of(offered: int, talk_seconds: float = 180.0) -> Bucket:
    return Bucket(offered=offered, answered_waits={5: offered}, talk_count=offered, talk_seconds=offered * talk_seconds)


BUDGETS = [Bucket(), answered(10), answered(9, 1), answered(8, 2), answered(8, 4), answered(79, 20)]
BUDGETED = snapshot(queues=[queue(f"60{place}", name=f"60{place}") for place in range(len(BUDGETS))])
BUDGETED_AT = past(minute(**{f"q60{place}": bucket for place, bucket in enumerate(BUDGETS)}))

STAFFED_BY = {  # by queue: the agents who are there, and what a minute brings
    "700": (5, _minute_of(1)),  # one too few
    "701": (5, _minute_of(5)),  # many too few, so that the queue grows
    "702": (8, _minute_of(1)),
    "703": (1, _minute_of(0)),
    "704": (None, _minute_of(1)),
    "705": (1, Bucket(offered=1)),
    "706": (1, _minute_of(9000, 3600.0)),
}
STAFFED = snapshot(
    queues=[
        *(queue(key, name=key, present_count=present) for key, (present, _bucket) in STAFFED_BY.items()),
        queue("707", name="707", present_count=1),
    ]
)
ONE_CALL = Bucket(offered=1, talk_count=1, talk_seconds=20.0)  # in half an hour: one agent is enough
MINUTE = {f"q{key}": bucket for key, (_present, bucket) in STAFFED_BY.items()}
STAFFED_AT = past(minute(29, q707=ONE_CALL, **MINUTE), *(minute(each, **MINUTE) for each in range(1, 29)))

BUSY = replace(
    answered(7, 2, abandoned=3), flowed_waits={30: 1}, talk_count=9, talk_seconds=900.0, waiting_peaks={3: 1}
)
BUSY_AT = past(*(minute(each, q500=BUSY) for each in range(2, 7)), minute(1, q500=BUSY, q501=answered(1)))
CROWD = replace(
    EVERYTHING,
    abandoned={
        f"3.{n}": abandoned_call(f"3.{n}", queue_name="500", caller=caller(**NAMELESS)) for n in range(MOST_OF_QUEUE)
    },
)
CROWD_AT = past(minute(1, q500=answered(1, abandoned=MOST_OF_QUEUE + 9)))
TODAY_BAD = Counts(past(minute(1, q500=answered(1, 5))).history)
TODAY_GOOD = Counts(past(minute(1, q500=answered(10))).history)

# Boards that show everything

FIGURES = tuple(
    Figure(metric, window)
    for metric in Metric
    for window in ((Window.NOW,) if metric in OF_THIS_MOMENT else (Window.NOW, Window.LAST_15, Window.TODAY))
)
LIMITS = (
    StateLimit("paused", warning_seconds=900, critical_seconds=1800),
    StateLimit("wrap_up", warning_seconds=900),
)
THRESHOLDS = (
    *(Threshold(each, Direction.HIGH, warning=1, critical=2) for each in (Metric.WAITING, Metric.LONGEST_WAIT)),
    Threshold(Metric.SERVICE_LEVEL, Direction.LOW, warning=99, window=Window.TODAY, least_calls=1),
    Threshold(Metric.ASA, Direction.HIGH, critical=1, window=Window.TODAY),
    Threshold(Metric.SERVICE_LEVEL, Direction.LOW, warning=99, critical=0, window=Window.LAST_15),
    Threshold(Metric.SERVICE_LEVEL, Direction.LOW, warning=1, below_promise=True),
)
SHORT = (Variant.SHORT_CREDIT, Variant.SHORT_REMOVED)
PROMISES = Targets(
    own=(
        *((f"51{place}", Target(variant=variant)) for place, variant in enumerate(list(Variant)[:6])),
        ("500", Target(variant=Variant.ANSWERED)),
        ("501", Target(variant=SHORT[0], short_seconds=0)),
    )
)
WHOLE: dict[str, Any] = {"totals": FIGURES, "figures": FIGURES, "limits": LIMITS, "thresholds": THRESHOLDS}


def promising(who: Audience, targets: Targets = PROMISES) -> Audience:
    return replace(who, board=replace(who.board, targets=targets))


def desk(language: str, rights: Rights = LEADS, *kinds: Kind, **chosen: Any) -> Audience:
    parts = tuple(BoardPart(kind) for kind in kinds or Kind)
    return promising(audience(Surface.DESK, language, rights, parts=parts, **WHOLE | chosen))


def wall(language: str, rights: Rights = LEADS, **chosen: Any) -> Audience:
    parts = tuple(BoardPart(kind) for kind in Kind)
    return audience(Surface.TV, language, rights, parts=parts, **WHOLE | chosen)


ASKED_FOR = ("extension", "user")  # by who signs in to EQ


# Pages


def page(template: str, language: str, /, **context: Any) -> str:
    request = RequestFactory().get("/")
    request.user = User(username="7", is_staff=True, is_superuser=True)
    with translation.override(language):
        return render_to_string(template, context, request)


def board_page(
    who: Audience, floor: Snapshot = EVERYTHING, health: Health | None = None, counts: Counts = BUSY_AT
) -> str:
    screen = whole(paint(floor_of(floor, counts=counts), health or Health(), who, MIDNIGHT))
    template = {Surface.DESK: "boards/board.html", Surface.TV: "boards/tv.html"}[who.surface]
    context = {"board": who.board, "screen": screen, "pulse": "", "live_url": "/", "may_pair_screens": True}
    context["together"] = ON_AGENTS
    return page(template, who.language, boards=_listed(who.language), **context)


def pages(language: str) -> Iterator[str]:
    """Every page there is. Needs the database."""
    for each in (_boards, _shelf, _editor, _accounts, _more_ways, _targets, _audit, _seat):
        yield from each(language)


def _boards(language: str) -> Iterator[str]:
    for ref in SPECS:
        yield board_page(audience(language=language, rights=LEADS, ref=ref))
    for health in HEALTHS:
        yield board_page(desk(language, LEADS, Kind.TOTALS), health=health)
        yield board_page(wall(language), health=health)
    for rights in (LEADS, FRONT):
        yield from (board_page(desk(language, rights, agents_as=each)) for each in AgentsAs)
        yield from (board_page(who, snapshot()) for who in (desk(language, rights), wall(language, rights)))
    for gone in (desk(language, queues=("99",)), wall(language, queues=("99",))):
        yield board_page(gone)
    for counts in (TODAY_BAD, TODAY_GOOD, past()):
        yield board_page(wall(language), counts=counts)
    planned = desk(language, LEADS, Kind.BUDGET, Kind.STAFFING)
    for floor, known in ((BUDGETED, BUDGETED_AT), (STAFFED, STAFFED_AT)):
        yield board_page(promising(planned, Targets()), floor, counts=known)
    for who in (desk(language, LEADS, Kind.ABANDONED), wall(language)):
        yield board_page(who, CROWD, counts=CROWD_AT)
    yield page("boards/later.html", language)


def _listed(language: str) -> list[Listed]:
    of_team = Listed("7", "7", Surface.DESK, "8", may_change=True, updated_at=NOON, updated_by="9")
    return [*ready_ones(language), of_team, Listed("8", "8", Surface.TV, updated_at=NOON)]


def _shelf(language: str) -> Iterator[str]:
    with translation.override(language):
        titles = [translation.gettext(each) for each in ("Ready ones", "Of your teams", "For everybody")]
    groups = [(titles[0], _listed(language)), *((title, []) for title in titles[1:])]
    for may_make in (True, False):
        yield page("boards/list.html", language, groups=groups, may_make=may_make)
    for team, screens in (("8", [{"name": "1"}]), (None, [])):
        yield page("boards/delete.html", language, board={"pk": 7, "name": "7", "team": team}, screens=screens)
    team, _ = Team.objects.get_or_create(name="1")
    screen = Display(name="1", team=team)
    for sent in (None, {"board": "0"}):
        with translation.override(language):
            yield page("boards/display.html", language, screen=screen, form=DisplayBoardForm(screen, sent))
    for faults in ((), _file_faults(language)):
        yield page("boards/import.html", language, faults=faults)


def _file_faults(language: str) -> list[Fault]:
    """All that can be wrong with a file, and with what a page sends."""
    nested = "[" * 20 + "]" * 20
    tries: list[Callable[[], object]] = [
        *(lambda text=text: files.imported(text) for text in (b"\xff", b"1", b'{"eqboard": 2}')),
        lambda: files.imported(b'{"eqboard": 1, "1": 1}'),
        lambda: files.imported(b" " * (reading.MOST_BYTES + 1)),
        *(lambda text=text: reading.parse(text) for text in ("[", nested, '{"1": 1, "1": 2}', " " * 300_000)),
        lambda: reading.read_spec({"1": 1}),
        lambda: check_name(""),
        lambda: check_team("1", User(pk=0)),
    ]
    with translation.override(language):
        return [NOT_CHOSEN, *(fault for each in tries for fault in _faults_of(each))]


def _faults_of(tried: Callable[[], object]) -> tuple[Fault, ...]:
    try:
        tried()
    except FaultyError as error:
        return error.faults
    raise AssertionError("nothing was wrong with it")


def _spec_faults(language: str) -> list[Fault]:
    """All that can be wrong with a board, in every place."""
    with translation.override(language):
        wheres = [str(where) % {"n": 1} for where in shapes.WHERE.values()]
        nonsense = [sentence for _, sentence in rules.NONSENSE.values()]
        sentences = [*wheres, *map(str, (*shapes.REQUIREMENTS.values(), *nonsense))]
        return [Fault((), each) for each in sentences] + list(_disagreements())


def _disagreements() -> Iterator[Fault]:
    spec = replace(
        SPECS["floor"],
        surface=Surface.TV,
        parts=(BoardPart(Kind.STAFFING),) * 2,
        queues=("1", "1"),
        figures=(Figure(Metric.WAITING, Window.TODAY),) * 2,
        limits=(
            StateLimit("on_call", pause_code=1, warning_seconds=2, critical_seconds=1),
            *(StateLimit("ringing"),) * 2,
        ),
        thresholds=(Threshold(Metric.WAITING, Direction.HIGH),) * 2,
    )
    yield from rules.disagreements(spec)
    yield from rules.disagreements(replace(spec, parts=()))


def _editor(language: str) -> Iterator[str]:
    floor = replace(EVERYTHING, pause_codes={1: pause_code(1, "1")})
    full = Offer((), tuple(floor.queues.values()), tuple(floor.pause_codes.values()), time_zones=())
    with translation.override(language):
        draft = Draft(copied_name("7"), "", write_spec(SPECS["floor"]))
    board, newer = {"name": "7", "pk": 7}, {"pk": 7, "version": 2, "updated_at": NOON}
    faults = _spec_faults(language)
    conditions: tuple[dict[str, Any], ...] = (
        {},
        {"board": board, "offer": Offer((), (), (), time_zones=())},
        {"board": board, "newer": newer},
        {"board": board, "newer": newer | {"updated_by": User(username="7")}},
        {"board": board, "is_busy": True},
        {"board": board, "is_gone": True, "left_out": faults[:1], "faults": faults[:1]},
        {"board": board, "faults": faults},
    )
    for condition in conditions:
        yield page("boards/editor/editor.html", language, **{"draft": draft, "offer": full} | condition)


class _Screen(dict[str, Any]):
    """A paired screen, as its page asks about it."""

    def __init__(self, seen_at: datetime | None, board: object) -> None:
        super().__init__(name="1", team="2", pk=1, seen_at=seen_at, displayboard={"board": board})


def _accounts(language: str) -> Iterator[str]:
    form = DisplayForm(User.objects.none(), {"code": "1"})  # type: ignore[arg-type]
    for refusal in ("400", "403", "403_csrf", "404", "413", "415", "500", "503"):
        yield page(f"{refusal}.html", language)
    yield page("accounts/no_team.html", language)
    for template in ("accounts/locked.html", "accounts/sign_in.html", "accounts/password.html"):
        yield page(template, language, form=form)
    yield page("accounts/pairing.html", language, code="2345", displays_url="http://7/")
    yield page("accounts/revoke.html", language, screen={"name": "1"})
    board = {"name": "7", "team_id": None}
    for screens in ([_Screen(None, board), _Screen(NOON, None)], []):
        context = {"form": form, "screens": screens, "tv_url": "http://7/", "has_teams": bool(screens)}
        yield page("accounts/displays.html", language, **context)


def _more_ways(language: str) -> Iterator[str]:
    """Pages of a second factor and of a provider, in every condition; they lead to each other."""
    provider = PROVIDER | {"oidc_url": "https://7", "oidc_name": "7"}
    form = DisplayForm(User.objects.none(), {"code": "1"})  # type: ignore[arg-type]
    with more_ways(second_factor="required", **provider):
        for context in (
            {"authenticators": {"totp": 1}, "codes_left": 2},
            {"authenticators": {"totp": 1}, "codes_left": 1},
        ):
            yield page("accounts/second_factor/state.html", language, **context)
        for is_required in (True, False):
            yield page("accounts/second_factor/state.html", language, is_required=is_required)
        yield page("accounts/second_factor/set_up.html", language, form=form, secret="2345", drawing=draw("7"))
        for name in ("take_away", "code", "again"):
            yield page(f"accounts/second_factor/{name}.html", language, form=form)
        for codes in (["1"], []):
            yield page("accounts/second_factor/recovery_codes.html", language, unused_codes=codes, can_view_codes=codes)
        yield page("accounts/sign_in.html", language, form=form, provider_name="7")
        yield page("accounts/locked.html", language, is_of_code=True)
        yield page("accounts/leaving.html", language, url="https://7", provider_name="7")
        yield page("accounts/not_let_in.html", language, sentence="7")


def _together(language: str) -> Iterator[str]:
    """Several agents: what will happen to each, and what became of each."""
    form = {"codes": [pause_code(1, "1")], "queues": [queue(name="500"), queue("501", name="501")]}
    prospect = {"name": "7", "agent": 7, "says": "1", "will_be_sent": True}
    for deed, action in DEEDS.items():
        for prospects in ([prospect], [prospect, prospect], _skipped(language)):
            count = sum(each["will_be_sent"] is True for each in prospects)
            known = {"deed": deed, "action": action, "agents": range(len(prospects)), "form": form, "choice": {}}
            yield page(
                "control/together_form.html",
                language,
                prospects=prospects,
                sent_count=count,
                needs_reason=True,
                **known,
            )
    left_out = [{"name": "7", "why": each["why_not"]} for each in _skipped(language)]
    for is_undo in (False, True):
        batch = {"id": 1, "url": "/", "undo_url": "/", "agents": [7], "is_undo": is_undo}
        lines = [{"name": "7", "outcome": {"state": "refused", "sentence": "1"}}]
        counts = {"good_count": 1, "open_count": 1, "bad_count": 1, "undo": {"left_ms": 1}}
        yield page(
            "control/together.html", language, it={"batch": batch, "lines": lines, "left_out": left_out} | counts
        )


def _skipped(language: str) -> list[dict[str, object]]:
    """Somebody for each reason why nothing is sent."""
    known = {"name": "7", "agent": 7, "says": "1", "will_be_sent": False}
    with translation.override(language):
        return [known | {"why_not": why_skipped(each), "skipped": as_text(7, each)} for each in Skip]


def _targets(language: str) -> Iterator[str]:
    sent = QueryDict("queue=500&percent=0&seconds=1&variant=all&short_seconds=2")
    formulas = [(FORMULAS[each], VARIANTS[each]) for each in Variant]
    stored = Targets(own=(*PROMISES.own, ("999", Target())))
    with translation.override(language):
        for form in (None, TargetForm(sent)):
            rows = rows_of(EVERYTHING, LEADS, stored, form)
            yield page("control/targets.html", language, rows=rows, formulas=formulas)


def _audit(language: str) -> Iterator[str]:
    """The log: attempts with every step, a search with every fault, nothing found, and nothing written down."""
    nonsense = {"q": "1" * 101, "before": "0", "begin": "2026-03-03", "end": "2026-03-02"}
    with translation.override(language):
        stories = [*(_attempt(step) for step in Step), _attempt(Step.ASKED, Step.ACCEPTED, Step.CONFIRMED, Step.ENDED)]
        lines = [tell(each, LEADS, NOON, 1.0) for each in (*stories, _attempt(Step.ASKED, Step.REFUSED))]
        lines.append(tell(stories[0], FRONT, NOON, 1.0))  # of more queues than its reader sees
        full = {"search": Search({"q": "1"}), "lines": lines, "query": "q=1", "newer": "1", "older": "1"}
        for context in (
            full,
            {"search": Search(nonsense)},
            {"search": Search({})},
            {"search": Search({}), "query": "q"},
        ):
            yield page("control/audit.html", language, may_see_audit=True, **context)


def _attempt(*steps: Step) -> Story:
    """On a caller, with a reason; EQ's words about it, where it refused."""
    order = {"agent": 7, "queue": "500", "pause_code": 1, "extension": "207", "monitor_extension": "301"}
    order |= {"sign_in_to": [["500", 1]], "is_paused": True, "destination": "3", "call": "4"}
    before = {"queues": [{"queue": "500", "skill": 3, "paused": True}]}
    asked = {"order": order, "before": before, "party": "5", "number": "6", "old": False, "new": "7", "eq_user": None}
    details = {Step.ASKED: asked, Step.REFUSED: {"complaints": [["1", "2", "3"]]}}
    told = {"target": "call-1", "target_name": "1", "actor_name": "2", "address": "203.0.113.9", "reason": "3"}
    action = "agent.pause" if len(steps) < 3 else "monitor.spy"
    return Story(
        tuple(
            AuditEntry(
                step=each, at=NOON, action=action, queues=",500,501,", details=details.get(each, {"4": 5}), **told
            )
            for each in steps
        )
    )


def _seat(language: str) -> Iterator[str]:
    """One's own telephone: nobody on EQ, not signed in, signed in, at another extension; who says that it is one's own;
    and each thing it says.
    """
    nobody = Seat(extension="301")
    confirmed = Seat(extension="301", is_confirmed=True)
    known = Seat(extension="301", eq_user=1, eq_username="2", eq_type="monitorOnly")
    busy = Seat(extension="302", eq_user=1, eq_username="2", session_extension="301", signed_in_at=NOON)
    busy.sealed_token = seal(SecretStr("3"))
    nowhere = Seat(eq_user=1, eq_username="2", signed_in_at=NOON, sealed_token=busy.sealed_token)
    with translation.override(language):
        for held in (nobody, confirmed, known, busy, nowhere):
            for is_so in (True, False):
                context = seat_context(held) | {"needs_eq_user": is_so, "may_unlink": is_so}
                yield page("control/seat.html", language, **context)
        for told in (*_told(), *(seat_steps.refusal(LINK, "1", each) for each in SeatFault)):
            yield page("control/seat.html", language, **seat_context(nobody, told=told))
        wrong = {"extension_form": ExtensionForm({"extension": "1" * 21}), "link_form": LinkForm({"eq_user": "0"})}
        yield page("control/seat.html", language, **seat_context(nobody, **wrong))
        yield page("control/seat.html", language, **seat_context(nobody, ExtensionForm({"extension": "-1"})))


def _told() -> Iterator[Told]:
    """What was done, what nobody knows, and every conflict."""
    for step, action in product((Step.DONE, Step.UNKNOWN), sorted(STEPS)):
        yield from (Told(action, step, "1", details) for details in ({"extension": "1", "is_checked": True}, {}))
    yield Told(CHOOSE_EXTENSION, Step.DONE, "")
    yield from (Told(SIGN_IN, Step.REFUSED, "1", {"complaints": [[each, "nonexistent", ""]]}) for each in ASKED_FOR)
    own = {"error": "EQConflict", "complaints": [["", "already_signed_in", ""]]}
    for holders in ([{"extension": "1", "since": NOON.isoformat()}], [{"since": NOON.isoformat()}], []):
        yield Told(SIGN_IN, Step.REFUSED, "1", {**own, "holders": holders})
    other = {"error": "EQConflict", "complaints": [["extension", "in_use", ""]], "extension": "1"}
    for holders in ([{"extension": "1", "name": "2"}], []):
        yield Told(SIGN_IN, Step.REFUSED, "1", {**other, "holders": holders})


# What is swapped into a page


def pieces(language: str) -> Iterator[str]:
    yield page("control/pause_form.html", language, agent=agent(7, name="7"), codes=[pause_code(1, "1")])
    yield from _forms(language)
    yield page("control/outcome.html", language, outcome={"state": "refused", "sentence": "1"})
    undo = {"left_ms": 1, "attempt": "00000000-0000-0000-0000-000000000000"}
    yield page("control/outcome.html", language, outcome={"state": "accepted", "sentence": "1", "undo": undo})
    yield from _together(language)
    yield from _workings(language)
    yield from _calls(language)
    yield from panels(page, language)
    yield from _listening(language)


def _forms(language: str) -> Iterator[str]:
    """The dialogs about one agent, and the one that asks for a reason."""
    who, queues = agent(7, name="7"), [queue(name="500"), queue("501", name="501")]
    yield page("control/pause_form.html", language, agent=who, codes=[], queues=queues, is_everywhere=True)
    yield page("control/sign_out_form.html", language, agent=who, queues=queues, is_everywhere=True)
    yield page("control/sign_in_form.html", language, agent=who, form=SignInForm(queues, who))
    yield page("control/reason_form.html", language, name="7", path="/", target="mark", fields=[])


def _listening(language: str) -> Iterator[str]:
    """The strip in each of its conditions, and the dialog that asks from where; agents with each of their buttons."""
    who = agent(7, name="7")
    one = Ear("301", who, "monitor.spy", "8", Hearing.LISTENING, NOON, line_call(), ("1", "2"), MONITORING)
    ears = [
        *(replace(one, action=each) for each in MONITORING),
        *(replace(one, hearing=each, call=None) for each in Hearing),
        replace(one, next_action="monitor.stop"),
    ]
    outcome = {"state": "ended", "sentence": "1"}
    yield page("control/listening_ears.html", language, ears=ears, coming=[{"outcome": outcome}], is_blind=True)
    yield page("control/listening_news.html", language, news=[{"attempt": "1", "outcome": outcome}])
    yield page("control/listening_form.html", language, agent=who, form=ExtensionForm({"extension": "-"}))
    of_500 = (membership(queue_name="500"),)
    people = [agent(each, name="7", state=state, memberships=of_500) for each, state in enumerate(AgentState)]
    floor, board = snapshot(agents=people, queues=[queue(name="500")]), desk(language, ACTS, Kind.AGENTS, Kind.AWAY)
    yield whole(paint(floor_of(floor), Health(), board, MIDNIGHT))


def _calls(language: str) -> Iterator[str]:
    """The hands on calls: the rows for whoever may act on them, who else is at them, and the dialogs."""
    room = conference(name="900", participants=(participant("207", "7", caller=OWN_PHONE), participant(caller=OUTSIDE)))
    floor = replace(EVERYTHING, conferences={room.extension: room})
    doing = [claim(f"slot:{each}", subject="call:1.0", action=each, who="1") for each in (*CATALOGUE, "none")]
    who = desk(language, ACTS, Kind.WAITING, Kind.PARKED, Kind.CONFERENCES)
    yield whole(paint(floor_of(floor, claims={each.slot: each for each in doing}), Health(), who, MIDNIGHT))
    known = {"handle": "a", "caller": OWN_PHONE, "telephones": {"207": agent(7, name="7")}, "mark": "#mark"}
    for own in ("207", ""):
        yield page("control/steal.html", language, call=waiting_call(queue_name="500"), own=own, is_named=own, **known)
        yield page("control/pick_up.html", language, call=parked_call(), own=own, **known)
    yield page("control/remove_participant.html", language, room=room, **known)


def _workings(language: str) -> Iterator[str]:
    """The panel of every number; then in the conditions that only some have."""
    who = desk(language)
    for figure in FIGURES:
        for key in (FLOOR, "500"):
            yield _working(who, figure, key)
    level = Figure(Metric.SERVICE_LEVEL, Window.TODAY)
    yield _working(who, level, "510", past())
    yield _working(who, level, "501", past(minute(1, q501=answered(2, 1))))
    entered_before = Bucket(offered=1, answered_waits={5: 3})
    yield _working(who, Figure(Metric.ANSWER_RATE, Window.TODAY), "500", past(minute(1, q500=entered_before)))


def _working(who: Audience, figure: Figure, key: str, counts: Counts = BUSY_AT) -> str:
    it = opened(scene(EVERYTHING, who, counts), key, figure)
    return page("boards/working.html", who.language, it=it, zone="1", query="")
