"""The hands that listen in, and the strip that shows it."""
