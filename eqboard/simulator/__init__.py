"""THE PRETEND SERVER: the EQ API over HTTP, with a living call centre behind it."""
