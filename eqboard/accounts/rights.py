"""From people in the database to `Rights`, which the pure questions of access.py are asked of."""

from asgiref.sync import sync_to_async
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from eqboard.accounts.access import NOTHING, Grant, Rights
from eqboard.accounts.models import ACTIONS_OF_ROLE, Membership

EVERYTHING = Rights(frozenset({Grant(None, frozenset().union(*ACTIONS_OF_ROLE.values()))}))


def rights_of(user: AbstractBaseUser | AnonymousUser) -> Rights:
    """What the user may see and do now. An administrator (superuser) may everything, a stranger nothing."""
    if not user.is_authenticated or not user.is_active:
        return NOTHING
    if getattr(user, "is_superuser", False):
        return EVERYTHING
    memberships = Membership.objects.filter(user_id=user.pk).select_related("team")
    return Rights(frozenset(membership.grant() for membership in memberships))


arights_of = sync_to_async(rights_of)
