"""Addresses of Redis: what they say of Sentinels, and what is said of one that cannot be read."""

import pytest

from eqboard.feed.address import AddressError, Server, Watched, read
from eqboard.feed.connection import fault_of

CANARY = "canary-of-an-address"
SEVERAL = "redis+sentinel://ana:p%40%2Fw@one:26380,two,[::1]:26381/my%20master/2"


def watched(url: str) -> Watched:
    address = read(url)
    assert isinstance(address, Watched)
    return address


def test_an_address_of_one_server_is_left_to_redis_py() -> None:
    assert read("rediss://h:6380/1?ssl_cert_reqs=none") == Server("rediss://h:6380/1?ssl_cert_reqs=none")


def test_sentinels_are_named_with_their_ports_or_at_the_usual_one() -> None:
    assert watched(SEVERAL).sentinels == (("one", 26380), ("two", 26379), ("::1", 26381))
    assert watched(SEVERAL).name == "my master"


def test_user_password_and_database_are_the_master_s() -> None:
    assert watched(SEVERAL).options == {"username": "ana", "password": "p@/w", "db": 2}
    assert watched(SEVERAL).sentinel_options == {"ssl": False}


def test_the_sentinels_have_a_user_and_a_password_of_their_own() -> None:
    address = watched(f"{SEVERAL}?sentinel_username=eve&sentinel_password=p%26%2B")
    assert address.options == watched(SEVERAL).options
    assert address.sentinel_options == {"username": "eve", "password": "p&+", "ssl": False}


def test_tls_and_patience_hold_for_both() -> None:
    address = watched("rediss+sentinel://h/m?ssl_ca_certs=/ca.pem&socket_timeout=0.5&health_check_interval=9")
    both = {"ssl_ca_certs": "/ca.pem", "socket_timeout": 0.5}
    assert address.is_tls
    assert address.options == {**both, "health_check_interval": 9}
    assert address.sentinel_options == {**both, "ssl": True}


@pytest.mark.parametrize(
    "url", [SEVERAL, f"redis+sentinel://:{CANARY}@h/m?sentinel_password={CANARY}", f"redis://:{CANARY}@h"]
)
def test_no_password_is_in_the_repr(url) -> None:
    assert CANARY not in repr(read(url))
    assert "p@/w" not in repr(read(url))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://h", "must be a whole URL"),
        (f"redis://:{CANARY}#@h/0", "must be a whole URL"),
        (f"redis://:{CANARY}@h:{CANARY}/0", "must be a whole URL"),
        ("redis://h/main", "a path or an option"),
        (f"redis+sentinel://h/m?nonsense={CANARY}", "a path or an option"),
        (f"redis+sentinel://h/m?socket_timeout={CANARY}", "a path or an option"),
        ("redis+sentinel://h", "must name the master"),
        (f"redis+sentinel://:{CANARY}/@h/m", "%-quoted"),
        (f"redis+sentinel://:{CANARY}@h:{CANARY}/m", "must name the Sentinels"),
        ("rediss://h/0?ssl_ca_certs=/gone.pem", "a file for TLS"),
        ("rediss+sentinel://h/m?ssl_ca_certs=/gone.pem", "a file for TLS"),
    ],
)
def test_what_cannot_be_read_is_told_without_repeating_it(url, says) -> None:
    fault = fault_of(url)
    assert says in fault
    assert CANARY not in fault


def test_nothing_is_made_of_what_cannot_be_read() -> None:
    with pytest.raises(AddressError):
        read("redis+sentinel://h")
