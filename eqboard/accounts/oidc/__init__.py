"""Signing in by an OpenID Connect provider, through django-allauth: the code flow with PKCE.

People are known by their e-mail address, which the provider must have verified; nothing of the provider is kept. A
Django app, which is installed where EQBOARD_OIDC_URL is set.
"""
