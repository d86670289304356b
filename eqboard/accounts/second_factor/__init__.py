"""A second factor: a code of one's own device after the password (TOTP, RFC 6238), and recovery codes.

django-allauth does it; here are its pages in our look, and where its secrets and guesses are kept. A Django app, which
is installed where EQBOARD_SECOND_FACTOR is on.
"""
