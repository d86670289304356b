"""Teams and roles: which people may see which queues, and what they may do there."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.access import RIGHTS, Grant
from eqboard.accounts.roles import READY_ROLES, in_order

NOT_AN_EXTENSION = _("“%(text)s” is not a queue's extension: use digits, separated by commas.")
NOT_MY_EXTENSION = _("“%(text)s” is not an extension: use digits.")
NOT_AN_ID = _("“%(text)s” is not an agent's id: use digits, separated by commas.")
NOT_A_RIGHT = _("“%(text)s” is not a right that eqboard knows: tick those of the list.")
SEPARATORS = re.compile(r"[\s,;]+")
LONGEST_ID = 18  # digits
LONGEST_EXTENSION = 20  # digits, of one's own


def split_extensions(text: str) -> frozenset[str]:
    return frozenset(filter(None, SEPARATORS.split(text)))


def validate_extensions(text: str) -> None:
    strange = [each for each in split_extensions(text) if not each.isascii() or not each.isdigit()]
    if strange:
        raise ValidationError(NOT_AN_EXTENSION, params={"text": strange[0]})


def validate_ids(text: str) -> None:
    strange = [each for each in split_extensions(text) if not _is_id(each)]
    if strange:
        raise ValidationError(NOT_AN_ID, params={"text": strange[0]})


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


def validate_rights(actions: object) -> None:
    """A list of names of RIGHTS."""
    strange = [each for each in actions if each not in RIGHTS] if isinstance(actions, list) else [actions]
    if strange:
        raise ValidationError(NOT_A_RIGHT, params={"text": strange[0]})


def validate_extension(text: str) -> None:
    if not text.isascii() or not text.isdigit():
        raise ValidationError(NOT_MY_EXTENSION, params={"text": text})


class Team(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
    every_queue = models.BooleanField(_("every queue"), default=False, help_text=_("Also those that are added later."))
    queue_extensions = models.TextField(
        _("queues"), blank=True, validators=[validate_extensions], help_text=_("Extensions, separated by commas.")
    )
    agent_ids = models.TextField(
        _("agents"),
        blank=True,
        validators=[validate_ids],
        help_text=_(
            "Ids of the agents on whom members may act, separated by commas. Blank: whoever serves the queues."
        ),
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

    @property
    def agents(self) -> frozenset[int] | None:
        """The ids of those on whom members may act, or None for whoever serves the queues."""
        named = split_extensions(self.agent_ids)
        return frozenset(int(each) for each in named if _is_id(each)) if named else None


class Role(models.Model):
    """What members may do in their team's queues; that they see these is the membership itself.

    A ready role has a `key` by which programs know it, and is called by its name in the reader's language.
    """

    key = models.CharField(max_length=20, blank=True, editable=False)  # blank: one that an administrator made
    name = models.CharField(_("name"), max_length=60, unique=True)
    actions = models.JSONField(_("rights"), default=list, blank=True, validators=[validate_rights])

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("key",), condition=~models.Q(key=""), name="one_role_of_each_key"),
        )
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        ready = READY_ROLES.get(self.key)
        return str(ready.name) if ready else self.name

    @property
    def allows(self) -> frozenset[str]:
        """The rights of it that this version knows: another one may have written more."""
        return frozenset(RIGHTS).intersection(self.actions)


def ready_role(key: str) -> Role:
    """A role of READY_ROLES, as it was made once and may have been changed since."""
    ready = READY_ROLES[key]
    with translation.override(None):
        name = str(ready.name)
    return Role.objects.get_or_create(key=key, defaults={"name": name, "actions": in_order(ready.actions)})[0]


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="team_memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("role"))

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "team"), name="one_membership_per_team"),)
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"

    def grant(self) -> Grant:
        return Grant(self.team.queues, self.role.allows, self.team.agents)


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


class Seat(models.Model):
    """Where somebody sits, and who they are on EQ. What is done with it stands in seats.py.

    The token of their session on EQ is kept sealed (sealing.py), and shown nowhere.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seat")
    extension = models.CharField(
        _("my extension"), max_length=LONGEST_EXTENSION, blank=True, validators=[validate_extension]
    )
    is_confirmed = models.BooleanField(
        _("confirmed"),
        default=False,
        db_default=False,  # an eqboard of before this column may still write rows
        help_text=_(
            "The person really sits there, and may use that telephone as their own. What they merely say themselves "
            "gives them no right."
        ),
    )
    eq_user = models.PositiveBigIntegerField(_("EQ user's id"), null=True, blank=True, unique=True)
    eq_username = models.CharField(max_length=255, blank=True)  # as EQ told it when they were linked, or signed in last
    eq_type = models.CharField(max_length=20, blank=True)  # the same, or anew since: "full" or "monitorOnly"
    checked_at = models.DateTimeField(null=True, editable=False)  # when EQ was asked for the type last
    sealed_token = models.TextField(blank=True, editable=False)  # of a session that begins, goes on or is over at EQ
    session_extension = models.CharField(max_length=LONGEST_EXTENSION, blank=True)  # where it is; at none: blank
    signed_in_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("extension",), condition=~models.Q(extension=""), name="one_person_per_extension"
            ),
        )
        verbose_name = _("telephone and EQ user")
        verbose_name_plural = _("telephones and EQ users")

    def __str__(self) -> str:
        return f"{self.user}"
