"""THE WIRE between poller and web; the only room that imports redis."""
