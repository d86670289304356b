"""`manage.py eqopenapi`: the EQ API as an OpenAPI document, for whoever builds something else that speaks it."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from eqboard.config import get_config
from eqboard.eq import load_dialect
from eqboard.eq.openapi import describe
from eqboard.eq.operations import OPERATIONS


class Command(BaseCommand):
    help = "Print the EQ API as an OpenAPI 3.1 document, in the dialect of EQBOARD_EQ_DIALECT. No key is needed."
    requires_system_checks = ()  # it touches neither the database nor the pages

    def handle(self, **options: Any) -> None:
        document = describe(OPERATIONS, load_dialect(get_config().eq_dialect))
        self.stdout.write(json.dumps(document, indent=2))
