"""THE HEART: reads EQ round after round; one leads, others stand by."""
