#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Starts nginx in front of a service, unprivileged state and all, and becomes it.

The listening socket is made here on a free port and handed to nginx (its NGINX variable, meant for
upgrades without a gap), so no other program can take the port in between and a client may connect as soon
as `ready PORT` is printed. The process id stays: SIGTERM to it stops nginx. In the template @NAME@ stands for PREFIX, PORT,
UPSTREAM, USER, CERTIFICATE and KEY.
"""

import argparse
import getpass
import os
import shutil
import socket
import string
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import httpserver  # noqa: E402


class Template(string.Template):
    pattern = r"@(?:(?P<escaped>@)|(?P<named>[A-Z]+)@|(?P<braced>[A-Z]+)@|(?P<invalid>))"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--template", required=True, help="nginx.conf with @NAME@ places")
    parser.add_argument("--upstream", required=True, type=int, help="port of the service")
    parser.add_argument("--prefix", required=True, help="directory for configuration and temp files")
    arguments = parser.parse_args()

    prefix = os.path.abspath(arguments.prefix)
    os.makedirs(os.path.join(prefix, "temp"), exist_ok=True)
    certificate, key = httpserver.make_certificate(prefix)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(511)
    port = listener.getsockname()[1]

    with open(arguments.template, encoding="utf-8") as file:
        configuration = Template(file.read()).substitute(
            PREFIX=prefix, PORT=port, UPSTREAM=arguments.upstream, CERTIFICATE=certificate, KEY=key,
            USER=f"user {getpass.getuser()};" if os.geteuid() == 0 else "")
    path = os.path.join(prefix, "nginx.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(configuration)

    nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if nginx is None:
        sys.exit("nginx_front: nginx is not installed")
    print(f"ready {port}", flush=True)
    # nginx takes inherited sockets as they are: a worker that lost the race for a connection would wait in accept for the next.
    listener.setblocking(False)
    listener.set_inheritable(True)
    log = os.path.join(prefix, "error.log")
    environment = dict(os.environ, NGINX=f"{listener.fileno()};")
    os.execve(nginx, ["nginx", "-p", prefix, "-c", path, "-e", log], environment)


if __name__ == "__main__":
    main()
