"""Measures what idpsim costs and prints it as ratios: figure, target, median (min – max), verdict.

    python bench/run.py [--only N]... [--rounds N] [--source DIR] [--json FILE]

Sets up what it needs in .bench/ (once: pip over the network, a C compiler, Linux). Exit code 1 when a figure is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import login
import saml
import startup
import traffic
from first_cycle import first_cycle
from ground import HERE, prepare
from timing import Figure, table

FIGURES = {
    1: startup.help_and_version,
    2: startup.run,
    3: traffic.one_connection,
    4: traffic.parallel,
    5: traffic.in_process,
    6: first_cycle,
    7: saml.response,
    8: login.login,
}


def main() -> int:
    """Measure, print the table, and say whether every figure is met."""
    asked = _arguments()
    ground = prepare(asked.source)
    found: list[Figure] = []
    for number in asked.only or FIGURES:
        these = list(FIGURES[number](ground, asked.rounds))
        print(table(these, heading=not found), flush=True)
        found += these
    if asked.json:
        asked.json.write_text(json.dumps([each.document() for each in found], indent=2) + "\n")
    return 0 if all(each.met for each in found) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=int, action="append", choices=FIGURES, metavar="N", help="this figure only")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds of each figure (default: 5)")
    parser.add_argument("--source", type=Path, default=HERE.parent, metavar="DIR", help="the checkout to measure")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the measured values, as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
