"""The two doors of a web process: HTTP and websocket."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eqboard.settings")
http = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402 (Django's apps must be ready first)

from eqboard.live.routing import websocket  # noqa: E402

application = ProtocolTypeRouter({"http": http, "websocket": websocket})
