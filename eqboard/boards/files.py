"""A board as a file that can be sent, kept and read in again: {"eqboard": 1, "name": …, "spec": {…}}."""

import json
import re
import unicodedata

from django.utils.translation import gettext as _

from eqboard.boards.drafts import check_name
from eqboard.boards.faults import Fault, FaultyError
from eqboard.boards.reading import MOST_BYTES, parse, read_spec, write_spec
from eqboard.boards.spec import Spec

FORMAT = 1
FIELDS = {"eqboard", "name", "spec"}
LONGEST_FILE_NAME = 40


def exported(name: str, spec: Spec) -> str:
    return json.dumps({"eqboard": FORMAT, "name": name, "spec": write_spec(spec)}, ensure_ascii=False, indent=2) + "\n"


def imported(content: bytes) -> tuple[str, Spec]:
    """The name and the choices that a file holds. Raises FaultyError, each with a sentence for whoever chose it."""
    held = parse(_text(content))
    if not isinstance(held, dict) or "eqboard" not in held:
        raise _fault(_("This file does not hold a board. Export one to see what such a file looks like."))
    if held["eqboard"] is True or held["eqboard"] != FORMAT:
        raise _fault(_("This file is of another version of eqboard, and this one does not know how to read it."))
    if strange := sorted(held.keys() - FIELDS):
        raise _fault(_("“%(name)s” is not known to this version of eqboard.") % {"name": strange[0][:40]})
    return check_name(held.get("name")), read_spec(held.get("spec"))


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise _fault(_("This is larger than 256 KB, and a board never is."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _fault(_("This is not a text file. Choose one that eqboard exported.")) from None


def _fault(sentence: str) -> FaultyError:
    return FaultyError(Fault((), sentence))


def file_name(name: str) -> str:
    """Letters, digits and hyphens of ASCII: any system takes them, and no header is broken by them."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub("[^a-z0-9]+", "-", plain.lower()).strip("-")[:LONGEST_FILE_NAME].strip("-")
    return f"eqboard-{words or 'board'}.json"
