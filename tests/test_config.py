"""Settings: each wrong one is one sentence that names it, and none tells a secret."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from eqboard.config import Config, ConfigError, eq_from, get_config, in_settings, listed
from eqboard.eq import EQ, TLS

ROOT = Path(__file__).resolve().parent.parent
CANARY = "c4nary"


@pytest.fixture
def load(monkeypatch, tmp_path):
    """The settings of a process with this environment and nothing else, read in an empty folder."""
    for name in [name for name in os.environ if name.startswith("EQBOARD_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def load(**settings: str) -> Config:
        for name, value in settings.items():
            monkeypatch.setenv(f"EQBOARD_{name.upper()}", value)
        return get_config()

    get_config.cache_clear()
    yield load
    get_config.cache_clear()


@pytest.fixture
def complaint(load):
    """What reading these settings says; it must be one sentence."""

    def complaint(**settings: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load(**settings)
        sentence = str(caught.value)
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__
        return sentence

    return complaint


# What is right


def test_without_any_setting_there_are_defaults(load):
    config = load()
    assert (config.eq_url, config.poll_seconds, config.stale_rounds) == ("http://127.0.0.1:8088", 1.0, 2.5)


def test_every_setting_says_what_it_is():
    assert all(field.description for field in Config.model_fields.values())


@pytest.mark.parametrize("blank", ["", " "])
def test_blank_optional_settings_are_none(load, blank):
    config = load(eq_dialect=blank, stale_after_seconds=blank)
    assert (config.eq_dialect, config.stale_after_seconds, config.stale_rounds) == (None, None, 2.5)


@pytest.mark.parametrize("blank", ["", " "])
def test_blank_files_for_tls_are_none(load, blank):
    assert load(eq_ca_file=blank, eq_client_certificate=blank, eq_client_key=blank).eq_tls == TLS()


@pytest.mark.parametrize(
    ("text", "keys"),
    [("", []), (" , ", []), ("s" * 50, ["s" * 50]), (f"{'s' * 50}, {'t' * 60},", ["s" * 50, "t" * 60])],
)
def test_earlier_secret_keys_are_separated_by_commas(load, text, keys):
    assert listed(load(secret_key_fallbacks=text).secret_key_fallbacks.get_secret_value()) == keys


def test_settings_that_nobody_knows_do_not_matter(load):
    assert load(colour="blue").language == "en"


@pytest.mark.parametrize(
    "url", ["http://eq", "https://eq.example:8443/eq/api/2.0", "http://[::1]:80/", "https://h/pbx/eq/api/2.0/"]
)
def test_an_address_of_eq_may_have_a_port_and_the_api_s_path(load, url):
    assert load(eq_url=url).eq_url == url


@pytest.mark.parametrize("url", ["redis://h", "redis://h/0", "rediss://u:p%40@h:6380/1", "unix:///tmp/a b.sock?db=2"])
def test_redis_may_be_reached_by_its_own_address(load, url):
    assert load(redis_url=url).redis_url == url


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://h/mymaster",
        "redis+sentinel://u:p%40@h1:26379,h2,[::1]:26380/my%20master/2?sentinel_username=u&sentinel_password=p",
        "rediss+sentinel://h/mymaster/0?ssl_cert_reqs=none&socket_timeout=1",
    ],
)
def test_redis_may_be_reached_by_its_sentinels(load, url):
    assert load(redis_url=url).redis_url == url


@pytest.mark.parametrize(
    "url", ["sqlite:////srv/a b/db.sqlite3", "sqlite:///db", "postgres://u:p%23@h:5432/x", "postgresql:///x"]
)
def test_the_database_may_be_sqlite_or_postgres(load, url):
    assert load(database_url=url).database_url == url


@pytest.mark.parametrize(("poll", "stale"), [("1", "2"), ("0.5", "1.0"), ("60", "120")])
def test_stale_after_may_be_two_rounds(load, poll, stale):
    assert load(poll_seconds=poll, stale_after_seconds=stale).stale_rounds == 2.0


def test_settings_may_stand_in_a_file_and_the_environment_wins(load, monkeypatch):
    monkeypatch.setitem(Config.model_config, "env_file", ".env")  # tests/environment.py takes it away
    Path(".env").write_text("EQBOARD_LANGUAGE=es\nEQBOARD_POLL_SECONDS=5\nPORT=8000\n")
    config = load(poll_seconds="2")
    assert (config.language, config.poll_seconds) == ("es", 2.0)


def test_settings_are_read_once(load):
    assert load() is load(language="es")


def test_the_day_begins_by_the_clock_of_the_site(load):
    config = load(time_zone="Europe/Madrid", day_begins="06:30")
    morning = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
    assert config.day_begins_at(morning) == morning
    assert config.day_begins_at(morning - timedelta(seconds=1)) == morning - timedelta(days=1)


def test_without_a_setting_the_day_begins_at_midnight(load):
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert load().day_begins_at(noon) == noon.replace(hour=0)


def test_settings_do_not_change(load):
    with pytest.raises(ValueError, match="frozen"):
        load().language = "es"


def test_a_provider_is_called_by_its_name_or_else_by_its_host(load):
    whole = {"oidc_client_id": "eqboard", "oidc_client_secret": CANARY}
    config = load(oidc_url=" https://login.example/realms/office/ ", **whole)
    assert (config.oidc_url, config.oidc_shown_name) == ("https://login.example/realms/office/", "login.example")
    assert CANARY not in repr(config)


def test_without_a_provider_there_is_no_name(load):
    assert load().oidc_shown_name == ""


@pytest.mark.parametrize("retries", ["0", "5"])
@pytest.mark.parametrize("rounds", ["1", "600"])
def test_eq_is_read_less_often_where_it_may_not_get_so_many_requests(load, retries, rounds):
    settings = {"poll_seconds": "0.2", "slow_every_rounds": rounds, "eq_retries": retries}
    tight = load(**settings, eq_requests_per_minute="120")
    assert tight.is_held_back
    assert 0.2 < tight.kept_poll_seconds < 10
    enough = tight.model_copy(update={"eq_requests_per_minute": tight.needed_requests_per_minute})
    assert not enough.is_held_back
    assert enough.kept_poll_seconds == 0.2


def test_the_usual_pace_leaves_room_for_more(load):
    assert not load().is_held_back
    assert load().needed_requests_per_minute < load().eq_requests_per_minute / 2


# What is wrong

WRONG = [
    (
        "eq_url",
        ["", "eq.example", "ftp://eq", "http://", "http://eq:x", "http://eq:99999", "http://[::1", "http://e q"],
    ),
    ("eq_url", [f"http://{CANARY}@eq", f"http://u:{CANARY}@eq", f"http://:{CANARY}@eq", f"http://eq?k={CANARY}"]),
    ("eq_url", [f"http://eq#{CANARY}", f"http://eq:{CANARY}", f"http://u:{CANARY}\u2100@eq"]),
    ("eq_url", ["http://eq/eq", f"http://eq/{CANARY}", "http://eq/eq/api/2.0/agent/7", "http://xn--/"]),
    ("eq_key", ["short", "k" * 256, f"{CANARY}\udce9"]),  # the last as a byte that is no UTF-8 is read
    ("eq_dialect", ["/gone.toml", "/"]),
    ("poll_seconds", ["", "fast", "0", "0.1", "61", "-1", "nan", "inf"]),
    ("slow_every_rounds", ["0", "601", "1.5", "x"]),
    ("names_refresh_seconds", ["9", "inf", "nan", "x"]),
    ("eq_timeout_seconds", ["0.1", "61", "x"]),
    ("eq_concurrent_requests", ["0", "65", "x"]),
    ("eq_requests_per_minute", ["", "0", "119", "many", "-1"]),
    ("eq_retries", ["-1", "6", "1.5", "x", ""]),
    ("eq_verify_tls", ["perhaps", "2"]),
    ("eq_ca_file", ["/gone.pem", "/"]),
    ("eq_client_certificate", ["/gone.pem", "/"]),
    ("stale_after_seconds", ["0.4", "x", "inf", "nan"]),
    ("confirm_seconds", ["0", "121", "x"]),
    ("redis_url", ["", "localhost:6379", "http://h", f"redis://:{CANARY}@h:{CANARY}/0", f"redis://:{CANARY}@[/0"]),
    ("database_url", ["", "nonsense", "mysql://h/x", f"{CANARY}://h", f"postgres://u:{CANARY}#@h/x"]),
    ("database_url", [f"postgres://u:{CANARY}@h:{CANARY}/x", f"postgres://u:{CANARY}@[h/x", f"mysql://u:{CANARY}@h/x"]),
    ("database_url", ["postgres://h", "postgres://h/", "sqlite://", "sqlite:///", "sqlite://srv/db.sqlite3"]),
    ("redis_url", [f"redis://:{CANARY}@h/0?socket_timeout=abc", f"redis://:{CANARY}@h/0?nonsense=1"]),
    ("redis_url", ["redis://h/0?protocol=9", "redis://h/0?retry=x", "rediss://h/0?ssl_cert_reqs=abc"]),
    ("redis_url", ["redis://h/main", "redis://h/-1", f"redis://:{CANARY}#@h/0", "unix://", "unix://tmp/redis.sock"]),
    ("redis_url", ["redis+sentinel://h", "redis+sentinel:///m", "redis+sentinel://h,/m", "redis+sentinel://h/m/x"]),
    (
        "redis_url",
        [f"redis+sentinel://:{CANARY}@h:{CANARY}/m", f"redis+sentinel://:{CANARY}/@h/m", "unix+sentinel://h/m"],
    ),
    ("redis_url", ["redis+sentinel://h:0/m", "redis+sentinel://h:65536/m", "redis+sentinel://[h/m", "sentinel://h/m"]),
    ("redis_url", [f"redis+sentinel://h/m?nonsense={CANARY}", "redis+sentinel://h/m?ssl_ca_certs=/ca.pem"]),
    ("redis_url", ["rediss://h/0?ssl_ca_certs=/gone.pem", "rediss+sentinel://h/m?ssl_ca_certs=/gone.pem"]),
    ("secret_key", ["s", CANARY, "s" * 49]),
    ("secret_key_fallbacks", [CANARY, "s" * 49, f"{'s' * 50},{CANARY}"]),
    ("simulator_password", ["s", CANARY, "s" * 9]),
    ("session_hours", ["0", "0.2", "745", "nan", "long"]),
    ("second_factor", ["", "on", "true", "Required"]),
    (
        "oidc_url",
        ["login.example", "ftp://h", "https://", "https://[::1", "http://login.example", f"https://u:{CANARY}@h"],
    ),
    ("oidc_url", [f"https://h?k={CANARY}", f"https://h#{CANARY}", "https://h/.well-known/openid-configuration"]),
    ("oidc_verified_domains", ["example", "@office.example", "a.example b.example", "https://a.example"]),
    ("allowed_hosts", ["", " , ,", "https://board.example", "board.example:8443", "[::1]:8000"]),
    (
        "allowed_hosts",
        ["a.example,b:1", "a b", "a/b"],
    ),
    ("https", ["maybe", "2"]),
    ("trust_proxy", ["perhaps"]),
    ("debug", ["x"]),
    ("time_zone", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "/etc/localtime"]),
    ("day_begins", ["", "24:00", "6:00", "06:10", "06:00:00", "06:00 ", "six", "\u0660\u0660:00"]),
    ("language", ["", "EN", "fr"]),
]


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG for value in values])
def test_a_wrong_setting_is_one_sentence_that_names_it_and_does_not_repeat_it(complaint, name, value):
    sentence = complaint(**{name: value})
    assert sentence.startswith(f"EQBOARD_{name.upper()} is wrong: ")
    assert CANARY not in sentence


@pytest.mark.parametrize(("poll", "stale"), [("1", "1.9"), ("2", "3.9")])
def test_stale_after_must_be_two_rounds_at_least(complaint, poll, stale):
    sentence = complaint(poll_seconds=poll, stale_after_seconds=stale)
    assert sentence == "EQBOARD_STALE_AFTER_SECONDS must be at least twice EQBOARD_POLL_SECONDS."


def test_a_warning_comes_before_what_is_critical(complaint):
    sentence = complaint(wait_warning_seconds="181")
    assert sentence == "EQBOARD_WAIT_WARNING_SECONDS must not be more than EQBOARD_WAIT_CRITICAL_SECONDS."


def test_a_file_that_is_not_text_is_one_sentence(complaint, monkeypatch):
    monkeypatch.setitem(Config.model_config, "env_file", ".env")
    Path(".env").write_bytes(b"EQBOARD_EQ_KEY=\xff" + CANARY.encode())
    sentence = complaint()
    assert sentence.startswith("The file .env cannot be read")
    assert CANARY not in sentence


# Files for TLS


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    """A certificate authority of its own, and a certificate with its key, of which one is locked by the canary."""
    folder = tmp_path_factory.mktemp("pem")
    authority = trustme.CA()
    issued = authority.issue_cert("board.example")
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    issued.cert_chain_pems[0].write_to_path(str(folder / "own.pem"))
    issued.private_key_pem.write_to_path(str(folder / "own.key"))
    authority.issue_cert("other.example").private_key_pem.write_to_path(str(folder / "other.key"))
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(CANARY.encode()))
    folder.joinpath("locked.key").write_bytes(locked)
    return folder


def test_files_for_tls_reach_the_telephone(load, pem):
    config = load(
        eq_ca_file=str(pem / "ca.pem"),
        eq_client_certificate=str(pem / "own.pem"),
        eq_client_key=str(pem / "locked.key"),
        eq_client_key_password=CANARY,
        eq_verify_tls="false",
    )
    assert config.eq_tls == TLS(
        False, pem / "ca.pem", pem / "own.pem", pem / "locked.key", config.eq_client_key_password
    )
    assert CANARY not in repr(config) + repr(config.eq_tls)


@pytest.mark.parametrize(
    ("key", "password", "sentence"),
    [
        (
            "locked.key",
            "",
            "EQBOARD_EQ_CLIENT_KEY_PASSWORD is wrong: The client certificate's key cannot be read from ",
        ),
        ("locked.key", CANARY[1:], "EQBOARD_EQ_CLIENT_KEY_PASSWORD is wrong: The client certificate's key "),
        ("other.key", CANARY, "EQBOARD_EQ_CLIENT_KEY is wrong: The client certificate's key cannot be read from "),
        ("gone.key", CANARY, "EQBOARD_EQ_CLIENT_KEY is wrong: The client certificate's key cannot be read from "),
        ("ca.pem", CANARY, "EQBOARD_EQ_CLIENT_KEY is wrong: The client certificate's key cannot be read from "),
        ("", CANARY, "EQBOARD_EQ_CLIENT_CERTIFICATE is wrong: The client certificate's key cannot be read from "),
    ],
)
def test_a_key_that_cannot_be_used_is_one_sentence(complaint, pem, key, password, sentence):
    said = complaint(
        eq_client_certificate=str(pem / "own.pem"),
        eq_client_key=str(pem / key) if key else "",
        eq_client_key_password=password,
    )
    assert said.startswith(sentence)
    assert CANARY[1:] not in said


def test_a_certificate_without_its_key_is_told_with_the_setting_that_names_it(complaint, pem, tmp_path):
    own = tmp_path / "client_key"  # the name of a file stays as it is
    own.write_bytes(pem.joinpath("own.pem").read_bytes())
    assert complaint(eq_client_certificate=str(own)) == (
        "EQBOARD_EQ_CLIENT_CERTIFICATE is wrong: The client certificate's key cannot be read from "
        f"{own}: there is no key in it; name its file in EQBOARD_EQ_CLIENT_KEY."
    )


def test_a_key_is_no_authority(complaint, pem):
    assert complaint(eq_ca_file=str(pem / "own.key")).endswith("own.key: there is no certificate in it.")


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("name its file in client_key", "name its file in EQBOARD_EQ_CLIENT_KEY"),
        ("client_key_password, ca_file", "EQBOARD_EQ_CLIENT_KEY_PASSWORD, EQBOARD_EQ_CA_FILE"),
        ("set EQ's address to it", "set EQBOARD_EQ_URL to it"),
        ("EQ fails", "EQ fails"),
    ],
)
def test_what_the_telephone_says_is_told_by_the_names_of_settings(sentence, told):
    assert in_settings(sentence) == told


def test_a_key_without_its_certificate_is_one_sentence(complaint, pem):
    assert complaint(eq_client_key=str(pem / "own.key")) == (
        "EQBOARD_EQ_CLIENT_KEY is of no use unless EQBOARD_EQ_CLIENT_CERTIFICATE is set too."
    )


@pytest.mark.parametrize(
    ("url", "is_overheard"),
    [
        ("http://eq.example", True),
        ("HTTP://10.0.0.7:8088", True),
        ("http://localhost.example", True),
        ("http://127.0.0.1:8088", False),
        ("http://127.9.9.9", False),
        ("http://[::1]:8088", False),
        ("http://LOCALHOST", False),
        ("https://eq.example", False),
    ],
)
def test_an_eq_whose_key_others_can_read_on_the_way_is_known(load, url, is_overheard):
    assert load(eq_url=url).is_eq_overheard is is_overheard


@pytest.mark.parametrize(
    ("url", "verify", "is_unverified"),
    [
        ("https://eq", "false", True),
        ("HTTPS://eq", "false", True),
        ("https://eq", "true", False),
        ("http://eq", "false", False),
    ],
)
def test_an_eq_that_anybody_may_say_to_be_is_known(load, url, verify, is_unverified):
    assert load(eq_url=url, eq_verify_tls=verify).is_eq_unverified is is_unverified


# Secrets


def test_no_secret_is_in_the_repr(load):
    config = load(
        eq_key=CANARY,
        secret_key=CANARY * 9,
        redis_url=f"redis://:{CANARY}@h/0",
        database_url=f"postgres://u:{CANARY}@h/x",
    )
    assert CANARY not in repr(config) + str(config)


def test_the_faults_of_pydantic_hold_no_value():
    with pytest.raises(ValueError, match="3 validation errors") as caught:
        Config(redis_url=f"http://:{CANARY}@h", database_url=f"mysql://u:{CANARY}@h/x", eq_url=CANARY)
    assert CANARY not in str(caught.value)


# What a command needs


@pytest.mark.parametrize("blank", [None, "", "  "])
@pytest.mark.parametrize("name", ["eq_key", "secret_key"])
def test_a_secret_that_is_needed_and_not_set_is_one_sentence(load, name, blank):
    config = load(**({} if blank is None else {name: blank}))
    with pytest.raises(ConfigError, match=rf"^EQBOARD_{name.upper()} is not set \(.*\)\. Put it into the environment"):
        config.need(name)


def test_secrets_that_are_set_are_enough(load):
    load(eq_key="some key", secret_key="s" * 50).need("eq_key", "secret_key")


async def test_a_telephone_is_made_of_the_settings(load, tmp_path):
    dialect = tmp_path / "site.toml"
    dialect.write_text('[operations."queued_calls.all"]\npath = "/calls"')
    config = load(eq_key="some key", eq_timeout_seconds="1.5", eq_concurrent_requests="3", eq_dialect=str(dialect))
    async with eq_from(config) as eq:
        assert isinstance(eq, EQ)
        limits = eq._limits
        assert (limits.read_seconds, limits.connect_seconds, limits.total_seconds) == (1.5, 1.5, 3.0)
        assert limits.concurrent_requests == 3
        assert limits.retry_count == 1
        assert eq._dialect.operations["queued_calls.all"].path == "/calls"


@pytest.mark.parametrize(("retries", "total_seconds"), [("0", 3.0), ("1", 3.0), ("3", 6.0)])
async def test_every_attempt_of_a_read_has_its_time(load, retries, total_seconds):
    async with eq_from(load(eq_key="some key", eq_timeout_seconds="1.5", eq_retries=retries)) as eq:
        assert eq._limits.retry_count == int(retries)
        assert eq._limits.total_seconds == total_seconds


async def test_a_file_that_vanishes_after_the_start_is_one_sentence(load, pem, tmp_path):
    ca_file = tmp_path / "ca.pem"
    shutil.copy(pem / "ca.pem", ca_file)
    config = load(eq_key="some key", eq_url="https://eq.example", eq_ca_file=str(ca_file))
    ca_file.unlink()
    with pytest.raises(ConfigError, match=r"ca\.pem: No such file or directory\.$"):
        eq_from(config)


def test_there_is_no_telephone_without_a_key(load):
    with pytest.raises(ConfigError, match="EQBOARD_EQ_KEY is not set"):
        eq_from(load())


def test_a_dialect_that_cannot_be_used_is_one_sentence(load, tmp_path):
    with pytest.raises(ConfigError, match=r"gone\.toml cannot be read: No such file or directory\.$"):
        load(eq_dialect=str(tmp_path / "gone.toml"))


# The command line


@pytest.mark.parametrize(
    ("command", "settings", "sentence"),
    [
        ("check", {"EQBOARD_POLL_SECONDS": "fast"}, "EQBOARD_POLL_SECONDS is wrong: "),
        ("check", {"EQBOARD_DATABASE_URL": f"mysql://u:{CANARY}@h/x"}, "EQBOARD_DATABASE_URL is wrong: "),
        ("check", {"EQBOARD_EQ_CA_FILE": "/gone.pem"}, "EQBOARD_EQ_CA_FILE is wrong: "),
        ("poll", {}, "EQBOARD_EQ_KEY is not set "),
    ],
)
def test_the_command_line_says_one_sentence_and_ends_with_2(tmp_path, command, settings, sentence):
    environment = {"PATH": os.environ["PATH"], "EQBOARD_SECRET_KEY": "s" * 60, **settings}
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), command],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"eqboard: {sentence}")
    assert done.stderr.count("\n") == 1
    assert CANARY not in done.stderr


# A provider to sign in by


@pytest.mark.parametrize(
    ("missing", "settings"),
    [
        ("OIDC_CLIENT_ID", {"oidc_url": "https://h", "oidc_client_secret": CANARY}),
        ("OIDC_CLIENT_SECRET", {"oidc_url": "https://h", "oidc_client_id": "eqboard", "oidc_client_secret": " "}),
        ("OIDC_URL", {"oidc_only": "true"}),
        ("OIDC_URL", {"oidc_create_users": "true"}),
    ],
)
def test_a_provider_that_is_half_named_is_one_sentence(complaint, missing, settings):
    sentence = complaint(**settings)
    assert f"EQBOARD_{missing}" in sentence
    assert CANARY not in sentence
