# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Fetches packages with the machine's own clients (npm, apt), once, into the cache."""

import pathlib
import shutil
import subprocess
import tarfile
from typing import Sequence

from tlsmatrix import sources
from tlsmatrix.processes import Failure


def _run(command: Sequence[str], folder: pathlib.Path) -> str:
    result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise Failure(f"{' '.join(command[:4])}: {result.stderr.strip().splitlines()[-1:] or 'failed'}")
    return result.stdout


def node(cache: pathlib.Path, version: str) -> pathlib.Path:
    """The Node.js program of that version."""
    program = cache / "node" / version / "node"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        _run(["npm", "pack", "--silent", f"{sources.NODE_PACKAGE}@{version}"], program.parent)
        archive = program.parent / f"{sources.NODE_PACKAGE}-{version}.tgz"
        partial = program.with_suffix(".partial")
        with tarfile.open(archive) as packed:
            content = packed.extractfile("package/bin/node")
            if content is None:
                raise Failure(f"{archive}: no program in it")
            with open(partial, "wb") as file:
                shutil.copyfileobj(content, file)
        partial.chmod(0o755)
        archive.unlink()
        partial.rename(program)
    return program
