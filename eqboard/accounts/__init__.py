"""WHO: users, their teams and rights, and the screens on the wall."""
