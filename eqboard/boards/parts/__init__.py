"""The parts of a board: each module chooses what one kind of part shows, in the order in which it stands."""
