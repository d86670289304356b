"""WHAT IS GOING ON: snapshots and what changed between them; pure, no I/O, no clock."""
