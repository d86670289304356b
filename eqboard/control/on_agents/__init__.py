"""The hands on agents: one of them, or several at once; and taking it back."""
