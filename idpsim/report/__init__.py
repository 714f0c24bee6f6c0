"""Reports: what a run led to, for a terminal, for programs and for other tools. They run nothing and decide nothing."""
