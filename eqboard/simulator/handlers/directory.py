"""Call queues and pause codes: reading, writing, deleting and undeleting them (EQ API text, Call Queue, Pause Code).

Deleted ones are ignored wherever a name must be unique: they are "treated as nonexistent". But the extension of a
deleted queue stays its key, by which it is read and brought back; a new queue cannot have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from eqboard.eq.errors import Complaint
from eqboard.eq.models.attributes import CallQueueAttributes, NewCallQueue, PauseCodeAttributes
from eqboard.simulator.answers import directory as answers
from eqboard.simulator.asked import Asked, Handler, found, is_undelete, path_id, read_json_object
from eqboard.simulator.office.data import given, read_data
from eqboard.simulator.office.directory import Directory, next_id
from eqboard.simulator.office.entities import PauseCode, Queue, QueueSettings, RingStrategy
from eqboard.simulator.office.limits import MOST_PAUSE_CODES, MOST_QUEUES, refuse_when_full
from eqboard.simulator.refusals import refuse_if
from eqboard.simulator.world import World

# Call queues


def _queue(world: World, asked: Asked) -> Queue:
    return found(world.directory.queues.get(asked.key), "extension", "Call queue does not exist")


def _live_queue(world: World, asked: Asked) -> Queue:
    return found(world.directory.live_queue(asked.key), "extension", "Call queue does not exist")


def _create_queue(world: World, asked: Asked) -> object:
    data = read_data(asked, NewCallQueue)
    directory = world.directory
    refuse_if([*_extension_clash(directory, data.extension), *_name_clash(directory, data)])
    refuse_when_full(directory.queues, MOST_QUEUES)
    queue = directory.queues[data.extension] = Queue(_settings(data.extension, data))
    directory.queue_names.note(queue.extension, queue.settings)
    return data.extension


def _put_queue(world: World, asked: Asked) -> object:
    """The extension is not among the attributes that are updated. Another one in `data` has no effect, but one that is
    taken is refused: the text's special errors have that, though its table does not have the attribute.
    """
    if is_undelete(asked):
        return _undelete_queue(world, _queue(world, asked))
    queue = _live_queue(world, asked)
    data = read_data(asked, CallQueueAttributes)
    refuse_if([*_other_extension_clash(world.directory, asked, queue), *_name_clash(world.directory, data, queue)])
    world.change_queue(queue, _settings(queue.extension, data))
    world.directory.queue_names.note(queue.extension, queue.settings)
    return None


def _undelete_queue(world: World, queue: Queue) -> object:
    """It comes back without callers and agents. To bring back what is there is no mistake."""
    if queue.deleted:
        taken = [_IN_USE] if queue.extension in world.directory.extensions else []
        refuse_if([*taken, *_name_clash(world.directory, queue.settings, queue)])
        queue.deleted = False
    return None


def _delete_queue(world: World, asked: Asked) -> object:
    world.close_queue(_live_queue(world, asked))
    return None


_IN_USE = Complaint("extension", "in_use", "The specified extension is in use already")


def _extension_clash(directory: Directory, extension: str) -> list[Complaint]:
    """A telephone number leads to one thing: neither another queue, nor a user, has it (contract: [X])."""
    return [_IN_USE] if extension in directory.queues or extension in directory.extensions else []


def _other_extension_clash(directory: Directory, asked: Asked, queue: Queue) -> list[Complaint]:
    other = read_json_object("data", asked.form.get("data", "")).get("extension")
    return _extension_clash(directory, other) if isinstance(other, str) and other != queue.extension else []


def _name_clash(
    directory: Directory, mine: CallQueueAttributes | QueueSettings, queue: Queue | None = None
) -> list[Complaint]:
    own = queue.extension if queue is not None else None
    return directory.queue_names.clashes(mine, directory.live_queue, own=own)


def _settings(extension: str, data: CallQueueAttributes) -> QueueSettings:
    """What is left out gets FreePBX's default, but for the recording, which is off unless asked for."""
    attributes = {"recording_format": None} | given(data) | {"extension": extension}
    if "ring_strategy" in attributes:
        attributes["ring_strategy"] = RingStrategy(attributes["ring_strategy"])
    return QueueSettings(**attributes)


# Pause codes


def _pause_code(world: World, asked: Asked) -> PauseCode:
    return found(world.directory.pause_codes.get(path_id(asked)), "id", "Pause code does not exist")


def _live_pause_code(world: World, asked: Asked) -> PauseCode:
    return found(world.directory.live_pause_code(path_id(asked)), "id", "Pause code does not exist")


def _create_pause_code(world: World, asked: Asked) -> object:
    data = read_data(asked, PauseCodeAttributes)
    refuse_if(_code_clash(world.directory, data))
    refuse_when_full(world.directory.pause_codes, MOST_PAUSE_CODES)
    code = PauseCode(next_id(world.directory.pause_codes), data.name)
    world.directory.pause_codes[code.id] = code
    world.directory.pause_code_names.note(code.id, code)
    return code.id


def _put_pause_code(world: World, asked: Asked) -> object:
    codes = world.directory.pause_codes
    if is_undelete(asked):
        code = _pause_code(world, asked)
        refuse_if(_code_clash(world.directory, code, code))
        codes[code.id] = replace(code, deleted=False)
        return None
    code = _live_pause_code(world, asked)
    data = read_data(asked, PauseCodeAttributes)
    refuse_if(_code_clash(world.directory, data, code))
    codes[code.id] = replace(code, name=data.name)
    world.directory.pause_code_names.note(code.id, codes[code.id])
    return None


def _delete_pause_code(world: World, asked: Asked) -> object:
    """Who is paused with it stays so: the reason was true when it was given."""
    code = _live_pause_code(world, asked)
    world.directory.pause_codes[code.id] = replace(code, deleted=True)
    return None


def _code_clash(
    directory: Directory, mine: PauseCodeAttributes | PauseCode, code: PauseCode | None = None
) -> list[Complaint]:
    own = code.id if code is not None else None
    return directory.pause_code_names.clashes(mine, directory.live_pause_code, own=own)


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/call_queue/{}"): lambda world, asked: answers.queue_entity(_queue(world, asked)),
    ("POST", "/call_queue"): _create_queue,
    ("PUT", "/call_queue/{}"): _put_queue,
    ("DELETE", "/call_queue/{}"): _delete_queue,
    ("GET", "/pause_code/{}"): lambda world, asked: answers.pause_code_entity(_pause_code(world, asked)),
    ("POST", "/pause_code"): _create_pause_code,
    ("PUT", "/pause_code/{}"): _put_pause_code,
    ("DELETE", "/pause_code/{}"): _delete_pause_code,
}
