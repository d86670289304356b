"""Who and what there is: agents, call queues, pause codes, and the sessions of users (contract §3)."""

from eqboard.eq.models.base import EQObject, Key, Moment, Text, YesOrNo


class Agent(EQObject):
    id: int
    number: Text = None
    first_name: Text = None
    last_name: Text = None
    email_address: Text = None
    language: Text = None
    deleted: YesOrNo = False


class CallQueue(EQObject):
    extension: Key
    name: Text = None
    deleted: YesOrNo = False


class PauseCode(EQObject):
    id: int
    name: Text = None
    deleted: YesOrNo = False


class UserSession(EQObject):
    """An active session; never its token (contract §3)."""

    user: int
    extension: Text = None
    sign_in_time: Moment = None
    ping_time: Moment = None
