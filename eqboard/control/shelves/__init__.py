"""What is eqboard's own and is changed: boards, screens, what queues promise."""
