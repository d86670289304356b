"""What was done, by whom, to whom, and what came of it."""

import uuid
from collections.abc import Iterable
from typing import Any, Never

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 200  # of what something was done to; longer ones are cut
LONGEST_TARGET = 100
LONGEST_REASON = 500


class Step(models.TextChoices):
    """How far an attempt has come. Each step is an entry of its own; entries are never changed.

    LEFT and LOST are of callers who are moved: they leave where they were before they arrive (contract §4). ENDED is of
    what lasts, as a listening.
    """

    DENIED = "denied", _("denied: not allowed")
    ASKED = "asked", _("asked")
    ACCEPTED = "accepted", _("accepted by EQ")
    REFUSED = "refused", _("refused: not done")
    UNKNOWN = "unknown", _("unknown: EQ's answer was lost")
    LEFT = "left", _("left, not yet arrived")
    CONFIRMED = "confirmed", _("confirmed on the floor")
    NOT_SEEN = "not_seen", _("accepted, but not seen on the floor")
    LOST = "lost", _("lost: left, and never arrived")
    ENDED = "ended", _("ended")
    DONE = "done", _("done")


class AuditError(Exception):
    """Somebody tried to change or delete what was written down."""


class AppendOnly(models.QuerySet["AuditEntry"]):
    """Rows to add and to read. The `a…` versions call these, so they refuse too."""

    def update(self, **kwargs: Any) -> Never:
        raise AuditError("An audit entry is never changed.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> Never:
        raise AuditError("An audit entry is never changed.")

    def bulk_create(self, objs: Iterable["AuditEntry"], *args: Any, **kwargs: Any) -> list["AuditEntry"]:
        if kwargs.get("update_conflicts"):
            raise AuditError("An audit entry is never changed.")
        return super().bulk_create(objs, *args, **kwargs)

    def delete(self) -> Never:
        raise AuditError("An audit entry is never deleted.")


class AuditEntry(models.Model):
    """One step of one attempt. Append-only: it cannot be changed or deleted through the model or its manager, nor by
    SQL (control/audit/guard.py).

    `queues` are the extensions of those it touches, by which others may read of it: "" or ",500,501,".
    """

    attempt = models.UUIDField(default=uuid.uuid4, editable=False)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=150)
    address = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=40)
    target = models.CharField(max_length=LONGEST_TARGET)
    target_name = models.CharField(max_length=LONGEST_NAME)
    queues = models.TextField(default="", blank=True)
    reason = models.TextField(default="", blank=True)  # why it was done, in the words of whoever did it
    step = models.CharField(max_length=10, choices=Step)
    details = models.JSONField(default=dict)

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("attempt", "step"), name="one_entry_per_step"),)
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action} {self.target}: {self.step}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AuditError("An audit entry is never changed.")
        super().save(*args, **{**kwargs, "force_insert": True})  # a primary key that exists already is an error

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AuditError("An audit entry is never deleted.")

    @property
    def is_partly_done(self) -> bool:
        """Whether EQ accepted only the first ones of several requests."""
        return self.step == Step.UNKNOWN and bool(self.details.get("is_partly"))
