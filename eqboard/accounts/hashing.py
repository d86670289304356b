"""How passwords are kept: Argon2, with as much memory as OWASP asks for, and few at a time.

Django's own settings take 100 MiB for each check. Anybody may ask for a check by trying to sign in, many at once.
"""

from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import Argon2PasswordHasher

# In threads of their own, as each thread that ever hashed may keep its memory.
WORKERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="hashing")


class FrugalArgon2(Argon2PasswordHasher):
    memory_cost = 19_456  # KiB (OWASP's password storage cheat sheet: m=19 MiB, t=2, p=1)
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return WORKERS.submit(super().encode, password, salt).result()

    def verify(self, password: str, encoded: str) -> bool:
        return WORKERS.submit(super().verify, password, encoded).result()
