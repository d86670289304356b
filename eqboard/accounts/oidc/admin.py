"""allauth's own pages would offer to keep the provider's secret in the database, which nobody reads here."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken

from eqboard.accounts.hidden import hide

hide(EmailAddress, EmailConfirmation, SocialAccount, SocialApp, SocialToken)
