"""The telephone switch: queues, telephones, conversations, the parking lot, conferences, monitoring, recordings."""
