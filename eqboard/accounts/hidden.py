"""What of other people's apps the administration does not show."""

from django.contrib import admin
from django.db import models


def hide(*kinds: type[models.Model]) -> None:
    """From an admin.py whose app stands after theirs."""
    for kind in kinds:
        if admin.site.is_registered(kind):
            admin.site.unregister(kind)
