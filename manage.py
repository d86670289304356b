#!/usr/bin/env python3
"""Django's command line. A wrong setting or an unusable database is one sentence, not a traceback."""

import os
import sys

from eqboard.config import ConfigError


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eqboard.settings")
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, IntegrityError

    try:
        execute_from_command_line(sys.argv)
    except ConfigError as error:
        print(f"eqboard: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130  # Ctrl-C before a command has its own way to end; as shells tell it
    except IntegrityError:
        raise  # a fault of ours
    except DatabaseError as error:
        from eqboard.ops.database import sentence

        print(f"eqboard: {sentence(error)}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
