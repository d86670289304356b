"""The real application, which offers for longer to undo: a test may be slower than people are.
`daphne tests.e2e.patient:application`.
"""

from datetime import timedelta

from eqboard.control.doing import before

before.OFFERED = before.IN_TIME = timedelta(minutes=2)

from eqboard.asgi import application  # noqa: E402

__all__ = ["application"]
