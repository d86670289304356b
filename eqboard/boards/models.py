"""What is stored of boards: those that people made, which screen shows which, and what each queue promises."""

from django.conf import settings
from django.core.validators import BaseValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.models import Display, Team
from eqboard.boards.bounds import LONGEST_EXTENSION, LONGEST_NAME, SHORT_SECONDS, TARGET_PERCENT, TARGET_SECONDS, Range
from eqboard.boards.spec import Targets
from eqboard.floor.metrics import Target, Variant


def _within(bounds: Range[int]) -> list[BaseValidator]:
    return [MinValueValidator(bounds.least), MaxValueValidator(bounds.most)]


class SavedBoard(models.Model):
    """A board that somebody made. Without a team it is everybody's."""

    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="boards", verbose_name=_("team")
    )
    spec = models.JSONField(_("what it shows"), default=dict)
    version = models.PositiveIntegerField(_("version"), default=1)  # counts each time it is saved
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(_("changed"))

    class Meta:
        db_table = "boards_board"
        ordering = ("name", "id")
        verbose_name = _("board")
        verbose_name_plural = _("boards")

    def __str__(self) -> str:
        return self.name


class DisplayBoard(models.Model):
    """Which board a paired screen shows; a screen without a row shows the ready one."""

    display = models.OneToOneField(Display, on_delete=models.CASCADE)
    board = models.ForeignKey(SavedBoard, on_delete=models.CASCADE, verbose_name=_("board"))

    class Meta:
        verbose_name = _("board of a screen")
        verbose_name_plural = _("boards of screens")

    def __str__(self) -> str:
        return f"{self.display} · {self.board}"


class ServiceTarget(models.Model):
    """What one queue promises, or (without a queue) every queue that has no row of its own."""

    queue = models.CharField(_("queue"), max_length=LONGEST_EXTENSION, blank=True, unique=True)
    percent = models.PositiveSmallIntegerField(_("percent"), validators=_within(TARGET_PERCENT))
    seconds = models.PositiveSmallIntegerField(_("seconds"), validators=_within(TARGET_SECONDS))
    variant = models.CharField(_("formula"), max_length=20, choices=[(each.value, each.value) for each in Variant])
    short_seconds = models.PositiveSmallIntegerField(
        _("short abandons"), validators=[MaxValueValidator(SHORT_SECONDS.most)]
    )

    class Meta:
        ordering = ("queue",)
        verbose_name = _("service level")
        verbose_name_plural = _("service levels")

    def __str__(self) -> str:
        return f"{self.queue or '*'}: {self.percent}/{self.seconds}"

    @property
    def target(self) -> Target:
        return Target(self.percent, self.seconds, Variant(self.variant), self.short_seconds)


def stored_targets() -> Targets:
    """What all queues promise now."""
    rows = {row.queue: row.target for row in ServiceTarget.objects.all()}
    usual = rows.pop("", Target())
    return Targets(usual, tuple(sorted(rows.items(), key=lambda row: row[0])))
