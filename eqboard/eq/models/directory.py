"""Who and what there is: agents, call queues, pause codes, and the sessions of users (contract §3)."""

from eqboard.eq.models.base import EQObject, Moment, Text


class Agent(EQObject):
    id: int
    number: Text = None
    first_name: Text = None
    last_name: Text = None
    email_address: Text = None
    language: Text = None
    deleted: bool = False


class CallQueue(EQObject):
    extension: str
    name: Text = None
    deleted: bool = False


class PauseCode(EQObject):
    id: int
    name: Text = None
    deleted: bool = False


class UserSession(EQObject):
    """An active session; never its token (contract §3)."""

    user: int
    extension: Text = None
    sign_in_time: Moment = None
    ping_time: Moment = None
