"""The settings that tests run with. Loaded by `-p tests.environment` before pytest-django reads eqboard.settings.

Nothing of the developer's own may leak in: neither their environment, nor the `.env` in the checkout, nor which signals
are passed over (`nohup make test &` passes over two): tests send them to processes of their own.
"""

import os
import signal

KEY_CANARY = "canary-key-4b1d0f6a"  # must never be seen in a log, a page or an error
KEPT = {"EQBOARD_TESTS_NEED_BROWSER"}

for name in [name for name in os.environ if name.startswith("EQBOARD_") and name not in KEPT]:
    del os.environ[name]
os.environ |= {
    "EQBOARD_SECRET_KEY": "the tests sign with this, and each of their processes with the same",
    "EQBOARD_EQ_KEY": KEY_CANARY,
    "EQBOARD_HTTPS": "false",
}

for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)

from eqboard.config import Config  # noqa: E402 (it may read the environment as it is imported)

Config.model_config["env_file"] = None
