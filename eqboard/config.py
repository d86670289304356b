"""Every knob: its name, type, unit, default and one line of help. README's table is tested against this file.

Settings come from the environment (`EQBOARD_` + the name in capitals) or from a `.env` file in the working directory;
the environment wins. A missing or wrong one is a ConfigError with one clear sentence.
"""

import re
from datetime import datetime, time
from functools import lru_cache
from ipaddress import ip_address
from math import floor
from pathlib import Path
from typing import Literal, Self
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

import dj_database_url
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from eqboard.accounts.access import DOING
from eqboard.eq import EQ, TLS, Limits, Server, TLSError, load_dialect
from eqboard.eq.client import API_PATH, fault_of_key, is_usable_url
from eqboard.feed.connection import fault_of
from eqboard.floor.reads import most_at_once, requests_per_round
from eqboard.floor.windows import begin_of_day

PREFIX = "EQBOARD_"
ROOT = Path(__file__).resolve().parent.parent
STALE_ROUNDS = 2.5
SHORTEST_PATIENCE_SECONDS = 30.0  # with a process that is busy, or an order that takes several actions of EQ
WALL_TIME = re.compile(r"([01]\d|2[0-3]):(00|15|30|45)", re.ASCII)
HOST_NAME = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*\.?|\[[0-9a-fA-F:.]+\]")
DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+", re.ASCII)
WELL_KNOWN = "/.well-known/"
SHORTEST_SECRET_KEY = 50  # Django's deployment check asks the same
SHORTEST_PASSWORD = 10  # settings.AUTH_PASSWORD_VALIDATORS asks the same of everyone


class ConfigError(ValueError):
    """A setting is missing or wrong; the message says which and what to do."""


