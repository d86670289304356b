"""Passwords are kept so that guessing them is slow, and asking for it is cheap."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from eqboard.accounts.hashing import FrugalArgon2


def test_a_password_is_told_from_a_wrong_one():
    hasher = FrugalArgon2()
    encoded = hasher.encode("correct horse", hasher.salt())
    assert hasher.verify("correct horse", encoded)
    assert not hasher.verify("battery staple", encoded)
    assert "m=19456,t=2,p=1" in encoded


def test_a_password_kept_by_djangos_own_hasher_is_still_known():
    django = Argon2PasswordHasher()
    assert FrugalArgon2().verify("correct horse", django.encode("correct horse", django.salt()))


def test_many_at_once_are_checked_two_at_a_time(monkeypatch):
    busy, threads = threading.Semaphore(2), set()

    def verify(self, password, encoded):
        assert busy.acquire(blocking=False), "a third one at the same time"
        threads.add(threading.get_ident())
        busy.release()
        return True

    monkeypatch.setattr(Argon2PasswordHasher, "verify", verify)
    with ThreadPoolExecutor(30) as crowd:
        assert all(crowd.map(lambda _: FrugalArgon2().verify("x", "y"), range(300)))
    assert len(threads) <= 2


def test_it_is_the_one_that_the_site_uses():
    from importlib import import_module

    assert "eqboard.accounts.hashing.FrugalArgon2" in import_module("eqboard.settings").PASSWORD_HASHERS[0]
    assert settings.PASSWORD_HASHERS
