"""The provider as allauth looks for it: by this file's name, in each installed app."""

from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest

from eqboard.accounts.oidc.door import Door


class Provider(OpenIDConnectProvider):
    id = "oidc"
    oauth2_adapter_class = Door

    def get_oauth2_adapter(self, request: HttpRequest) -> Door:
        return Door(request, self.app.provider_id)


provider_classes = [Provider]
