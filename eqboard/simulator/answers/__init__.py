"""The world as the JSON objects of contract §3."""
