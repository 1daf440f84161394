# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The command line of the endurance cases."""

import argparse
import pathlib
import sys
import time
from typing import Callable

import debian

from endurance import first_request, harm, rings, soak
from tlsmatrix import plan, workshop
from tlsmatrix.processes import Failure
from tlsmatrix.workshop import Workshop

EPILOG = """cases: first-request  curl and Python started TIMES times while everything is recorded
       new-library    the same with a copy of libssl that nobody has seen before: recorded, or stated as late_attach
       soak           5 x TIMES connections of TIMES processes in MINUTES: links right, nothing leaks
       same-load      the same load without and with a recorder
       attach         attached and detached TIMES times under load
       kill           SIGKILL leaves nothing behind
       rings          captured + lost = produced, with rings of 128 KiB, 1 MiB and 32 MiB, TLS and plain
example:    samples/matrix/endure attach --times 1000
exit code:  0 it holds, 1 it does not, 2 usage"""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="samples/matrix/endure", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="What the recorder must stand, and what its targets must not notice.")
    cases: dict[str, Callable[[Workshop, argparse.Namespace], str]] = {
        "first-request": lambda shop, options: first_request.known_library(shop, options.times),
        "new-library": lambda shop, options: first_request.new_library(shop, options.times),
        "soak": lambda shop, options: soak.soak(shop, options.times, options.minutes),
        "same-load": lambda shop, options: harm.same_load(shop),
        "attach": lambda shop, options: harm.attach_and_detach(shop, options.times),
        "kill": lambda shop, options: harm.kill(shop),
        "rings": lambda shop, options: rings.account(shop, options.ring or rings.SIZES),
    }
    parser.add_argument("cases", nargs="+", choices=cases, metavar="CASE")
    parser.add_argument("--times", type=int, default=20, help="how often (%(default)s)")
    parser.add_argument("--minutes", type=float, default=0, help="spread a soak over so long; 0: as fast as it goes")
    parser.add_argument("--ring", action="append", metavar="SIZE", help="rings: this size; may be repeated")
    parser.add_argument("--work", type=pathlib.Path, default=workshop.REPOSITORY / "samples" / "target" / "endurance",
                        help="folder for logs and captures; what failed stays there (%(default)s)")
    options = parser.parse_args()
    cache = debian.cache_folder()
    workshop.prepare(cache)
    failed = False
    for case in options.cases:
        started = time.monotonic()
        try:
            said = cases[case](Workshop(options.work / case, cache, plan.SHORT), options)
        except (Failure, OSError, ValueError) as failure:
            said = f"FAILED: {failure}"
            failed = True
        print(f"{case}: {said} ({time.monotonic() - started:.1f} s)", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
