"""THE GAUGES: health, logs, and the demo that puts the parts together."""
