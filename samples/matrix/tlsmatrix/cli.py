# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The command line of the TLS matrix."""

import argparse
import pathlib
import sys

import debian

from tlsmatrix import plan, report, stacks, workshop
from tlsmatrix.rows import Outcome, Row

EPILOG = """example:  samples/matrix/tls --only node-0.12.18,nginx
exit code: 0 every cell holds, 1 one does not, 2 usage"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="samples/matrix/tls", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Records real TLS stacks with bin/recorder, and compares every byte and link with what they logged.")
    parser.add_argument("--only", metavar="ROW,...", help="these rows alone")
    parser.add_argument("--short", action="store_true", help="the rows and amounts of the continuous integration")
    parser.add_argument("--list", action="store_true", help="print the rows and what they record")
    parser.add_argument("--write", action="store_true", help="put the table into docs/MATRIX.md")
    parser.add_argument("--cache", type=pathlib.Path, default=debian.cache_folder(),
                        help="folder of what is downloaded (%(default)s)")
    parser.add_argument("--work", type=pathlib.Path, default=workshop.REPOSITORY / "samples" / "target" / "tls-matrix",
                        help="folder for logs and captures; what failed stays there (%(default)s)")
    return parser.parse_args()


def chosen(options: argparse.Namespace) -> list[Row]:
    rows = stacks.rows()
    if options.only:
        names = options.only.split(",")
        unknown = [name for name in names if name not in {row.name for row in rows}]
        if unknown:
            print(f"tls: no row {', '.join(unknown)}; --list names them", file=sys.stderr)
            sys.exit(2)
        return [row for row in rows if row.name in names]
    return [row for row in rows if row.short or not options.short]


def shape(row: Row, short: bool) -> plan.Shape:
    if not short:
        return plan.FULL
    return plan.MEMORY_BIO_SHORT if row.memory_bios else plan.SHORT


def main() -> int:
    options = arguments()
    rows = chosen(options)
    if options.list:
        for row in rows:
            print(f"{row.name:22} {row.stack:28} {row.library}")
        return 0
    workshop.prepare(options.cache)
    outcomes: list[tuple[Row, Outcome]] = []
    for row in rows:
        outcome = row.run(workshop.Workshop(options.work / row.name, options.cache, shape(row, options.short)))
        outcomes.append((row, outcome))
        print(report.line(row, outcome), flush=True)
        for problem in [*outcome.problems, *(text for side in outcome.sides for text in side.problems)]:
            print(f"    {problem}", flush=True)
    failed = [row.name for row, outcome in outcomes if not outcome.ok]
    if options.write:
        report.write(outcomes)
    print(f"{len(outcomes) - len(failed)} of {len(outcomes)} rows hold" + (f"; not {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0
