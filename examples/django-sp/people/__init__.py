"""The staff: accounts and groups."""
