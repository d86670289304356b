"""Which build of the pages this process serves: a TV that shows another one loads the page anew."""

from functools import lru_cache
from hashlib import blake2b

from eqboard.config import ROOT


@lru_cache(maxsize=1)
def build_id() -> str:
    """A hash over templates, styles and scripts; equal in every process of one deployment."""
    digest = blake2b(digest_size=6)
    for folder in ("templates", "static"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(ROOT).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
