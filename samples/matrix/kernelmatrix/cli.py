# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The command `kernels`."""

import argparse
import pathlib
import signal
import sys

import debian
from kernelmatrix import cases, machine, report, table

TIMEOUT_SECONDS = 600
DESCRIPTION = """Boots other kernels under emulation, runs the recorder in each with every hook backend that the kernel has, and
compares the capture byte for byte with what servers and clients there logged. Needs no root: kernels and the guest's
programs are Debian packages, kept in $XDG_CACHE_HOME/tapedeck-matrix; the recorder is the one below bin/target."""
EXIT_CODES = """Exit codes: 0 all that is promised holds, 1 something promised does not, 3 a kernel or a tool cannot be had.
Example: samples/matrix/kernels --only 6.1,6.12 --hooks raw_tp"""


def main() -> int:
    """Runs the command line and returns the exit code."""
    parser = argparse.ArgumentParser(prog="kernels", description=DESCRIPTION, epilog=EXIT_CODES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="name the kernels and end")
    parser.add_argument("--only", metavar="NAMES", help="kernels, such as 6.1,6.12; all by default")
    parser.add_argument("--hooks", metavar="NAMES", help="backends, such as fentry,raw_tp; all by default")
    parser.add_argument("--timeout", type=int, default=TIMEOUT_SECONDS, metavar="SECONDS", help="for each guest")
    parser.add_argument("--write", action="store_true", help="put the results into docs/MATRIX.md")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write the results here, too")
    scripts = parser.add_mutually_exclusive_group()
    scripts.add_argument("--run", metavar="COMMAND", help="run this in the guest's /matrix instead of the cases")
    scripts.add_argument("--shell-script", metavar="FILE", type=pathlib.Path, help="the same from a file")
    parser.add_argument("--instructions", action="store_true",
                        help="with these: one CPU, whose clock goes by instructions, so that CPU times can be compared")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(3))
    try:
        rows = [table.kernel_named(name) for name in arguments.only.split(",")] if arguments.only else list(table.KERNELS)
        hooks = table.hooks_named(arguments.hooks)
        if arguments.list:
            print("\n".join(row.name for row in rows))
            return 0
        if arguments.run or arguments.shell_script:
            script = arguments.run or arguments.shell_script.read_text()
            return run_script(rows, script, arguments.timeout, arguments.instructions)
        return run_cases(rows, hooks, arguments)
    except (debian.DebianError, machine.MachineError, OSError) as e:
        print(f"kernels: {e}", file=sys.stderr)
        return 3
    except ValueError as e:
        print(f"kernels: {e}", file=sys.stderr)
        return 2


def run_script(rows: list[table.KernelRow], script: str, timeout_seconds: int, counted: bool) -> int:
    """Runs a shell script on each kernel, its output to ours; the first exit code that is not 0 is the result."""
    failed = 0
    for row in rows:
        guest = machine.Machine(row, cases.OUTPUT / row.name, counted)
        program = guest.folder / "program"
        program.write_text(script + "\n")
        result = guest.run({**cases.guest_files(), "program": program}, timeout_seconds, echo=True)
        print(f"{row.name}: {guest.image.version}, exit code {result.exit_code} after {result.seconds:.0f} s, "
              f"output in {result.out}", file=sys.stderr)
        failed = failed or result.exit_code
    return failed


def run_cases(rows: list[table.KernelRow], hooks: tuple[str, ...], arguments: argparse.Namespace) -> int:
    """Runs the matrix and prints a line for each kernel as it comes."""
    outcomes = []
    for row in rows:
        outcome = cases.run(row, hooks, arguments.timeout)
        outcomes.append(outcome)
        print("\n".join(report.lines(outcome)), flush=True)
    if arguments.json:
        report.write_json(outcomes, arguments.json)
    if arguments.write:
        report.write_table(outcomes)
    held = sum(outcome.holds for outcome in outcomes)
    print(f"{held} of {len(outcomes)} kernels hold what is promised")
    return 0 if held == len(outcomes) else 1
