"""The hands on calls that wait, are parked, or are in a conference."""
