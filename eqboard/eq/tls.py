"""How the client knows an EQ server over HTTPS, and how it shows itself."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import certifi
from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class TLS:
    """`ca_file` replaces the public authorities by a private one; `client_certificate` is what the server asks for.

    All files are PEM. `client_key` may be in the certificate's file.
    """

    verify: bool = True
    ca_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    client_key_password: SecretStr | None = None

    def context(self) -> ssl.SSLContext:
        """Raises ValueError, one sentence that says which file cannot be used."""
        context = _trusting(self.ca_file) if self.ca_file else _trusting_the_public()
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.client_certificate is not None:
            self._show(context, self.client_certificate)
        return context

    def _show(self, context: ssl.SSLContext, certificate: Path) -> None:
        password = self.client_key_password.get_secret_value() if self.client_key_password else ""
        try:
            context.load_cert_chain(certificate, self.client_key, password=lambda: password)
        except OSError as error:  # ssl.SSLError is one
            files = f"{certificate} and {self.client_key}" if self.client_key else f"{certificate}"
            raise ValueError(f"The client certificate cannot be read from {files}: {_reason(error)}.") from None


def _trusting_the_public() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())  # beside the system's own list, which may be empty
    return context


def _trusting(ca_file: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except OSError as error:
        raise ValueError(f"The certificate authority cannot be read from {ca_file}: {_reason(error)}.") from None


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return "it is not what it should be in PEM, or its password is wrong"
    return error.strerror or "it cannot be opened"
