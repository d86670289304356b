"""What was written down stays: no way through the model, its manager or the admin changes or deletes it."""

import pytest
from django.db import IntegrityError
from django.db.models import F, ProtectedError

from eqboard.control.models import AuditEntry, AuditError, Step
from tests.cast import static_files_are_not_collected

pytestmark = [pytest.mark.django_db, static_files_are_not_collected]


@pytest.fixture
def entry(cast) -> AuditEntry:
    return AuditEntry.objects.create(actor=cast.lead, actor_name="lead", action="agent.pause", step=Step.ASKED)


def change(entry):
    entry.step = Step.CONFIRMED
    entry.save()


def pretend_to_be_new(entry):
    AuditEntry(pk=entry.pk, at=entry.at, actor=entry.actor, step=Step.CONFIRMED).save()


WAYS = {
    "save": change,
    "save of some fields": lambda entry: entry.save(update_fields=["step"]),
    "delete": lambda entry: entry.delete(),
    "update": lambda entry: AuditEntry.objects.update(step=Step.CONFIRMED),
    "update of some": lambda entry: AuditEntry.objects.filter(pk=entry.pk).order_by("pk").update(id=F("id") + 1),
    "delete all": lambda entry: AuditEntry.objects.all().delete(),
    "delete some": lambda entry: AuditEntry.objects.filter(pk=entry.pk).exclude(action="").delete(),
    "bulk update": lambda entry: AuditEntry.objects.bulk_update([entry], ["step"]),
    "upsert": lambda entry: AuditEntry.objects.bulk_create(
        [entry], update_conflicts=True, unique_fields=["id"], update_fields=["step"]
    ),
    "update or create": lambda entry: AuditEntry.objects.update_or_create({"step": Step.UNKNOWN}, pk=entry.pk),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_entry_is_neither_changed_nor_deleted(entry, way):
    with pytest.raises(AuditError):
        WAYS[way](entry)
    assert AuditEntry.objects.get().step == Step.ASKED


def test_an_entry_is_not_overwritten_by_a_new_one_of_its_number(entry):
    with pytest.raises(IntegrityError):
        pretend_to_be_new(entry)


@pytest.mark.django_db(transaction=True)
async def test_nor_without_blocking(cast):
    entry = await AuditEntry.objects.acreate(actor=cast.lead, step=Step.ASKED)
    for way in (
        entry.asave,
        entry.adelete,
        AuditEntry.objects.all().adelete,
        lambda: AuditEntry.objects.aupdate(step="x"),
        lambda: AuditEntry.objects.abulk_update([entry], ["step"]),
    ):
        with pytest.raises(AuditError):
            await way()
    assert await AuditEntry.objects.acount() == 1


def test_several_entries_may_be_added_at_once(cast):
    AuditEntry.objects.bulk_create([AuditEntry(actor=cast.lead, step=Step.ASKED) for _ in range(3)])
    assert AuditEntry.objects.count() == 3


def test_whoever_acted_is_not_forgotten(entry, cast):
    with pytest.raises(ProtectedError):
        cast.lead.delete()


def test_an_entry_reads_as_one_line(entry):
    assert str(entry).endswith(" lead agent.pause : asked")


# The administrator's pages


@pytest.fixture
def admin(client, cast, entry):
    client.force_login(cast.admin)
    return client


def test_an_administrator_reads_the_entries(admin, entry):
    assert "agent.pause" in admin.get("/admin/control/auditentry/").text
    assert admin.get(f"/admin/control/auditentry/{entry.pk}/change/").status_code == 200


@pytest.mark.parametrize("page", ["add/", "{pk}/delete/"])
@pytest.mark.parametrize("verb", ["get", "post"])
def test_not_even_an_administrator_adds_or_deletes(admin, entry, page, verb):
    answer = getattr(admin, verb)(f"/admin/control/auditentry/{page.format(pk=entry.pk)}", {"post": "yes"})
    assert answer.status_code == 403
    assert AuditEntry.objects.count() == 1


def test_not_even_an_administrator_changes(admin, entry):
    answer = admin.post(f"/admin/control/auditentry/{entry.pk}/change/", {"step": "confirmed"})
    assert answer.status_code == 403
    assert AuditEntry.objects.get().step == Step.ASKED


def test_the_list_offers_no_way_to_delete(admin, entry):
    assert "delete_selected" not in admin.get("/admin/control/auditentry/").text
    form = {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"}
    admin.post("/admin/control/auditentry/", form)
    assert AuditEntry.objects.count() == 1


def test_a_person_with_entries_cannot_be_deleted_by_an_administrator(admin, cast):
    admin.post(f"/admin/auth/user/{cast.lead.pk}/delete/", {"post": "yes"})
    assert AuditEntry.objects.count() == 1
