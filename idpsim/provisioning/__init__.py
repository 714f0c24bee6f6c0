"""The engine: changes in, phases of jobs out, links, retries, cycles; it knows no vendor."""
