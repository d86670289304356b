"""Names: a mixed international staff, ordinary callers, and the hostile texts that real telephone lines deliver."""

from __future__ import annotations

from random import Random

_STAFF: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "en",
        ("Grace", "Owen", "Amara", "Liam", "Priya", "Sean", "Chloe", "Tomasz", "Mei", "Declan", "Zoë", "Björn"),
        ("Bennett", "O'Brien", "Okafor", "Walsh", "Raman", "Carter", "Nowak", "Lin", "Fraser", "Müller", "Dubois"),
    ),
    (
        "es",
        ("Lucía", "Martín", "Sofía", "Álvaro", "Inés", "Joaquín", "Begoña", "Íñigo"),
        ("Núñez", "Ibáñez", "García", "Peña", "Fernández de la Vega", "Muñoz", "Ortega"),
    ),
    (
        "he",
        ("נועה", "יואב", "תמר", "איתי", "שירה", "אורי"),
        ("כהן", "לוי", "בן־דוד", "מזרחי", "פרידמן"),
    ),
)
_TURNS = (0, 1, 0, 2, 0)  # of five agents three are English, one Spanish, one Hebrew

_CALLERS = (
    "SMITH JOHN", "Anna Kowalska", "GARCIA MARIA", "David Cohen", "WIRELESS CALLER", "Fatima Zahra", "LEE KEVIN",
    "Sam Taylor", "NGUYEN THI", "Olivia Brown", "Unknown", "PATEL R", "Emma Wilson", "J. Fernandes", "Kim Jong-su",
    "Acme Logistics Ltd", "NEW YORK NY", "Ivan Petrov", "Sarah Levy", "M. Rossi", "משה לוי", "José Ñandú Çelik",
)  # fmt: skip

HOSTILE_NAMES = (
    "<script>alert('caller')</script>",
    '"><img src=x onerror=alert(1)>',
    'O\'Reilly & "Sons" <b>Ltd</b>',
    "Rob'); DROP TABLE calls;--",
    "\u202egnihton\u202c evil",  # right-to-left override: reads backwards on a careless page
    "\u2066Ann\u2069 \u200fLee",
    "Bell\x07Ringer",
    "${jndi:x} {{7*7}} {% now %}",
    "&lt;already escaped&gt;",
    "W" * 80,
)
# Bytes that are no UTF-8, as Python keeps them in a text: an é of Latin-1, and one that no text has.
UNDECODABLE_NAMES = ("Andr\udce9 Dupont", "\udcff\udcfe")
NAMELESS_SHARE = 0.04


def staff_name(index: int) -> tuple[str, str, str]:
    """First name, last name and language (`en`, `es`, `he`) of the agent with that index; repeats only after dozens."""
    turn, round_number = _TURNS[index % len(_TURNS)], index // len(_TURNS)
    language, first_names, last_names = _STAFF[turn]
    place = round_number * _TURNS.count(turn) + _TURNS[: index % len(_TURNS)].count(turn)
    return first_names[place % len(first_names)], last_names[(place + place // 77) % len(last_names)], language


def caller_name(rng: Random, hostile_share: float) -> str:
    """What the line says about a caller: a plain name, sometimes nothing, for a share (0 to 1) something hostile."""
    chance = rng.random()
    if chance < hostile_share:
        return rng.choice(HOSTILE_NAMES + UNDECODABLE_NAMES)
    return "" if chance < hostile_share + NAMELESS_SHARE else rng.choice(_CALLERS)


def caller_number(rng: Random) -> str:
    """A North American number out of the range kept for fiction, or "anonymous"."""
    if rng.random() < NAMELESS_SHARE:
        return "anonymous"
    return f"{rng.randrange(201, 990)}5550{rng.randrange(100, 200)}"
