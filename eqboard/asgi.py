"""The two doors of a web process: HTTP and websocket."""

import os
import sys

from django.core.asgi import get_asgi_application

from eqboard.config import ConfigError, get_config
from eqboard.ops.database import DatabaseUnusable, need_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eqboard.settings")
try:
    get_config().need("secret_key", "eq_key")
    http = get_asgi_application()
    need_database()
except (ConfigError, DatabaseUnusable) as error:  # one sentence instead of the server's traceback
    sys.exit(f"eqboard: {error}")

from channels.routing import ProtocolTypeRouter

from eqboard.live.routing import websocket

application = ProtocolTypeRouter({"http": http, "websocket": websocket})
