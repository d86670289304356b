"""The two doors of a web process: HTTP and websocket."""

import os
import sys

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
from eqboard.live.routing import websocket

application = ProtocolTypeRouter({"http": Door(), "websocket": websocket})
