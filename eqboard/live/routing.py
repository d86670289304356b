"""Who answers what on a websocket."""

from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import re_path

from eqboard.live.consumers import BoardConsumer, NoSuchSocket

websocket = AllowedHostsOriginValidator(
    URLRouter(
        [
            re_path(r"^live/(?P<surface>desk|tv)/$", BoardConsumer.as_asgi()),
            re_path(r"", NoSuchSocket.as_asgi()),
        ]
    ),
)
