"""Where a request came from, and who says so."""

import pytest

from eqboard.accounts.address import address_of


@pytest.mark.parametrize(
    ("address", "noted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        ("/run/web.sock", None),
    ],
)
def test_the_address_is_written_down_where_there_is_one(rf, address, noted):
    assert address_of(rf.get("/", REMOTE_ADDR=address)) == noted


@pytest.mark.parametrize(
    ("trusted", "forwarded", "noted"),
    [
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "192.0.2.66, 203.0.113.9", "203.0.113.9"),
        (True, "203.0.113.9:5678", "203.0.113.9"),
        (True, "[2001:db8::1]:5678", "2001:db8::1"),
        (True, "2001:db8::1", "2001:db8::1"),
        (True, "nonsense", "127.0.0.1"),
        (True, "", "127.0.0.1"),
        (True, None, "127.0.0.1"),
        (False, "203.0.113.9", "127.0.0.1"),
    ],
)
def test_a_proxy_tells_the_address_where_it_is_trusted_and_nobody_else(rf, settings, trusted, forwarded, noted):
    settings.TRUST_PROXY = trusted
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    assert address_of(rf.get("/", headers=headers)) == noted
