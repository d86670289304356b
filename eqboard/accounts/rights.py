"""From people in the database to `Rights`, which the pure questions of access.py are asked of."""

from asgiref.sync import sync_to_async
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import F

from eqboard.accounts.access import FULL, MONITOR_ONLY, NOTHING, Grant, Rights, limited
from eqboard.accounts.models import Membership
from eqboard.accounts.seats import MONITOR_ONLY_TYPE
from eqboard.accounts.second_factor.need import lacks_second_factor

EVERYTHING = Rights(frozenset({Grant(None, FULL)}))


def rights_of(user: AbstractBaseUser | AnonymousUser) -> Rights:
    """What the user may see and do now. An administrator (superuser) may everything, a stranger nothing; who is a
    supervisor on EQ that may only monitor, may do no more here. Where a second factor is required, nothing without one.
    """
    if not user.is_authenticated or not user.is_active or lacks_second_factor(user):
        return NOTHING
    if getattr(user, "is_superuser", False):
        return EVERYTHING
    memberships = Membership.objects.filter(user_id=user.pk).select_related("team", "role")
    known = list(memberships.annotate(eq_type=F("user__seat__eq_type")))
    rights = Rights(frozenset(membership.grant() for membership in known))
    is_monitor = any(membership.eq_type == MONITOR_ONLY_TYPE for membership in known)
    return limited(rights, MONITOR_ONLY) if is_monitor else rights


arights_of = sync_to_async(rights_of)
