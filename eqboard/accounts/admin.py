from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.models import Membership, Team

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


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "every_queue", "queue_extensions")
    inlines = (MembershipInline,)
