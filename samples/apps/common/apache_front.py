#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Starts Apache in front of a service and becomes it: `ready PORT` once it listens, SIGTERM to its process stops it.

In the template @NAME@ stands for what nginx_front.py says, and MODULES for where Apache keeps its own.
"""

import argparse
import getpass
import os
import shutil
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import httpserver  # noqa: E402
import nginx_front  # noqa: E402

MODULES = "/usr/lib/apache2/modules"
START_SECONDS = 30


def announce(port):
    """Waits in a process of its own until the port accepts connections, and says so."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            print(f"ready {port}", flush=True)
            return


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--template", required=True, help="apache.conf with @NAME@ places")
    parser.add_argument("--upstream", required=True, type=int, help="port of the service")
    parser.add_argument("--prefix", required=True, help="directory for configuration and temp files")
    arguments = parser.parse_args()

    prefix = os.path.abspath(arguments.prefix)
    os.makedirs(prefix, exist_ok=True)
    certificate, key = httpserver.make_certificate(prefix)
    # Bound and never listening: the port is nobody else's, and Apache, which reuses addresses too, may have it.
    reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", 0))
    reserved.set_inheritable(True)
    port = reserved.getsockname()[1]

    with open(arguments.template, encoding="utf-8") as file:
        configuration = nginx_front.Template(file.read()).substitute(
            PREFIX=prefix, PORT=port, UPSTREAM=arguments.upstream, CERTIFICATE=certificate, KEY=key, MODULES=MODULES,
            USER=f"User {getpass.getuser()}" if os.geteuid() != 0 else "User www-data\nGroup www-data")
    path = os.path.join(prefix, "apache.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(configuration)

    apache = shutil.which("apache2", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if apache is None:
        sys.exit("apache_front: apache2 is not installed")
    if os.fork() == 0:
        announce(port)
        os._exit(0)
    os.execv(apache, [apache, "-D", "FOREGROUND", "-f", path])


if __name__ == "__main__":
    main()
