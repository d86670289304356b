"""The real application with less patience: a test need not wait a minute. `daphne tests.e2e.impatient:application`."""

from eqboard.live import viewer

viewer.ACK_WITHIN_SECONDS = 1.0
viewer.DROP_AFTER_SECONDS = 1.0

from eqboard.asgi import application  # noqa: E402

__all__ = ["application"]
