"""Teams: which people may see which queues, and what they may do there."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.access import CHANGE_TARGET, PAUSE_AGENT, RESUME_AGENT, Grant

NOT_AN_EXTENSION = _("“%(text)s” is not a queue's extension: use digits, separated by commas.")
SEPARATORS = re.compile(r"[\s,;]+")


def split_extensions(text: str) -> frozenset[str]:
    return frozenset(filter(None, SEPARATORS.split(text)))


def validate_extensions(text: str) -> None:
    strange = [each for each in split_extensions(text) if not each.isascii() or not each.isdigit()]
    if strange:
        raise ValidationError(NOT_AN_EXTENSION, params={"text": strange[0]})


class Team(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
    every_queue = models.BooleanField(_("every queue"), default=False, help_text=_("Also those that are added later."))
    queue_extensions = models.TextField(
        _("queues"), blank=True, validators=[validate_extensions], help_text=_("Extensions, separated by commas.")
    )

    class Meta:
        ordering = ("name",)
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name

    @property
    def queues(self) -> frozenset[str] | None:
        """The extensions, or None for every queue."""
        return None if self.every_queue else split_extensions(self.queue_extensions)


class Role(models.TextChoices):
    """What a member may do in the team's queues. A viewer only looks."""

    VIEWER = "viewer", _("Viewer: sees the board")
    LEAD = "lead", _("Team lead: sees and acts")


ACTIONS_OF_ROLE: dict[str, frozenset[str]] = {
    Role.VIEWER: frozenset(),
    Role.LEAD: frozenset({PAUSE_AGENT, RESUME_AGENT, CHANGE_TARGET}),
}


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="team_memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.VIEWER)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "team"), name="one_membership_per_team"),)
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"

    def grant(self) -> Grant:
        return Grant(self.team.queues, ACTIONS_OF_ROLE.get(self.role, frozenset()))


class Display(models.Model):
    """A screen on a wall that may look at one team's queues, without anybody signed in at it.

    It is paired by a code that the screen shows and somebody approves. Its token is kept only as a hash.
    """

    name = models.CharField(_("name"), max_length=60)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="displays")
    code = models.CharField(max_length=12, unique=True, null=True, blank=True)  # None: another display has it now
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("display")
        verbose_name_plural = _("displays")

    def __str__(self) -> str:
        return self.name
