"""The people of the demo: one for each kind of right."""

from django.contrib.auth import get_user_model

from eqboard.accounts.models import Membership, Team, ready_role


def create_demo_users(password: str) -> None:
    """`supervisor` (every queue, administrator), `lead` (two queues) and `viewer` (looks only), with one password.

    Run again, it sets the password anew and leaves everything else as it is.
    """
    floor, _ = Team.objects.get_or_create(name="Floor", defaults={"every_queue": True})
    front, _ = Team.objects.get_or_create(name="Front desk", defaults={"queue_extensions": "500, 501"})
    _ensure_user("supervisor", password, floor, "full", is_administrator=True)
    _ensure_user("lead", password, front, "lead")
    _ensure_user("viewer", password, floor, "viewer")


def _ensure_user(username: str, password: str, team: Team, role: str, *, is_administrator: bool = False) -> None:
    flags = {"is_staff": is_administrator, "is_superuser": is_administrator}
    user, _ = get_user_model().objects.get_or_create(username=username, defaults=flags)
    if not user.check_password(password):  # setting it anew would end every session
        user.set_password(password)
    user.save()
    Membership.objects.get_or_create(user=user, team=team, defaults={"role": ready_role(role)})
