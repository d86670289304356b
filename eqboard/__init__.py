"""A real-time wallboard for call centres that run on EQ. Each folder is a room; its first line says what it is for."""
