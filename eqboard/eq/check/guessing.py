"""Which of their names may mean which of ours, by the names alone. Pure; a guess is made only where nothing else fits.

First come names that differ in nothing but spelling, then those that say the same in other words, then those that are
nearly the same. Who has two candidates gets none.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache

NEARLY = 0.86  # of difflib's ratio; "callsAnswered" and "callsAbandoned" have 0.77
SHORTEST_NEARLY = 6  # letters; "agent" and "agents" are two things

Agree = Callable[[str, str], bool]  # of a name of ours and one of theirs

WORDS: Mapping[str, str] = {
    # what a word of a field's name also goes by; nothing: it says little, and is passed over
    **dict.fromkeys(("id", "is", "the", "of", "has", "current", "currently", "total", "count", "line"), ""),
    **dict.fromkeys(("num", "no", "nr", "nbr", "phone", "telephone", "tel"), "number"),
    **dict.fromkeys(("at", "date", "datetime", "timestamp", "ts", "since", "moment", "seconds", "secs"), "time"),
    **dict.fromkeys(("entered", "join", "joined", "queued", "arrived", "arrival", "entry"), "enter"),
    **dict.fromkeys(("started", "begin", "began", "begun", "created", "beginning"), "start"),
    **dict.fromkeys(("answered", "answers"), "answer"),
    **dict.fromkeys(("parked", "parking"), "park"),
    **dict.fromkeys(("waiting", "waits"), "wait"),
    **dict.fromkeys(("longest", "max", "maximum", "oldest"), "longest"),
    **dict.fromkeys(("avg", "mean"), "average"),
    **dict.fromkeys(("talking", "talked"), "talk"),
    **dict.fromkeys(("abandon", "abandons", "lost"), "abandoned"),
    **dict.fromkeys(("free", "idle", "ready"), "available"),
    **dict.fromkeys(("ring", "alerting"), "ringing"),
    **dict.fromkeys(("busy", "incall", "on-call"), "oncall"),
    **dict.fromkeys(("acw", "wrap-up"), "wrapup"),
    **dict.fromkeys(("pause", "break"), "paused"),
    **dict.fromkeys(("login", "logon", "log-in", "log-on", "logged-in", "signed-in", "sign-in"), "signin"),
    **dict.fromkeys(("reason", "reasoncode"), "code"),
    **dict.fromkeys(("state", "stat"), "status"),
    **dict.fromkeys(("ext", "exten"), "extension"),
    **dict.fromkeys(("penalty",), "skill"),
    **dict.fromkeys(("handled", "served"), "taken"),
    **dict.fromkeys(("cid", "callerid", "clid", "caller-id"), "caller"),
    **dict.fromkeys(("bridged", "peer", "linked"), "other"),
    **dict.fromkeys(("expires", "expire", "expiry"), "expiration"),
    **dict.fromkeys(("issued",), "issue"),
    **dict.fromkeys(("mail", "email"), "email"),
    **dict.fromkeys(("addr",), "address"),
    **dict.fromkeys(("prio",), "priority"),
    **dict.fromkeys(("chan",), "channel"),
    **dict.fromkeys(("pos",), "position"),
    **dict.fromkeys(("given", "fore"), "first"),
    **dict.fromkeys(("family",), "last"),
    **dict.fromkeys(("lang", "locale"), "language"),
}

ALSO: Mapping[str, tuple[str, ...]] = {
    # whole names that a field also goes by, where its words do not tell
    "agent": ("agentid", "userid", "user", "agentuser"),
    "user": ("userid", "agent", "agentid", "supervisor", "supervisorid"),
    "queue": ("queueextension", "queuenumber", "callqueue", "callqueueextension"),
    "extension": ("queue", "room", "roomnumber", "extensionnumber", "exten"),
    "id": ("callid", "userid", "agentid", "supervisorid", "pausecodeid", "codeid"),
    "unique_id": ("uid", "calluniqueid", "uniquecallid"),
    "calls": ("callswaiting", "waitingcalls", "callsinqueue", "queuedcalls"),
    "wait_time": ("longestwait", "longestwaittime", "maxwait", "maxwaittime", "waitseconds"),
    "caller_id_number": ("callerid", "clid", "ani", "cid", "calleridnum", "callernumber", "callernum", "cidnum"),
    "caller_id_name": ("callername", "cidname"),
    "status": ("agentstatus", "agentstate", "callstatus", "callstate"),
    "skill": ("skilllevel",),
    "secret": ("password", "passwd", "pass"),
    "password": ("passwd", "pass", "pin"),
    "call": ("currentcall", "activecall"),
    "last_call_time": ("lastcall",),
    "wrap_up_end_time": ("wrapupuntil", "wrapupends", "wrapupend"),
    "email_address": ("email", "mail"),
    "last_name": ("surname",),
    "space": ("parkingspace", "slot", "parkingslot", "lot"),
    "participants": ("members", "attendees"),
    "ip_address": ("ip", "host"),
    "pause_code": ("pausereason", "reason"),
}

STATES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "agent": {
        "signedOut": ("off", "signedoff", "loggedout", "loggedoff", "logout", "offline", "notsignedin", "notloggedin"),
        "available": ("idle", "free", "ready", "waiting", "notinuse"),
        "ringing": ("ring", "alerting"),
        "onCall": ("busy", "talking", "incall", "inuse", "onthephone", "connected"),
        "wrapUp": ("acw", "aftercall", "aftercallwork", "wrappingup"),
        "paused": ("pause", "onbreak", "break", "notready"),
    },
    "call": {
        "dialing": ("dial", "dialling", "calling"),
        "ringing": ("ring", "alerting"),
        "up": ("connected", "answered", "talking", "active", "incall", "established"),
    },
    "direction": {
        "inbound": ("in", "incoming"),
        "outbound": ("out", "outgoing"),
        "internal": ("int", "intern", "local"),
    },
}


def guess_fields(
    ours: Collection[str], theirs: Collection[str], suits: Agree, resembles: Agree = lambda our, their: False
) -> dict[str, str]:
    """Our field names with theirs, for those that are confidently the same.

    `suits(ours, theirs)` has to agree, from the values; `resembles` may know better than names, from what is inside.
    """
    ways = (_same_letters, _same_words, resembles, _same_but_for_time, _nearly_same)
    return _paired(ours, theirs, suits, ways)


def guess_states(kind: str, ours: Collection[str], theirs: Collection[str]) -> dict[str, str]:
    """Our words for a kind of state with theirs."""
    also = STATES.get(kind, {})

    def says_the_same(our: str, their: str) -> bool:
        return letters(their) in also.get(our, ())

    return _paired(ours, theirs, lambda our, their: True, (_same_letters, says_the_same, _nearly_same))


def _paired(ours: Iterable[str], theirs: Iterable[str], suits: Agree, ways: Iterable[Agree]) -> dict[str, str]:
    """One to one. Each way goes over what the earlier ones have left."""
    pairs: dict[str, str] = {}
    ours, theirs = list(ours), list(theirs)
    for alike in ways:
        found = [(our, their) for our in ours for their in theirs if alike(our, their) and suits(our, their)]
        pairs |= dict(_without_rivals(found))
        ours = [our for our in ours if our not in pairs]
        theirs = [their for their in theirs if their not in pairs.values()]
    return pairs


def _without_rivals(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    ours, theirs = [our for our, _ in pairs], [their for _, their in pairs]
    return [(our, their) for our, their in pairs if ours.count(our) == 1 and theirs.count(their) == 1]


@cache
def letters(name: str) -> str:
    """A name without its spelling: "callerIDName" and "caller_id_name" are "calleridname"."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


@cache
def meaning(name: str) -> frozenset[str]:
    """The words of a name, each as WORDS has it; two that stand together may be one: "sign in", "wrap up"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\W_]+", " ", name).lower()
    for pair in ("log in", "log on", "logged in", "signed in", "sign in", "wrap up", "on call", "caller id"):
        spaced = spaced.replace(pair, pair.replace(" ", "-"))
    words = {WORDS.get(word, word) for word in spaced.split()}
    return frozenset(words - {""})


def _same_letters(our: str, their: str) -> bool:
    return letters(our) == letters(their)


def _same_words(our: str, their: str) -> bool:
    return letters(their) in ALSO.get(our, ()) or (bool(meaning(our)) and meaning(our) == meaning(their))


def _same_but_for_time(our: str, their: str) -> bool:
    """ "entered" for `enter_time`; but a number called "waiting" counts callers."""
    return our.endswith("_time") and our != "wait_time" and meaning(our) - {"time"} == meaning(their)


def _nearly_same(our: str, their: str) -> bool:
    one, other = letters(our), letters(their)
    return len(one) >= SHORTEST_NEARLY and SequenceMatcher(None, one, other).ratio() >= NEARLY
