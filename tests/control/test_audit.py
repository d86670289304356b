"""What was written down stays: no way through the model, its manager or the admin changes or deletes it."""

from contextlib import suppress

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError

from eqboard.control.audit import AlreadyDone, Thing
from eqboard.control.models import AuditEntry, AuditError, Step
from tests.cast import static_files_are_not_collected
from tests.control.written import write

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


# The one door


def test_a_step_is_written_once(cast):
    attempt = write(cast.lead, Step.ASKED)
    with pytest.raises(AlreadyDone, match=f"{attempt} is asked already"):
        write(cast.lead, Step.ASKED, attempt=attempt)
    write(cast.lead, Step.ACCEPTED, attempt=attempt)
    write(cast.lead, Step.ASKED)
    assert AuditEntry.objects.count() == 3


def test_what_else_was_written_with_it_stays(cast):
    attempt = write(cast.lead, Step.ASKED)
    with transaction.atomic():
        write(cast.lead, Step.DONE)
        with suppress(AlreadyDone):
            write(cast.lead, Step.ASKED, attempt=attempt)
        write(cast.lead, Step.DENIED)
    assert [each.step for each in AuditEntry.objects.all()] == [Step.ASKED, Step.DONE, Step.DENIED]


def test_another_error_of_the_database_is_what_it_is(cast, monkeypatch):
    def fail(*_, **__):
        raise IntegrityError("something else")

    monkeypatch.setattr(AuditEntry, "save", fail)
    with pytest.raises(IntegrityError, match="something else"):
        write(cast.lead, Step.ASKED)


@pytest.mark.parametrize(
    ("queues", "stored"),
    [
        (("501", "500"), ",500,501,"),
        (("500", "500"), ",500,"),
        ((), ""),
        (("",), ""),
        (("5,0\0",), ",50\N{REPLACEMENT CHARACTER},"),
    ],
)
def test_queues_are_stored_so_that_each_can_be_looked_for(cast, queues, stored):
    write(cast.lead, Step.ASKED, queues=queues)
    assert AuditEntry.objects.get().queues == stored


def test_text_from_outside_is_stored_whatever_is_in_it(cast):
    order = {"order": {"chan\0nel": "a\0", "tries": [["\ud800", 7, None, True]], "pair": ("x", "y")}}
    write(cast.lead, (Step.ASKED, order), thing=Thing("call-\0" + "1" * 200, "x"), reason="\ud800" + "y" * 900)
    entry = AuditEntry.objects.get()
    assert entry.details == {
        "order": {"chan\ufffdnel": "a\ufffd", "tries": [["\ufffd", 7, None, True]], "pair": ["x", "y"]}
    }
    assert (entry.target, entry.reason) == ("call-\ufffd" + "1" * 94, "\ufffd" + "y" * 499)


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
