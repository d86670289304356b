from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from eqboard.control.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To read, not to write."""

    list_display = ("at", "actor_name", "action", "target_name", "step", "details")
    list_filter = ("action", "step", "actor_name")
    search_fields = ("actor_name", "target_name")
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
