"""THE HANDS: actions, carried out once and watched, and the audit of them."""
