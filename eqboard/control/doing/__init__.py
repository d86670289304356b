"""How something is done: claimed, written down, asked of EQ once, and watched until the floor shows its effect."""
