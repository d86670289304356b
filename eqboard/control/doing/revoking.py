"""Rights that are taken away while something lasts: whoever listens and may not any more is cut off."""

import logging
from datetime import UTC, datetime, timedelta

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.db import Error as DatabaseError

from eqboard.accounts.rights import rights_of
from eqboard.control import exchange
from eqboard.control.catalogue.evidence import ref_at_telephone
from eqboard.control.catalogue.listening import STOP, STOP_LISTENING, listening_call
from eqboard.control.catalogue.order import Order
from eqboard.control.doing.attempt import Attempt, allows
from eqboard.eq import EQError
from eqboard.feed.follow import Floor

logger = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=3)


class Entitlement:
    """Whether what lasts may go on, by the rights that its actor has by now; looked at every few seconds."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._looked_at = datetime.min.replace(tzinfo=UTC)

    async def is_over(self, floor: Floor, now: datetime) -> bool:
        """Whether the right is gone, and the telephone hung up by that. As long as that fails it is tried again."""
        if now - self._looked_at < LOOK_EVERY:
            return False
        self._looked_at = now
        try:
            # A listening may last for hours: no connection to the database is kept meanwhile, let alone a broken one.
            may_go_on = await database_sync_to_async(_may_go_on)(self._attempt)
            return not may_go_on and await _is_hung_up(self._attempt.order, floor)
        except DatabaseError as error:
            logger.warning("Whether somebody may still listen cannot be read: %s", error)
        except EQError as error:
            logger.warning("Somebody who may not listen any more could not be cut off: %s", type(error).__name__)
        return False


def _may_go_on(attempt: Attempt) -> bool:
    user = User.objects.filter(pk=attempt.actor.user.pk).first()
    return user is not None and allows(rights_of(user), attempt.action.right, attempt.target)


async def _is_hung_up(listening: Order, floor: Floor) -> bool:
    """Once EQ accepted. It is asked by eqboard's key: nobody acts in the name of somebody who may not."""
    ear, telephone = listening.monitor_extension or "", exchange.telephones.get()
    line = floor.snapshot.lines.get(ear)
    found = listening_call(line, listening.extension or "") if line else None
    call = ref_at_telephone(found, ear) if found else None
    if call is None:
        return False
    order = Order(STOP_LISTENING, listening.agent, extension=listening.extension, call=call, monitor_extension=ear)
    if await STOP.question(telephone, order) is not None:
        return False
    await STOP.ask(telephone, order)
    return True
