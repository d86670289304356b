"""How the client knows an EQ server over HTTPS, and how it shows itself; and what is wrong when one will not have the
other, in plain words.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import certifi
from pydantic import SecretStr

PEM = "it is not what it should be, in PEM"
NO_CERTIFICATE = "there is no certificate in it"
NO_KEY = "there is no key in it"
CERTIFICATE_MARK, KEY_MARK = b"CERTIFICATE-----", b"PRIVATE KEY-----"  # of the line that begins one in PEM


class TLSError(ValueError):
    """A file that cannot be used, in one sentence; `field` is the one of TLS that is wrong.

    `fault` and `advice` are the parts of the sentence; only the second, which may be empty, names fields, and no file.
    """

    def __init__(self, field: str, fault: str, advice: str = "") -> None:
        super().__init__(f"{fault}; {advice}." if advice else f"{fault}.")
        self.field = field
        self.fault = fault
        self.advice = advice


@dataclass(frozen=True, slots=True)
class TLS:
    """`ca_file` replaces the public authorities by a private one, or by EQ's own certificate; `client_certificate` is
    what the server asks for.

    All files are PEM. `client_key` may be in the certificate's file.
    """

    verify: bool = True
    ca_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    client_key_password: SecretStr | None = None

    def context(self) -> ssl.SSLContext:
        """Raises TLSError."""
        context = _trusting(self.ca_file) if self.ca_file else _trusting_the_public()
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.client_certificate is not None:
            self._show(context, self.client_certificate)
        elif self.client_key is not None:
            raise TLSError(
                "client_key", f"The key {self.client_key} is of no use without the certificate that it is for"
            )
        return context

    def _show(self, context: ssl.SSLContext, certificate: Path) -> None:
        _holding(certificate, "client_certificate")
        password = self.client_key_password.get_secret_value() if self.client_key_password else ""
        asked: list[bool] = []

        def tell() -> str:
            asked.append(True)
            return password

        try:
            context.load_cert_chain(certificate, self.client_key, password=tell)
        except (OSError, ValueError) as error:  # the second: a password that nobody can have
            key = self.client_key or certificate
            field, why = self._fault_of_key(error, is_locked=bool(asked))
            advice = "" if self.client_key or why != NO_KEY else "name its file in client_key"
            raise TLSError(field, f"The client certificate's key cannot be read from {key}: {why}", advice) from None

    def _fault_of_key(self, error: Exception, *, is_locked: bool) -> tuple[str, str]:
        """The field that is wrong, and why."""
        if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
            return "client_key", f"it is not the one that belongs to {self.client_certificate}"
        if is_locked and self.client_key_password:
            return "client_key_password", "its password is wrong"
        if is_locked:
            return "client_key_password", "it is encrypted, and no password is given"
        why = _reason(error, self.client_key or self.client_certificate, KEY_MARK, NO_KEY)
        return "client_key" if self.client_key else "client_certificate", why


def _trusting_the_public() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())  # beside the system's own list, which may be empty
    return context


def _trusting(ca_file: Path) -> ssl.SSLContext:
    context = _holding(ca_file, "ca_file")
    # Alike on every Python: a device's own certificate is seldom by the book, and may be the very one that is trusted.
    context.verify_flags = context.verify_flags & ~ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _holding(file: Path, field: str) -> ssl.SSLContext:
    """A context that trusts the certificates in a file, and no others."""
    try:
        return ssl.create_default_context(cafile=str(file))
    except (OSError, ValueError) as error:
        what = {"ca_file": "certificate authority", "client_certificate": "client certificate"}[field]
        why = _reason(error, file, CERTIFICATE_MARK, NO_CERTIFICATE)
        raise TLSError(field, f"The {what} cannot be read from {file}: {why}") from None


def _reason(error: Exception, file: Path | None, mark: bytes, lack: str) -> str:
    """Why a file cannot be used. `lack` is said of one in PEM that holds something else than what `mark` begins."""
    if isinstance(error, ssl.SSLError):
        return lack if file and _is_of_something_else(file, mark) else PEM
    return (isinstance(error, OSError) and error.strerror) or "it cannot be opened"


def _is_of_something_else(file: Path, mark: bytes) -> bool:
    try:
        lines = file.read_bytes().splitlines()
    except OSError:  # it was there a moment ago
        return False
    heads = [line for line in lines if line.startswith(b"-----BEGIN ")]
    return bool(heads) and not any(mark in head for head in heads)


# Why there is no connection


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong, in words without a full stop, and what to do about it, if that can be told. Files are named by the
    fields of TLS.
    """

    fault: str
    advice: str = ""