class Config(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        extra="ignore",
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,  # the value may be a secret, or hold a password
    )

    # Where EQ is
    eq_url: str = Field("http://127.0.0.1:8088", description="Address of the EQ server, without the API's path")
    eq_key: SecretStr = Field(SecretStr(""), description="EQ's API key; made in EQ Administration")
    eq_dialect: Path | None = Field(None, description="A TOML file where this EQ differs from the built-in dialect")
    eq_verify_tls: bool = Field(
        True,
        description="EQ's certificate is checked, at an address with https://; unchecked, others can read the key",
    )
    eq_ca_file: Path | None = Field(
        None, description="PEM file of a private authority, or of EQ's own certificate, to trust and no other"
    )
    eq_client_certificate: Path | None = Field(
        None, description="PEM file of the certificate that EQ, or a proxy in front of it, wants to see"
    )
    eq_client_key: Path | None = Field(
        None, description="PEM file of that certificate's key; blank when it is in the same file"
    )
    eq_client_key_password: SecretStr = Field(SecretStr(""), description="Password of that key, if it is encrypted")

    # The pretend EQ server, where there is one
    simulator_password: SecretStr = Field(
        SecretStr(""),
        description="Lets a browser in to the simulator's control page, as EQ's key does; 10 characters or more",
    )

    # How often it is asked
    poll_seconds: float = Field(
        1.0, ge=0.2, le=60, description="Seconds between two readings of queues, agents and calls"
    )
    slow_every_rounds: int = Field(
        3, ge=1, le=600, description="Parked calls, conferences and sessions are read every so many rounds"
    )
    names_refresh_seconds: float = Field(
        600.0, ge=10, description="Seconds after which the name of an agent, queue or pause code is asked again"
    )
    eq_timeout_seconds: float = Field(
        4.0,
        ge=0.2,
        le=60,
        description="Seconds of silence after which EQ is asked again, or given up when it was asked often enough",
    )
    eq_retries: int = Field(1, ge=0, le=5, description="How often a read that failed is tried again; actions never are")
    eq_concurrent_requests: int = Field(6, ge=1, le=64, description="Requests that EQ gets at the same time, at most")
    eq_requests_per_minute: int = Field(
        900,
        ge=120,
        description="Requests that EQ gets in a minute for what is shown, at most, however many look; what people "
        "press is sent at once and comes on top. Where it is too few for the settings above, EQ is read less often, "
        "and the boards say so",
    )
    stale_after_seconds: float | None = Field(
        None,
        ge=0.5,
        description="Age at which the numbers of each round are greyed out, in seconds (what is read every few rounds: "
        "as many times that); blank for 2.5 rounds",
    )
    wait_warning_seconds: int = Field(
        60, ge=1, description="On the ready boards, a queue or caller that waits longer is marked as a warning"
    )
    wait_critical_seconds: int = Field(
        180, ge=1, description="On the ready boards, a queue or caller that waits longer is marked as critical"
    )
    confirm_seconds: float = Field(
        6.0, ge=1, le=120, description="Seconds to watch the floor for the effect of an action; 2.5 rounds at least"
    )
    act_without_eq_user: bool = Field(
        True,
        description="Actions of people who are not signed in to EQ go out by eqboard's key alone; off: refused",
    )
    reason_for: str = Field(
        "",
        description="Actions that need a reason, by comma, like `monitor.spy,call.steal`; it is kept in the audit log",
    )

    # The parts of eqboard
    # (these two may hold a password, and so stay out of repr)
    redis_url: str = Field(
        "redis://127.0.0.1:6379/0",
        description="Redis: redis://, rediss://, unix://, redis+sentinel:// or rediss+sentinel:// URL",
        repr=False,
    )
    database_url: str = Field(
        f"sqlite:///{ROOT}/db.sqlite3", description="Database URL: sqlite:/// or postgres://", repr=False
    )

    # The web
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs sessions and seals the tokens of EQ's; 50 or more random characters"
    )
    secret_key_fallbacks: SecretStr = Field(
        SecretStr(""),
        description="Earlier secret keys, by comma: what they signed or sealed still opens",
    )
    allowed_hosts: str = Field("127.0.0.1,localhost", description="Host names the site is reached by, by comma")
    https: bool = Field(True, description="The site is served over HTTPS: secure cookies, HSTS, redirects")
    trust_proxy: bool = Field(
        False, description="A reverse proxy in front sets X-Forwarded-Proto, and appends to X-Forwarded-For"
    )

    # Who signs in, and how
    session_hours: float = Field(
        12, ge=0.25, le=744, description="Hours after which somebody who signed in has to do so again"
    )
    second_factor: Literal["off", "optional", "required"] = Field(
        "off", description="Signing in by a code of one's own device too: off, optional or required of everybody"
    )
    oidc_url: str = Field(
        "", description="Issuer of an OpenID Connect provider to sign in by, as it names itself; blank: none"
    )
    oidc_client_id: str = Field("", description="By what name the provider knows eqboard")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="The secret that the provider gave eqboard")
    oidc_name: str = Field("", description="What the sign-in page calls the provider; blank for its host's name")
    oidc_verified_domains: str = Field(
        "",
        description="Domains, by comma, whose e-mail addresses count as verified though the provider does not say so",
    )
    oidc_create_users: bool = Field(
        False, description="Whoever the provider knows may come, without a team at first; off: only who is here already"
    )
    oidc_only: bool = Field(
        False, description="Passwords are for administrators alone, at /sign-in/?password; all others use the provider"
    )

    # Time and language
    time_zone: str = Field("UTC", description="Time zone of clock times on the page, for example Europe/Madrid")
    day_begins: str = Field(
        "00:00",
        description='Time of day in EQBOARD_TIME_ZONE at which the numbers of "today" begin anew, at a quarter hour',
    )
    language: str = Field("en", description="Language where the browser asks for none we have: en, es or he")
    debug: bool = Field(False, description="Django's debug pages; never on a server that others reach")

    @field_validator(
        "stale_after_seconds", "eq_dialect", "eq_ca_file", "eq_client_certificate", "eq_client_key", mode="before"
    )
    @classmethod
    def _blank_is_none(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("eq_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        parts = _split(value)
        if parts is None or not is_usable_url(value):
            raise ValueError("must be a URL like http://eq.example.com")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("must not hold a user, a password or a query")
        if parts.path.strip("/") and not parts.path.rstrip("/").endswith(API_PATH):
            raise ValueError(f"must end with the server's name or port, or with {API_PATH}")
        return value

    @field_validator("eq_key")
    @classmethod
    def _is_key(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value().strip() and (fault := fault_of_key(value.get_secret_value())):
            raise ValueError(fault)
        return value

    @field_validator("simulator_password")
    @classmethod
    def _is_no_short_word(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().strip():
            return SecretStr("")
        if len(value.get_secret_value()) < SHORTEST_PASSWORD:
            raise ValueError(f"must have {SHORTEST_PASSWORD} characters or more, or be blank: then only EQ's key opens")
        return value

    @field_validator("eq_dialect")
    @classmethod
    def _is_dialect(cls, value: Path | None) -> Path | None:
        try:
            load_dialect(value)
        except ValueError as error:
            raise ValueError(str(error).rstrip(".")) from None
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        if fault := fault_of(value):
            raise ValueError(fault)
        return value

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: str) -> str:
        try:
            name = dj_database_url.parse(value)["NAME"]
        except ValueError:
            raise ValueError("is not a database URL; special characters of a password are %-quoted in it") from None
        parts = urlsplit(value)
        if parts.scheme not in ("sqlite", "postgres", "postgresql"):
            raise ValueError("must begin with sqlite:/// or postgres://")
        if name in ("", ":memory:") or (parts.scheme == "sqlite" and parts.netloc):
            raise ValueError("must name a database, like sqlite:////srv/eqboard/db.sqlite3 or postgres://host/eqboard")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_long(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value().strip()) < SHORTEST_SECRET_KEY:
            raise ValueError(
                f"must have {SHORTEST_SECRET_KEY} or more random characters; .env.example says how to make it"
            )
        return value

    @field_validator("secret_key_fallbacks")
    @classmethod
    def _are_long(cls, value: SecretStr) -> SecretStr:
        if any(len(each) < SHORTEST_SECRET_KEY for each in listed(value.get_secret_value())):
            raise ValueError(
                f"must be earlier secret keys, separated by commas, of {SHORTEST_SECRET_KEY} characters or more each"
            )
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _names_a_host(cls, value: str) -> str:
        names = listed(value)
        if not names or not all(HOST_NAME.fullmatch(name) for name in names):
            raise ValueError("must name the host by which browsers reach the site, like board.example.com, and no port")
        return value

    @field_validator("reason_for")
    @classmethod
    def _names_actions(cls, value: str) -> str:
        strange = [name for name in listed(value) if name not in DOING]
        if strange:
            raise ValueError(f"names something that is no action; these are: {', '.join(DOING)}")
        return value

    @field_validator("oidc_url")
    @classmethod
    def _is_issuer(cls, value: str) -> str:
        parts = _split(value.strip())
        if not value.strip():
            return ""
        if parts is None or not parts.hostname or parts.scheme not in ("https", "http"):
            raise ValueError("must be a URL like https://login.example.com/realms/office")
        if "@" in parts.netloc or parts.query or parts.fragment or WELL_KNOWN in parts.path:
            raise ValueError("must be the issuer alone: no user, no query, and nothing of /.well-known/")
        if parts.scheme == "http" and not _is_this_machine(parts.hostname):
            raise ValueError("must begin with https://: who people are is told by it")
        return value.strip()

    @field_validator("oidc_verified_domains")
    @classmethod
    def _are_domains(cls, value: str) -> str:
        if not all(DOMAIN.fullmatch(name) for name in listed(value)):
            raise ValueError("must be domains like example.com, separated by commas")
        return value

    @field_validator("language")
    @classmethod
    def _is_spoken(cls, value: str) -> str:
        if value not in ("en", "es", "he"):
            raise ValueError("must be en, es or he")
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("must be a zone name like Europe/Madrid") from None
        return value

    @field_validator("day_begins")
    @classmethod
    def _is_quarter_hour(cls, value: str) -> str:
        if not WALL_TIME.fullmatch(value):  # what is long ago is kept by the quarter of an hour
            raise ValueError("must be a time of day at a quarter hour, like 00:00 or 06:30")
        return value

    @model_validator(mode="after")
    def _stale_is_two_rounds_at_least(self) -> Self:
        if self.stale_after_seconds is not None and self.stale_after_seconds < 2 * self.poll_seconds:
            raise ValueError(f"{PREFIX}STALE_AFTER_SECONDS must be at least twice {PREFIX}POLL_SECONDS")
        return self

    @model_validator(mode="after")
    def _warning_comes_first(self) -> Self:
        if self.wait_warning_seconds > self.wait_critical_seconds:
            raise ValueError(f"{PREFIX}WAIT_WARNING_SECONDS must not be more than {PREFIX}WAIT_CRITICAL_SECONDS")
        return self

    @model_validator(mode="after")
    def _files_for_tls_can_be_used(self) -> Self:
        if self.eq_client_key and not self.eq_client_certificate:
            raise ValueError(f"{PREFIX}EQ_CLIENT_KEY is of no use unless {PREFIX}EQ_CLIENT_CERTIFICATE is set too")
        try:
            if self.eq_tls != TLS():
                self.eq_tls.context()
        except TLSError as error:
            raise ValueError(f"{PREFIX}EQ_{error.field.upper()} is wrong: {_told(error)}") from None
        return self

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        needed = {
            "OIDC_CLIENT_ID": self.oidc_client_id,
            "OIDC_CLIENT_SECRET": self.oidc_client_secret.get_secret_value(),
        }
        missing = [name for name, value in needed.items() if not value.strip()]
        if self.oidc_url and missing:
            raise ValueError(f"{PREFIX}OIDC_URL is of no use unless {PREFIX}{missing[0]} is set too")
        if not self.oidc_url and (self.oidc_only or self.oidc_create_users):
            name = "OIDC_ONLY" if self.oidc_only else "OIDC_CREATE_USERS"
            raise ValueError(f"{PREFIX}{name} is of no use unless {PREFIX}OIDC_URL is set too")
        return self

    @property
    def oidc_shown_name(self) -> str:
        """What people read of the provider; blank where there is none."""
        return self.oidc_name.strip() or urlsplit(self.oidc_url).hostname or ""

    @property
    def eq_tls(self) -> TLS:
        """How EQ is known over HTTPS, and how eqboard shows itself."""
        return TLS(
            verify=self.eq_verify_tls,
            ca_file=self.eq_ca_file,
            client_certificate=self.eq_client_certificate,
            client_key=self.eq_client_key,
            client_key_password=self.eq_client_key_password or None,
        )

    @property
    def is_eq_encrypted(self) -> bool:
        return urlsplit(self.eq_url).scheme == "https"

    @property
    def is_eq_unverified(self) -> bool:
        """Whether EQ is reached over HTTPS, and anybody may say to be EQ."""
        return not self.eq_verify_tls and self.is_eq_encrypted

    @property
    def is_eq_overheard(self) -> bool:
        """Whether EQ's key goes to another machine unencrypted."""
        return not self.is_eq_encrypted and not _is_this_machine(urlsplit(self.eq_url).hostname or "")

    @property
    def requests_at_once(self) -> int:
        """How many of a minute's requests may go out together."""
        return most_at_once(self.eq_retries)

    @property
    def kept_poll_seconds(self) -> float:
        """Seconds between two readings, as the bound on requests has it: `poll_seconds` or more."""
        per_minute = self.eq_requests_per_minute - 2 * self.requests_at_once
        return max(self.poll_seconds, 60.0 / per_minute * requests_per_round(self.slow_every_rounds))

    @property
    def needed_requests_per_minute(self) -> int:
        """With how many EQ could be read every `poll_seconds`."""
        steady = floor(60.0 / self.poll_seconds * requests_per_round(self.slow_every_rounds)) + 1
        return steady + 2 * self.requests_at_once

    @property
    def is_held_back(self) -> bool:
        """Whether EQ is read less often than `poll_seconds` says."""
        return self.kept_poll_seconds > self.poll_seconds

    @property
    def stale_rounds(self) -> float:
        """How many rounds a reading may be missed before its numbers are stale."""
        return STALE_ROUNDS if self.stale_after_seconds is None else self.stale_after_seconds / self.poll_seconds

    @property
    def actions_with_reason(self) -> frozenset[str]:
        return frozenset(listed(self.reason_for))

    @property
    def zone(self) -> ZoneInfo:
        """Where the site's clocks hang."""
        return ZoneInfo(self.time_zone)

    def day_begins_at(self, now: datetime) -> datetime:
        """When "today" began. Aware UTC."""
        return begin_of_day(now, self.zone, time.fromisoformat(self.day_begins))

    @property
    def watch_seconds(self) -> float:
        """How long the floor is watched for the effect of an action: the board may be read less often than that."""
        return max(self.confirm_seconds, STALE_ROUNDS * self.poll_seconds)

    @property
    def read_seconds(self) -> float:
        """How long a read of EQ takes at most, all its tries together."""
        return max(2, 1 + self.eq_retries) * self.eq_timeout_seconds

    @property
    def answer_seconds(self) -> float:
        """How long it takes at most until an action is answered: it waits for its turn, EQ is asked something first,
        and then to act.
        """
        return max(SHORTEST_PATIENCE_SECONDS, 2 * self.read_seconds + Limits().action_seconds)

    def need(self, *names: str) -> None:
        """Raise ConfigError unless each of the named secrets is set: not every command needs every one."""
        for name in names:
            if not getattr(self, name).get_secret_value().strip():
                help_text = type(self).model_fields[name].description
                raise ConfigError(
                    f"{PREFIX}{name.upper()} is not set ({help_text}). Put it into the environment or .env."
                )


def listed(text: str) -> list[str]:
    """What stands in a list that is separated by commas."""
    return [each.strip() for each in text.split(",") if each.strip()]


def _split(url: str) -> SplitResult | None:
    """The parts of a URL; None when it is none. urllib's own complaint would repeat some of it."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read only to have it checked
    except ValueError:
        return None
    return parts


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".") == "localhost"


@lru_cache(maxsize=1)
def get_config() -> Config:
    """The settings of this process, read once. Raises ConfigError with one sentence."""
    try:
        return Config()
    except ValidationError as error:
        raise ConfigError(explain(error)) from None
    except (UnicodeDecodeError, OSError):
        raise ConfigError("The file .env cannot be read: it must be text in UTF-8 that this user may read.") from None


def eq_from(config: Config) -> EQ:
    """A telephone to the configured EQ server, for one event loop. Raises ConfigError."""
    config.need("eq_key")
    limits = Limits(
        connect_seconds=min(2.0, config.eq_timeout_seconds),
        read_seconds=config.eq_timeout_seconds,
        total_seconds=config.read_seconds,
        retry_count=config.eq_retries,
        concurrent_requests=config.eq_concurrent_requests,
    )
    try:
        server = Server(config.eq_url, config.eq_key, limits, config.eq_tls)
        return EQ(server, dialect=load_dialect(config.eq_dialect))
    except TLSError as error:  # a file that has changed since
        raise ConfigError(f"{_told(error)}.") from None
    except ValueError as error:  # the same, or an address that only the client finds wanting
        raise ConfigError(str(error)) from None


FIELDS_OF_TLS = ("ca_file", "client_certificate", "client_key_password", "client_key")
IN_SETTINGS = {"EQ's address": f"{PREFIX}EQ_URL", **{each: f"{PREFIX}EQ_{each.upper()}" for each in FIELDS_OF_TLS}}


def in_settings(sentence: str) -> str:
    """What the telephone says of its own address and files, by the names of the settings. It must name no file: its
    name may hold such a word.
    """
    return re.sub("|".join(IN_SETTINGS), lambda found: IN_SETTINGS[found[0]], sentence)


def _told(error: TLSError) -> str:
    return f"{error.fault}; {in_settings(error.advice)}" if error.advice else error.fault


def explain(error: ValidationError) -> str:
    """One sentence for the first wrong setting; the value is not repeated, it may be a secret."""
    fault = error.errors(include_url=False, include_input=False)[0]
    message = fault["msg"].removeprefix("Value error, ")
    if not fault["loc"]:
        return f"{message}."
    return f"{PREFIX}{str(fault['loc'][0]).upper()} is wrong: {message}."
