# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Where this machine's libraries are."""

import pathlib
import subprocess

from tlsmatrix.processes import Failure


def resolve_library(name: str) -> str:
    """The file that the loader takes for a library."""
    listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        if line.strip().startswith(name + " "):
            return str(pathlib.Path(line.split("=> ")[1]).resolve().parent / name)
    raise Failure(f"the loader knows no {name}")
