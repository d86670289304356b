"""What is filled in for an action on an agent: which queue, which reason, which skills."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from eqboard.floor.snapshot import Agent, PauseCode, Queue

ALL = "all"
"""All of their queues, as a page says it: a form that has lost its queue means nothing."""
DEFAULT_SKILL = 3  # EQ API text, Execute Call Queue Agent Action: 3 is normal
SKILLS = range(1, 6)


def named(queue: str) -> str | None:
    """The queue that was chosen; None for all of them."""
    return None if queue == ALL else queue


def no_queue() -> str:
    return _("This form does not say in which queues, so nothing was sent. Load the page again, then try once more.")


class QueueForm(forms.Form):
    """One of the queues that the agent is signed in to, or ALL of them."""

    queue = forms.ChoiceField()

    def __init__(self, queues: Iterable[str], data: Any = None) -> None:
        super().__init__(data)
        self.fields["queue"].choices = [(each, each) for each in (ALL, *queues)]  # type: ignore[attr-defined]

    def clean_queue(self) -> str | None:
        return named(self.cleaned_data["queue"])

    def sentence(self) -> str:
        """What is wrong, and what to do."""
        if not self.data.get("queue"):
            return no_queue()
        return _("The agent is not signed in to this queue any more, so nothing was sent. Look at the row again.")


class PauseForm(QueueForm):
    """A pause code of those that EQ has, or none."""

    pause_code = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)

    def __init__(self, codes: Iterable[PauseCode], queues: Iterable[str], data: Any = None) -> None:
        super().__init__(queues, data)
        self.fields["pause_code"].choices = [("", ""), *((code.id, code.name) for code in codes)]  # type: ignore[attr-defined]

    def sentence(self) -> str:
        if "pause_code" in self.errors:
            return _("This pause reason no longer exists. Choose another.")
        return super().sentence()


class SignInForm(forms.Form):
    """Queues, a skill for each, and whether they begin with a pause. Those they have served before are ticked."""

    queue = forms.MultipleChoiceField()
    paused = forms.BooleanField(required=False)

    def __init__(self, queues: Sequence[Queue], agent: Agent, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self._known = {each.queue: each.skill for each in agent.memberships}
        self.queues = queues
        self.fields["queue"].choices = [(each.extension, each.name) for each in queues]  # type: ignore[attr-defined]
        for each in queues:
            skill = forms.TypedChoiceField(
                choices=[(str(level), str(level)) for level in SKILLS], coerce=int, required=False, empty_value=None
            )
            self.fields[_skill_of(each.extension)] = skill

    def rows(self) -> list[tuple[Queue, bool, int]]:
        """Each queue, whether they have served it, and with which skill, for the template."""
        return [(each, each.extension in self._known, self._skill(each.extension)) for each in self.queues]

    def chosen(self) -> tuple[tuple[str, int], ...]:
        return tuple((queue, self.cleaned_data[_skill_of(queue)] or self._skill(queue)) for queue in self._named())

    def _named(self) -> list[str]:
        return list(dict.fromkeys(self.cleaned_data["queue"]))

    def _skill(self, queue: str) -> int:
        return self._known.get(queue) or DEFAULT_SKILL

    def sentence(self) -> str:
        if "queue" not in self.errors:
            return _("A skill is a number from 1, the highest, to 5.")
        if not self.data.get("queue"):
            return _("Choose at least one queue.")
        return _("One of these queues cannot be chosen any more, so nothing was sent. Open the form again.")


def _skill_of(queue: str) -> str:
    return f"skill_{queue}"
