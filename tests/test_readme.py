"""README is true."""

import re
from pathlib import Path

from pydantic import SecretStr

from eqboard.config import PREFIX, ROOT, Config

README = Path(ROOT, "README.md").read_text()


def shown(default: object) -> str:
    """A default as README writes it."""
    if default is None or isinstance(default, SecretStr):
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default).replace(str(ROOT), "…")


def test_the_settings_table_is_that_of_config() -> None:
    expected = {
        f"{PREFIX}{name.upper()}": (shown(field.default), field.description)
        for name, field in Config.model_fields.items()
    }

    rows = re.findall(r"^\| `(EQBOARD_\w+)` \| (?:`(.*?)`)? ?\| (.+?) \|$", README, re.MULTILINE)

    assert {name: (default, text) for name, default, text in rows} == expected


def test_every_make_target_it_names_exists() -> None:
    makefile = Path(ROOT, "Makefile").read_text()

    for target in set(re.findall(r"make (\w+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_file_and_folder_it_names_exists() -> None:
    for path in re.findall(r"`((?:eqboard|docs|\.ci)/[\w./]+)`|\((docs/[\w.]+)\)", README):
        assert Path(ROOT, next(filter(None, path))).exists(), path
