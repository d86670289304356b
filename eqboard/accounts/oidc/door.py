"""How the provider is spoken to. allauth does it; what OpenID Connect asks for beyond that is here."""

from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse


class Disbelieved(OAuth2Error):
    """What the provider tells is not to be used. In our own words: it may be logged, which a quotation may not."""


ENDPOINTS = ("authorization_endpoint", "token_endpoint")


class Door(OpenIDConnectOAuth2Adapter):
    _checked: dict[str, Any] | None = None

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider tells of itself. Raises OAuth2Error and what `requests` raises."""
        if self._checked is None:
            told = super().openid_config
            need_that_it_is(self.get_provider().app.settings["server_url"], told)
            self._checked = told
        return self._checked

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("oidc_callback"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **more: Any) -> Any:
        """Who it is, by the ID token; the e-mail address may stand in the provider's answer about the user alone."""
        id_token = more["response"].get("id_token")
        if not isinstance(id_token, str):
            raise Disbelieved("There is no ID token.")
        claims = self._decode_id_token(app, id_token)
        if not isinstance(claims.get("sub"), str):
            raise Disbelieved("The ID token names nobody.")
        if "email" not in claims and self.openid_config.get("userinfo_endpoint"):
            claims = self._with_userinfo(claims, token.token)
        return self.get_provider().sociallogin_from_response(request, claims)

    def _with_userinfo(self, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
        """OpenID Connect Core 1.0, section 5.3.2: an answer about somebody else must not be used."""
        told: dict[str, Any] = self._fetch_user_info(access_token)
        if told.get("sub") != claims["sub"]:
            raise Disbelieved("The answer is about somebody else.")
        return told | claims


def need_that_it_is(issuer: str, told: Any) -> None:
    """Raise Disbelieved unless the document is the issuer's own (OpenID Connect Discovery 1.0, section 4.3), and leads
    to encrypted addresses as the issuer's is.
    """
    if not isinstance(told, dict) or str(told.get("issuer", "")).rstrip("/") != issuer:
        raise Disbelieved("The issuer is not the one that is configured.")
    scheme = urlsplit(issuer).scheme
    for name in ENDPOINTS:
        if urlsplit(str(told.get(name, ""))).scheme not in ("https", scheme):
            raise Disbelieved(f"Its {name} is missing or not encrypted.")
