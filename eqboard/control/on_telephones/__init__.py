"""The hands on a telephone, and the panel that shows all that can be done there."""
