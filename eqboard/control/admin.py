import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.models import Seat
from eqboard.boards.templatetags.board import outside
from eqboard.control.models import AuditEntry
from eqboard.control.seats.seat_admin import SeatAdmin

admin.site.register(Seat, SeatAdmin)


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To read, not to write."""

    list_display = ("moment", "actor_name", "address", "action", "whom", "step", "what")
    fields = (
        *("moment", "attempt", "actor_name", "address", "action", "target", "whom", "queues", "reason"),
        *("step", "what"),
    )
    readonly_fields = fields
    list_filter = ("action", "step", "actor_name")
    search_fields = ("actor_name", "target_name")
    ordering = ("-id",)

    @admin.display(ordering="id", description=_("at"))
    def moment(self, entry: AuditEntry) -> str:
        """To the second: the steps of one action are that close together."""
        return f"{localtime(entry.at):%Y-%m-%d %H:%M:%S}"

    @admin.display(ordering="target_name", description=_("whom"))
    def whom(self, entry: AuditEntry) -> str:
        return outside(entry.target_name)

    @admin.display(description=_("details"))
    def what(self, entry: AuditEntry) -> str:
        return outside(json.dumps(entry.details, ensure_ascii=False) if entry.details else "")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
