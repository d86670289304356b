"""THE MEMORY: what happened in each hour of the last weeks, in the database, and what is usual."""
