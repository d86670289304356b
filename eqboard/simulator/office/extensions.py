"""User extensions and the telephones at them (contract §3, Extension and Phone).

What a scenario does not say is drawn from the extension's own number, so it is the same in every run and for every
seed: a restarted server knows the same telephones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from random import Random

SIP_PORT = 5060

# type, model, user agent: telephones of the product's era
_TELEPHONES = (
    ("Aastra", "6757i", "Aastra 6757i/3.2.2.1136"),
    ("Cisco", "SPA504G", "Cisco/SPA504G-7.5.2b"),
    ("Polycom", "SoundPoint IP 450", "PolycomSoundPointIP-SPIP_450-UA/4.0.1.13681"),
    ("Yealink", "T28P", "Yealink SIP-T28P 2.70.0.125"),
    ("Snom", "320", "snom320/8.7.3.7"),
)


class Telephone(Enum):
    """What is registered at an extension."""

    KNOWN = auto()
    UNDETECTABLE = auto()  # it rings and answers, and EQ cannot tell its type (EQ API text, Get Phone)
    NONE = auto()


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """When calls are recorded: dontcare, always or never."""

    inbound_external: str = "dontcare"
    inbound_internal: str = "dontcare"
    outbound_external: str = "dontcare"
    outbound_internal: str = "dontcare"
    on_demand: bool = False


@dataclass(frozen=True, slots=True)
class SipSettings:
    """How the telephone registers. `context` None is "from-internal" (EQ API text, Create Extension)."""

    secret: str | None = field(default=None, repr=False)
    dtmf_mode: str = "rfc2833"
    context: str | None = None
    nat: str = "no"


@dataclass(frozen=True, slots=True)
class VoicemailOptions:
    """Raw Asterisk words, yes or no."""

    attach: str = "no"
    saycid: str = "no"
    envelope: str = "no"
    delete: str = "no"


@dataclass(frozen=True, slots=True)
class Voicemail:
    """A mailbox. `context` None is "default"; `options` None are the defaults."""

    context: str | None = None
    password: str | None = field(default=None, repr=False)
    email_address: str | None = None
    pager_email_address: str | None = None
    options: VoicemailOptions | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """A user extension, in the vendor's words but for `telephone`, which is the simulator's own. Without `voicemail` it
    has none.
    """

    extension: str
    name: str
    cid_masquerade: str | None = None
    outbound_cid: str | None = None
    emergency_cid: str | None = None
    call_waiting: bool = False
    recording: RecordingSettings = RecordingSettings()
    sip: SipSettings = SipSettings()
    voicemail: Voicemail | None = None
    telephone: Telephone = Telephone.KNOWN

    @property
    def is_registered(self) -> bool:
        """Whether there is a telephone that could ring."""
        return self.telephone is not Telephone.NONE


@dataclass(frozen=True, slots=True)
class Phone:
    """A registered telephone."""

    extension: str
    type: str
    model: str
    ip_address: str
    port: int
    user_agent: str


def usual_extension(extension: str, name: str, email_address: str | None = None) -> Extension:
    """The extension of somebody on the staff: a secret and a mailbox of its own."""
    rng = Random(f"extension {extension}")
    secret = rng.randbytes(16).hex()
    password = f"{rng.randrange(10_000):04}"
    return Extension(
        extension,
        name,
        call_waiting=rng.random() < 0.3,
        sip=SipSettings(secret=secret, nat=rng.choice(("yes", "no"))),
        voicemail=Voicemail(
            password=password,
            email_address=email_address or None,
            options=VoicemailOptions(attach="yes" if email_address else "no", envelope="yes"),
        ),
    )


def phone_at(extension: Extension) -> Phone | None:
    """The telephone that is registered at an extension; None when there is none, or its type is undetectable."""
    if extension.telephone is not Telephone.KNOWN:
        return None
    rng = Random(f"telephone {extension.extension}")
    kind, model, user_agent = rng.choice(_TELEPHONES)
    address = f"10.20.{rng.randrange(0, 64)}.{rng.randrange(2, 255)}"
    return Phone(extension.extension, kind, model, address, SIP_PORT, user_agent)
