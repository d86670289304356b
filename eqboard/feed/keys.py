"""Every key and channel in Redis, with the version of what they hold."""

SNAPSHOT = "eqboard:1:snapshot"  # Stored, as JSON
UPDATES = "eqboard:1:updates"  # channel: Update, as JSON
NUDGES = "eqboard:1:nudges"  # channel: "read EQ again soon"
LEADER = "eqboard:1:leader"  # the epoch of whoever leads, expiring
