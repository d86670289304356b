"""Whether the simulator's answer agrees with the API document. Pure.

What the document allows is never refused as `blank` or `invalid`; what it forbids is never carried out. The other types
of error (contract §1) are about what there is at the moment, of which a document knows nothing.
"""

from collections.abc import Collection
from dataclasses import replace

from tests.contract.document import Document
from tests.contract.patience import Sent, readings

AGAINST_ITS_RULE = frozenset({"blank", "invalid"})
BEYOND_THE_FORMAT = frozenset(
    {
        ("call_recordings.all", "call"),  # one of two query parameters is needed
        ("call_queue_agents.action", "skills"),  # as many as queues
        ("phones.press", "key"),  # this telephone may lack it
        ("phones.press", "phone"),  # one that was never returned may say too little
        ("alerts.replace", "notificationType"),  # whether an alert is for the whole system, its creator knew
    }
)
"""Parameters of operations that may be refused in a request which the document allows; it tells so in words."""


def disagreement(document: Document, sent: Sent, status: int, complaints: Collection[tuple[str | None, str]]) -> str:
    """A sentence, or nothing. `complaints` are parameter and type of each error."""
    faults = _faults(document, sent)
    if faults and status == 200 and all(_faults(document, each) for each in readings(sent)):
        return f"was carried out, though {faults[0]}"
    operation = document.operation(sent.method, sent.path)[0]["operationId"]
    unfounded = [
        f"{parameter}: {kind}"
        for parameter, kind in complaints
        if kind in AGAINST_ITS_RULE and (operation, parameter) not in BEYOND_THE_FORMAT
    ]
    if unfounded and not faults:
        return f"was refused ({unfounded[0]}), though the document allows it"
    return ""


def _faults(document: Document, sent: Sent) -> list[str]:
    """An undelete needs no body, and what was sent in it is not looked at; a PUT that is none needs one."""
    is_undelete = bool(sent.query.get("undelete"))
    if is_undelete:
        sent = replace(sent, form={})
    faults = document.faults_of_request(sent.method, sent.path, sent.query, sent.form)
    if sent.method == "PUT" and not is_undelete and not sent.form.get("data"):
        faults.append("data is required")
    return faults
