from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.access import RIGHTS
from eqboard.accounts.models import Membership, Role, Team
from eqboard.accounts.roles import RIGHT_GROUPS, in_order

admin.site.site_header = admin.site.site_title = "eqboard"
admin.site.index_title = _("Administration")
admin.site.unregister((User, Group))  # rights are given by teams: Django's own say nothing here


class MembershipInline(admin.StackedInline):  # type: ignore[type-arg] # a subscript fails at run time
    """One under the other: in Django's table the fields have no labels that a screen reader could say."""

    model = Membership
    extra = 1


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    """Who may sign in. What they see and do is said by their teams; an administrator sees and does everything."""

    list_display = ("username", "first_name", "last_name", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """With what can be done about a second factor, where there is one."""
        actions: dict[str, Any] = super().get_actions(request)
        if apps.is_installed("eqboard.accounts.second_factor") and self.has_change_permission(request):
            from eqboard.accounts.second_factor.taking import take_second_factor_away  # it needs allauth's tables

            return actions | {take_second_factor_away.__name__: self.get_action(take_second_factor_away)}
        return actions


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "every_queue", "queue_extensions", "agent_ids")
    inlines = (MembershipInline,)


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Rights are ticked. What another version of eqboard knows more is not kept."""

    actions = forms.MultipleChoiceField(
        label=_("Rights"),
        choices=RIGHT_GROUPS,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "radiolist"}),  # Django's: labels as wide as the page
    )

    class Meta:
        model = Role
        fields = ("name", "actions")

    def clean_actions(self) -> list[str]:
        return in_order(self.cleaned_data["actions"])


@admin.register(Role)
class RoleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Ready roles keep their names, which are translated, and stay; what they allow may be changed like any other's."""

    form = RoleForm
    list_display = ("__str__", "count")
    ordering = ("name",)

    @admin.display(description=_("rights"))
    def count(self, role: Role) -> str:
        return f"{len(role.allows)} / {len(RIGHTS)}"

    def get_fields(self, request: HttpRequest, obj: Role | None = None) -> tuple[str, ...]:
        return ("actions",) if obj and obj.key else ("name", "actions")

    def has_delete_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        return not (obj and obj.key) and super().has_delete_permission(request, obj)
