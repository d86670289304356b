"""The product's settings, with addresses for those who poll beside its own."""

from eqboard.settings import *  # noqa: F403

ROOT_URLCONF = "eqboard.ops.bench.references.polled"
