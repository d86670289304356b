"""The ledger: the world's own exact books, which no EQ answer shows and every test may trust."""
