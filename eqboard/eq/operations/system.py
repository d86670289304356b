"""The EQ installation: its licence, what of it is used, and the check of its configuration."""

from eqboard.eq.models import ConfigurationCheck, License, LicenseUsage
from eqboard.eq.operations.base import Resource, operation


class System(Resource):
    @operation("GET", "/license")
    async def license(self) -> License:
        """What the licence allows, and until when."""

    @operation("GET", "/license_usage")
    async def license_usage(self) -> LicenseUsage:
        """How much of the licence is used now."""

    @operation("GET", "/configuration_check")
    async def configuration_check(self) -> ConfigurationCheck:
        """The problems EQ finds in its own configuration."""
