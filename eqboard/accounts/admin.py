from django.contrib import admin

from eqboard.accounts.models import Membership, Team


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg] # a subscript fails at run time
    model = Membership
    extra = 1


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "every_queue", "queue_extensions")
    inlines = (MembershipInline,)
