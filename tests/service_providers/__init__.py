"""Service providers that idpsim did not write, a sound one with seeded bugs, and a hostile one."""
