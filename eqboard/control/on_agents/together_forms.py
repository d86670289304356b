"""What is chosen once for several agents."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from eqboard.control.on_agents.agent_forms import ALL, named, no_queue
from eqboard.control.on_agents.prospects import Choice
from eqboard.floor.snapshot import PauseCode, Queue


class TogetherForm(forms.Form):
    """One queue, or ALL of theirs; a reason for a pause; whether they begin with a pause."""

    queue = forms.ChoiceField()
    pause_code = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    paused = forms.BooleanField(required=False)

    def __init__(
        self, codes: Iterable[PauseCode], queues: Sequence[Queue], data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data)
        self.codes, self.queues = list(codes), queues
        self.fields["queue"].choices = [(ALL, ""), *((each.extension, each.name) for each in queues)]  # type: ignore[attr-defined]
        self.fields["pause_code"].choices = [("", ""), *((code.id, code.name) for code in self.codes)]  # type: ignore[attr-defined]

    def choice(self) -> Choice:
        chosen = self.cleaned_data
        return Choice(named(chosen["queue"]), chosen["pause_code"], chosen["paused"])

    def sentence(self) -> str:
        if "pause_code" in self.errors:
            return _("This pause reason no longer exists. Choose another.")
        if not self.data.get("queue"):
            return no_queue()
        return _("This queue cannot be chosen any more, so nothing was sent. Open the form again.")