NOT_TRUSTED = Refusal(
    "EQ's certificate is not trusted", "name the authority that signed it, or EQ's own certificate, in ca_file"
)
WRONG_NAME = Refusal(
    "EQ's certificate is for another name than the one in EQ's address",
    "set EQ's address to a name that is in the certificate",
)
FAULTS_OF_A_CERTIFICATE: Mapping[int, Refusal] = {  # by OpenSSL's numbers, X509_V_ERR_…
    9: Refusal("EQ's certificate is not valid yet, by this machine's clock", "set the clocks of both machines right"),
    10: Refusal("EQ's certificate has expired, or its authority's", "renew it"),
    62: WRONG_NAME,
    64: WRONG_NAME,
    **dict.fromkeys(
        (66, 67, 68),
        Refusal(
            "EQ's certificate, or its authority's, is too weak to be trusted", "replace it by one with a longer key"
        ),
    ),
}
NO_CLIENT = Refusal(
    "EQ does not accept who is asking", "name the certificate that it wants to see in client_certificate"
)
NO_HANDSHAKE = Refusal(
    "EQ refuses an encrypted connection", "if it wants to see a certificate, name one in client_certificate"
)
NO_ENCRYPTION = Refusal("no encrypted connection to EQ")
REFUSALS: Mapping[str, Refusal] = {  # by words in OpenSSL's names of what went wrong
    "UNKNOWN_CA": NO_CLIENT,
    "CERTIFICATE": NO_CLIENT,
    "HANDSHAKE_FAILURE": NO_HANDSHAKE,
    "WRONG_VERSION_NUMBER": Refusal(
        "EQ speaks no HTTPS there", "EQ's address may begin with http://, or have another port"
    ),
    "PROTOCOL": Refusal("EQ's HTTPS is too old", "let it speak TLS 1.2, the least that is safe"),
}


def tls_fault(error: BaseException) -> ssl.SSLError | None:
    """OpenSSL's own error, if there is one behind an error of httpx: two steps, as further back would be whatever the
    caller was busy with.
    """
    behind: BaseException | None = error
    for _ in range(2):
        if behind is None or isinstance(behind, ssl.SSLError):
            break
        behind = behind.__cause__ or behind.__context__
    return behind if isinstance(behind, ssl.SSLError) else None


def is_closed(error: BaseException) -> bool:
    """Whether the other side closed a connection on which nothing had been asked yet: instead of a word on TLS."""
    behind: BaseException | None = error
    for _ in range(4):  # httpx's, httpcore's, its backend's, the socket's
        if behind is None or isinstance(behind, ssl.SSLEOFError | ConnectionResetError):
            break
        behind = behind.__cause__ or behind.__context__
    return isinstance(behind, ssl.SSLEOFError | ConnectionResetError)


def why_refused(fault: ssl.SSLError) -> Refusal:
    """In plain words. OpenSSL's own name hosts, and mean nothing to most people."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        return FAULTS_OF_A_CERTIFICATE.get(getattr(fault, "verify_code", 0), NOT_TRUSTED)
    return next((refusal for name, refusal in REFUSALS.items() if name in _name(fault)), NO_ENCRYPTION)


def is_untrusted(fault: ssl.SSLError) -> bool:
    """Whether it is about a certificate, EQ's or ours, as far as can be told."""
    return isinstance(fault, ssl.SSLCertVerificationError) or why_refused(fault) in (NO_CLIENT, NO_HANDSHAKE)


def is_refusal(fault: ssl.SSLError) -> bool:
    """Whether the other side ended the connection for what it saw of us. In TLS 1.3 that may come where the answer to
    the first request was expected; the request itself was not read then.
    """
    return "ALERT" in _name(fault) and why_refused(fault) == NO_CLIENT


def _name(fault: ssl.SSLError) -> str:
    """OpenSSL's name of what went wrong; empty for what Python has no name for."""
    return getattr(fault, "reason", None) or ""
