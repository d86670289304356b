"""What EQ suffers from beneath its own API: the machine it runs on, its licence, a FreePBX that is half configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

from eqboard.simulator.asked import Asked
from eqboard.simulator.office.configuration import problems_in
from eqboard.simulator.office.licence import DAY_SECONDS, Licence
from eqboard.simulator.office.limits import MOST_AGENTS, MOST_SUPERVISORS
from eqboard.simulator.office.machine import PROCESSES, EmailQueue
from eqboard.simulator.refusals import Refusal, not_found
from eqboard.simulator.trainer.lever import Levers, Stage, whole_number
from eqboard.simulator.world import World

MOST_EMAILS = 1_000_000
MOST_DAYS = 3_650
LATEST = 2**33  # UNIX seconds, in the year 2242
RECORDING_FORMATS = ("wav", "wav49", "gsm", "")  # those that FreePBX lists; "" records nothing
MACHINE_WORDS = ("disk_usage_percent", "stop", "start", "email_queue")
EMAIL_WORDS = ("emails", "agents", "agents_available")
LICENCE_WORDS = ("agents", "supervisors", "expires_at", "days")


# The machine


def _show_machine(stage: Stage, asked: Asked) -> object:
    """`problems` is how many the check of the configuration finds; at a large site that takes some milliseconds."""
    machine = stage.world.machine
    problems = problems_in(
        stage.world.directory, stage.world.attendance.sessions, stage.world.licence, machine, stage.world.now
    )
    return {
        "disk_usage_percent": machine.disk_usage_percent,
        "processes": dict(machine.processes),
        "email_queues": [asdict(queue) for queue in machine.email_queues.values()],
        "problems": len(problems),
    }


def _change_machine(stage: Stage, asked: Asked) -> object:
    """disk_usage_percent; stop and start, each a process; email_queue (an id) with emails, agents, agents_available.
    All of it at once, or nothing when anything is wrong with it.
    """
    form, machine = asked.form, stage.world.machine
    _refuse_nothing(form, (*MACHINE_WORDS, *EMAIL_WORDS))
    disk = _number(form, "disk_usage_percent", 0, 100)
    stop, start = (_process(word, form.get(word)) for word in ("stop", "start"))
    emails = _email_queue(stage.world, form)
    machine.disk_usage_percent = machine.disk_usage_percent if disk is None else disk
    if stop is not None:
        machine.stop(stop)
    if start is not None:
        machine.start(start)
    if emails is not None:
        machine.email_queues[emails.id] = emails
    return None


def _process(parameter: str, text: str | None) -> str | None:
    if text is None or text in PROCESSES:
        return text
    raise Refusal(parameter, "invalid" if text else "blank", f"The processes are {', '.join(PROCESSES)}")


def _email_queue(world: World, form: Mapping[str, str]) -> EmailQueue | None:
    """The e-mail queue as it is to be; without a word of its available agents, none is more than there are."""
    if not any(word in form for word in ("email_queue", *EMAIL_WORDS)):
        return None
    queue = _known_email_queue(world, form.get("email_queue", ""))
    _refuse_nothing(form, EMAIL_WORDS)
    emails = _number(form, "emails", 0, MOST_EMAILS)
    agents = _number(form, "agents", 0, MOST_AGENTS)
    most = queue.agents if agents is None else agents
    available = _number(form, "agents_available", 0, most)
    return replace(
        queue,
        emails=queue.emails if emails is None else emails,
        agents=most,
        agents_available=min(queue.agents_available, most) if available is None else available,
    )


def _known_email_queue(world: World, text: str) -> EmailQueue:
    queues = world.machine.email_queues
    queue = next((queue for queue in queues.values() if str(queue.id) == text), None)
    if queue is None:
        kind = "nonexistent" if text else "blank"
        raise Refusal("email_queue", kind, f"The e-mail queues are {', '.join(map(str, sorted(queues)))}")
    return queue


# The licence


def _change_licence(stage: Stage, asked: Asked) -> object:
    """agents, supervisors: how many may be signed in; expires_at in UNIX seconds, or days from now, where 0 ends it
    at once. What is not named stays.
    """
    _refuse_nothing(asked.form, LICENCE_WORDS)
    licence = stage.world.licence
    agents = _number(asked.form, "agents", 0, MOST_AGENTS)
    supervisors = _number(asked.form, "supervisors", 0, MOST_SUPERVISORS)
    stage.world.licence = replace(
        licence,
        agents=licence.agents if agents is None else agents,
        supervisors=licence.supervisors if supervisors is None else supervisors,
        expires_at=_expiry(licence, asked.form, stage.world.now),
    )
    return None


def _expiry(licence: Licence, form: Mapping[str, str], now: float) -> float:
    moment = _number(form, "expires_at", 0, LATEST)
    days = _number(form, "days", 0, MOST_DAYS)
    if moment is not None and days is not None:
        raise Refusal("days", "invalid", "Either expires_at or days, not both")
    if days is not None:
        return now + days * DAY_SECONDS
    return licence.expires_at if moment is None else float(moment)


# FreePBX


def _change_queue(stage: Stage, asked: Asked) -> object:
    """recording_format: any that FreePBX lists, also the two that EQ does not support: its API does not take them, and
    finds no recording in them.
    """
    queue = stage.world.directory.live_queue(asked.key)
    if queue is None:
        raise not_found("extension", "Call queue does not exist")
    if "recording_format" not in asked.form:
        raise Refusal("recording_format", "blank", "Recording format not specified; empty for none")
    if asked.form["recording_format"] not in RECORDING_FORMATS:
        words = ", ".join(word for word in RECORDING_FORMATS if word)
        raise Refusal("recording_format", "invalid", f"The formats are {words}, or empty for none")
    stage.world.change_queue(queue, replace(queue.settings, recording_format=asked.form["recording_format"] or None))
    return None


def _number(form: Mapping[str, str], word: str, least: int, most: int) -> int | None:
    """The whole number under that word, None when the word is not there. Refusal: `blank`, `invalid`."""
    return whole_number(word, form[word], least=least, most=most) if word in form else None


def _refuse_nothing(form: Mapping[str, str], words: tuple[str, ...]) -> None:
    """A request that changes nothing was meant to; the first word stands for all."""
    if not any(word in form for word in words):
        raise Refusal(words[0], "blank", f"Nothing to change; there are {', '.join(words)}")


LEVERS: Levers = {
    ("GET", "/control/machine"): _show_machine,
    ("POST", "/control/machine"): _change_machine,
    ("POST", "/control/licence"): _change_licence,
    ("POST", "/control/queues/{extension}"): _change_queue,
}
