"""How passwords are kept: Argon2, with as much memory as OWASP asks for, and few at a time.

Django's own settings take 100 MiB for each check. Anybody may ask for a check by trying to sign in, many at once.
"""

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_A_TIME = BoundedSemaphore(2)


class FrugalArgon2(Argon2PasswordHasher):
    memory_cost = 19_456  # KiB (OWASP's password storage cheat sheet: m=19 MiB, t=2, p=1)
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with AT_A_TIME:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with AT_A_TIME:
            return super().verify(password, encoded)
