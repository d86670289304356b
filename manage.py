#!/usr/bin/env python3
"""Django's command line. A wrong setting is one sentence, not a traceback."""

import os
import sys

from eqboard.config import ConfigError


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eqboard.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ConfigError as error:
        print(f"eqboard: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
