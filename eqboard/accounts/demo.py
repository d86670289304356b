"""The people of the demo: one for each kind of right. On the simulator's EQ they are its supervisors, by their e-mail
addresses, and sit at those desks.
"""

from dataclasses import dataclass

from django.contrib.auth import get_user_model

from eqboard.accounts.models import Membership, Seat, Team, ready_role


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    first_name: str
    last_name: str
    email: str
    extension: str
    role: str
    is_administrator: bool = False


DANA = Person("supervisor", "Dana", "Weiss", "dana@example.com", "301", "full", is_administrator=True)
THEO = Person("lead", "Theo", "Clarke", "tclarke@example.com", "303", "lead")
MARTA = Person("viewer", "Marta", "Gómez", "mgomez@example.com", "302", "viewer")


def create_demo_users(password: str) -> None:
    """`supervisor` (every queue, administrator), `lead` (two queues) and `viewer` (looks only), with one password.

    Run again, it sets the password anew and leaves everything else as it is.
    """
    floor, _ = Team.objects.get_or_create(name="Floor", defaults={"every_queue": True})
    front, _ = Team.objects.get_or_create(name="Front desk", defaults={"queue_extensions": "500, 501"})
    for person, team in ((DANA, floor), (THEO, front), (MARTA, floor)):
        _ensure(person, password, team)


def _ensure(person: Person, password: str, team: Team) -> None:
    known = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "is_staff": person.is_administrator,
        "is_superuser": person.is_administrator,
    }
    user, _ = get_user_model().objects.get_or_create(username=person.username, defaults=known)
    if not user.check_password(password):  # setting it anew would end every session
        user.set_password(password)
    user.save()
    Membership.objects.get_or_create(user=user, team=team, defaults={"role": ready_role(person.role)})
    Seat.objects.get_or_create(user=user, defaults={"extension": person.extension})
    Seat.objects.filter(user=user, extension=person.extension).update(is_confirmed=True)  # also of an older demo
