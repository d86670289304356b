"""One queue within one hour that is over."""

from django.db import models

LONGEST_EXTENSION = 255  # PostgreSQL refuses longer ones, and with them the whole hour


class QueueHour(models.Model):
    queue = models.CharField(max_length=LONGEST_EXTENSION)  # its extension
    begins_at = models.DateTimeField(db_index=True)  # a full hour in the site's zone
    bucket = models.JSONField()  # floor.buckets.Bucket; what stands at its default is left out
    seen_seconds = models.FloatField()  # how much of the hour the floor was watched

    class Meta:
        constraints = (models.UniqueConstraint(fields=("queue", "begins_at"), name="once_for_queue_and_hour"),)

    def __str__(self) -> str:
        return f"{self.queue} {self.begins_at:%Y-%m-%d %H:%M}"
