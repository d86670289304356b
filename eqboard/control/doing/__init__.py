"""How something is done: an order, what stands in its way, asking EQ once, and watching what becomes of it."""
