"""Every key and channel in Redis, with the version of what they hold."""

SNAPSHOT = "eqboard:1:snapshot"  # Stored, as JSON
SPANS = "eqboard:1:spans"  # hash: Span, as JSON, by when it begins in seconds since the epoch
MARKS = "eqboard:1:marks"  # hash: by the same, which update changed that span last: who has it need not read it again
WATCH = "eqboard:1:watch"  # what the leader has in mind between two rounds, as JSON
UPDATES = "eqboard:1:updates"  # channel: Update, as JSON
NUDGES = "eqboard:1:nudges"  # channel: "read EQ again soon"
LEADER = "eqboard:1:leader"  # the epoch of whoever leads, expiring
LOOKS = "eqboard:1:looks"  # sorted set: extensions, by until when somebody looks at what goes on there
CLAIMS = "eqboard:1:claims"  # hash: Claim, by its slot (feed/claims.py)
CLAIM_NEWS = "eqboard:1:claim-news"  # channel: "read the claims again"
