"""The EQ installation itself: licence, its usage, and the check of the configuration (contract §3)."""

from eqboard.eq.models.base import EQObject, Flag, Moment, Number, Text


class License(EQObject):
    """What may be used: how many agents and supervisors may be signed in, until when; None is no limit."""

    licensee: Text = None
    type: Text = None
    agents: Number = None
    supervisors: Number = None
    issue_time: Moment = None
    expiration_time: Moment = None
    valid: Flag = None


class LicenseUsage(EQObject):
    """What is used now."""

    agents: Number = None
    supervisors: Number = None
    exceeded: Flag = None


class ConfigurationProblem(EQObject):
    """One thing wrong in the configuration: what kind of problem, and with which entity."""

    type: Text = None
    entity: Text = None
    id: Text = None
    description: Text = None


class ConfigurationCheck(EQObject):
    ok: Flag = None
    problems: tuple[ConfigurationProblem, ...] = ()
