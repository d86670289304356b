"""The two doors of a web process: HTTP and websocket."""

import os
import sys
from typing import Any

import django

from eqboard.config import ConfigError, get_config
from eqboard.ops.database import DatabaseUnusable, need_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eqboard.settings")
try:
    get_config().need("secret_key", "eq_key")
    django.setup(set_prefix=False)
    need_database()
except (ConfigError, DatabaseUnusable) as error:  # one sentence instead of the server's traceback
    sys.exit(f"eqboard: {error}")

from channels.routing import ProtocolTypeRouter

from eqboard.boards.mishaps import Door
from eqboard.control.doing.settling import settlers
from eqboard.live.routing import websocket

doors = ProtocolTypeRouter({"http": Door(), "websocket": websocket})


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """From the first visit on, as there is no earlier moment under Daphne: what a crash left unfinished is settled."""
    settlers.get().start()
    await doors(scope, receive, send)
