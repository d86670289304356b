"""Something to say for every operation: the least that it asks for, and secrets wherever one may stand."""

from typing import Any

from pydantic import SecretStr

from eqboard.eq.models import Phone
from eqboard.eq.models.attributes import (
    AgentAttributes,
    AlertAttributes,
    CallQueueAttributes,
    ExtensionAttributes,
    NewAgent,
    NewAlert,
    NewCallQueue,
    NewSupervisor,
    PauseCodeAttributes,
    SupervisorAttributes,
)

SIP_SECRET = 'sip-canary "ü" &4/'
VOICEMAIL_PASSWORD = "50918273"
USER_PASSWORD = "canary-&-w0rd/ü"
AGENT_PASSWORD = "8241057396"
TOKEN = "tok-canary+" + "0123456789abcdef" * 3 + "&=#"
SECRETS = (SIP_SECRET, VOICEMAIL_PASSWORD, USER_PASSWORD, AGENT_PASSWORD, TOKEN)
CALLER = "+1 555-010-7788"
CALLER_DIGITS = "15550107788"

SUPERVISOR = {"username": "nightshift", "first_name": "Noa", "email_address": "noa@night.example", "type": "full"}
AGENT = {"number": "2001", "first_name": "Ana"}
QUEUE = {"name": "Night line", "type": 0}
EXTENSION = {
    "extension": "2999",
    "name": "Reception",
    "outbound_cid": CALLER_DIGITS,
    "sip": {"secret": SIP_SECRET, "nat": "yes"},
    "voicemail": {"password": VOICEMAIL_PASSWORD},
}
ALERT: dict[str, Any] = {
    "name": "Too many",
    "type": "callQueueCallsHigh",
    "call_queue": "500",
    "threshold": 5,
    "notification_type": "custom",
    "interval": 5,
    "days_of_week": [1, 2],
    "from_time": "08:00 AM",
    "to_time": "12:00 AM",
}
CALL = {"channel": "SIP/trunk-0000002a", "destination": CALLER_DIGITS}
MONITOR = {"target_extension": "201", "monitor_extension": "301"}

ARGUMENTS: dict[str, dict[str, Any]] = {
    "active_calls.all": {"extension": "201"},
    "agent_sessions.create": {"user": 1, "extension": "201"},
    "agent_sessions.delete": {"token": SecretStr(TOKEN)},
    "agents.create": {"data": NewAgent(**AGENT, password=SecretStr(AGENT_PASSWORD))},
    "agents.delete": {"id": 1},
    "agents.get": {"id": 1},
    "agents.replace": {"id": 1, "data": AgentAttributes(**AGENT, password=SecretStr(AGENT_PASSWORD))},
    "agents.undelete": {"id": 1},
    "alerts.create": {"data": NewAlert.model_validate(ALERT)},
    "alerts.delete": {"id": 1},
    "alerts.replace": {"id": 1, "data": AlertAttributes.model_validate(ALERT)},
    "call_monitor.barge_in": MONITOR,
    "call_monitor.spy": MONITOR,
    "call_monitor.whisper": MONITOR,
    "call_queue_agents.exit_wrap_up": {"agent": 1},
    "call_queue_agents.pause": {"agent": 1, "pause_code": 2},
    "call_queue_agents.resume": {"agent": 1},
    "call_queue_agents.sign_in": {"agent": 1},
    "call_queue_agents.sign_out": {"agent": 1},
    "call_queue_statistics.get": {"queue": "500"},
    "call_queues.create": {"data": NewCallQueue.model_validate(QUEUE | {"extension": "690"})},
    "call_queues.delete": {"extension": "500"},
    "call_queues.get": {"extension": "500"},
    "call_queues.replace": {"extension": "500", "data": CallQueueAttributes.model_validate(QUEUE)},
    "call_queues.undelete": {"extension": "500"},
    "call_recordings.all": {"call": "81"},
    "call_recordings.cancel": {"extension": "201"},
    "call_recordings.start": {"extension": "201"},
    "call_recordings.stop": {"extension": "201"},
    "extensions.blind_transfer": {"extension": "201", "destination": CALLER_DIGITS},
    "extensions.create": {"data": ExtensionAttributes.model_validate(EXTENSION)},
    "extensions.delete": {"extension": "201"},
    "extensions.dial": {"extension": "201", "destination": CALLER_DIGITS},
    "extensions.get": {"extension": "201"},
    "extensions.hang_up": {"extension": "201"},
    "extensions.park": {"extension": "201"},
    "extensions.replace": {"extension": "201", "data": ExtensionAttributes.model_validate(EXTENSION)},
    "parked_calls.pick_up": CALL,
    "pause_codes.create": {"data": PauseCodeAttributes(name="Fire drill")},
    "pause_codes.delete": {"id": 1},
    "pause_codes.get": {"id": 1},
    "pause_codes.replace": {"id": 1, "data": PauseCodeAttributes(name="Fire drill")},
    "pause_codes.undelete": {"id": 1},
    "phones.get": {"extension": "201"},
    "phones.press": {"key": "hold", "phone": Phone.read({"extension": "201", "secret": SIP_SECRET})},
    "queued_calls.steal": CALL,
    "supervisor_sessions.create": {"user": 1},
    "supervisor_sessions.delete": {"token": SecretStr(TOKEN)},
    "supervisors.create": {"data": NewSupervisor(**SUPERVISOR, password=SecretStr(USER_PASSWORD))},
    "supervisors.delete": {"id": 1},
    "supervisors.get": {"id": 1},
    "supervisors.replace": {"id": 1, "data": SupervisorAttributes(**SUPERVISOR, password=SecretStr(USER_PASSWORD))},
    "supervisors.undelete": {"id": 1},
}
"""By the operation's name; those that ask for nothing are left out."""
