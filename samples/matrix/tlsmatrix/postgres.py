# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL: TLS after a request in the clear, a process for each connection, and no HTTP inside."""

import pathlib
import pwd
import shutil
import subprocess
import tempfile

from tlsmatrix import plan
from tlsmatrix.compare import Side
from tlsmatrix.fronts import await_listening, free_port
from tlsmatrix.processes import Child, Failure
from tlsmatrix.streams import compare_streams, sessions
from tlsmatrix.workshop import PEERS, PYTHON, Workshop

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
USER = "postgres"  # the server refuses to run as root
CONNECTIONS = 3


def measure(workshop: Workshop) -> list[Side]:
    """Server and client are recorded; the server by its name, because its children are who speaks."""
    if not (PROGRAMS / "postgres").exists():
        raise Failure("PostgreSQL is not installed: .ci/install-tools matrix")
    # Where another user may go: the row's own folder may be in a home.
    with tempfile.TemporaryDirectory(prefix="tapedeck-postgres-") as folder:
        data = make_cluster(workshop, pathlib.Path(folder))
        port = free_port()
        raw = workshop.folder / "raw"
        raw.mkdir()
        with Child(workshop.folder, "postgres", [
                str(PROGRAMS / "postgres"), "-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c",
                f"unix_socket_directories={folder}", "-c", "ssl=on", "-c", "fsync=off"], user=USER) as server:
            await_listening(server, port)
            workshop.record_command(
                [PYTHON, str(PEERS / "postgres_client.py"), str(workshop.pool), str(raw), str(port), str(CONNECTIONS),
                 *map(str, plan.SIZES)], "--comm", "postgres")
        recorded = sessions(workshop.folder, workshop.capture)
        return [compare_streams(role, [one for one in recorded if (one.comm == "postgres") == (role == "server")], raw,
                                port) for role in ("server", "client")]


def make_cluster(workshop: Workshop, folder: pathlib.Path) -> pathlib.Path:
    """An empty database that lets everybody on this host in; it is gone with its folder."""
    owner = pwd.getpwnam(USER)
    folder.chmod(0o755)
    shutil.chown(folder, owner.pw_uid, owner.pw_gid)
    data = folder / "data"
    made = subprocess.run([str(PROGRAMS / "initdb"), "--no-sync", "-A", "trust", "-U", USER, "-D", str(data)], user=USER,
                          group=owner.pw_gid, extra_groups=[], cwd="/", stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)
    if made.returncode != 0:
        raise Failure(f"initdb: {made.stderr[-300:]}")
    for source, name in ((workshop.certificate, "server.crt"), (workshop.key, "server.key")):
        shutil.copyfile(source, data / name)
        shutil.chown(data / name, owner.pw_uid, owner.pw_gid)
        (data / name).chmod(0o600)
    return data
