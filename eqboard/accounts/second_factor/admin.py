"""allauth's own pages would show, and let edit, what belongs to nobody but allauth."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator

from eqboard.accounts.hidden import hide

hide(Authenticator, EmailAddress, EmailConfirmation)
