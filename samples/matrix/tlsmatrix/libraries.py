# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""libssl of other Debian releases, unpacked into a folder of the cache, and the C peer built for it."""

import pathlib
import subprocess

import debian

from tlsmatrix import sources
from tlsmatrix.processes import Failure
from tlsmatrix.rows import Peer
from tlsmatrix.workshop import PEERS

COMPILE = ("gcc", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Werror")


def unpacked(cache: pathlib.Path, name: str) -> pathlib.Path:
    """The folder with the library; with its C library and loader where this machine's are too old for it."""
    library = sources.DEBIAN[name]
    root = cache / "debian" / name
    if not (root / "whole").exists():
        try:
            suites = debian.Suites(library.suites, "amd64")
            for package in suites.fetch([library.package], with_dependencies=library.own_loader):
                debian.unpack(package, root)
        except debian.DebianError as error:
            raise Failure(f"{library.package} of {'+'.join(library.suites)}: {error}") from error
        (root / "whole").touch()
    return root


def find(root: pathlib.Path, name: str) -> pathlib.Path:
    for folder in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib64", "lib64"):
        if (root / folder / name).exists():
            return root / folder / name
    raise Failure(f"{root}: no {name} in it")


def build_peer(cache: pathlib.Path, name: str, shared_objects: list[str]) -> pathlib.Path:
    """Builds the C peer against these shared objects, unless that was done since its source changed."""
    program = cache / "peers" / f"tls_peer-{name}"
    program.parent.mkdir(parents=True, exist_ok=True)
    files = [PEERS / "tls_peer.c", PEERS / "tls_link.c"]
    newest = max(file.stat().st_mtime for file in [*files, PEERS / "tls_peer.h"])
    if not program.exists() or program.stat().st_mtime < newest:
        result = subprocess.run([*COMPILE, "-o", str(program), *map(str, files), *shared_objects, "-lpthread",
                                 "-Wl,--allow-shlib-undefined"], capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise Failure(f"tls_peer does not build against {name}: {result.stderr[-400:]}")
    return program


def c_peer(cache: pathlib.Path, name: str, ways: str) -> Peer:
    """The C peer on libssl of another release."""
    root = unpacked(cache, name)
    soname = sources.DEBIAN[name].soname
    objects = [str(find(root, file)) for file in (soname, soname.replace("libssl", "libcrypto"))]
    program = build_peer(cache, name, objects)
    folders = ":".join(str(root / folder) for folder in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"))
    if not sources.DEBIAN[name].own_loader:
        return Peer([str(program)], {"TLS_PEER_WAYS": ways, "LD_LIBRARY_PATH": folders})
    loader = find(root, "ld-linux-x86-64.so.2")
    return Peer([str(loader), "--library-path", folders, str(program)], {"TLS_PEER_WAYS": ways})


def system_c_peer(cache: pathlib.Path, ways: str) -> Peer:
    """The C peer on this machine's libssl."""
    return Peer([str(build_peer(cache, "system", ["-lssl", "-lcrypto"]))], {"TLS_PEER_WAYS": ways})
