"""Where a request came from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """The browser's address; None over a unix socket.

    A trusted proxy appends it to the header. What stands before that is the browser's own claim.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    return _address(forwarded.rpartition(",")[2].strip()) or _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str | None:
    """Of `203.0.113.9`, `2001:db8::1`, `fe80::1%eth0`, and with a port `203.0.113.9:5678`, `[2001:db8::1]:5678`."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return None
