# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The rows of the matrix."""

from typing import Callable

from tlsmatrix import curl, fronts, libraries, packages, postgres, sources
from tlsmatrix.rows import BLOCKING, Peer, Row, both_sides, front
from tlsmatrix.workshop import PEERS, PYTHON, Workshop

SHORT_NODE = "12.22.12"


def node(version: str) -> Callable[[Workshop], Peer]:
    return lambda workshop: Peer([str(packages.node(workshop.cache, version)), str(PEERS / "node_peer.js")])


def c_peer(library: str, ways: str) -> Callable[[Workshop], Peer]:
    return lambda workshop: libraries.c_peer(workshop.cache, library, ways)


def ruby() -> Peer:
    return Peer([fronts.program("ruby"), str(PEERS / "ruby_peer.rb")])


def php() -> Peer:
    return Peer([fronts.program("php"), str(PEERS / "php_peer.php")])


def rows() -> list[Row]:
    """All rows, oldest library first."""
    asyncio = Peer([PYTHON, str(PEERS / "asyncio_peer.py")])
    return [
        *(Row(f"node-{version}", f"Node.js {version}", f"{library}, linked in", both_sides(node(version)),
              short=version == SHORT_NODE, memory_bios=True)
          for version, library in sources.NODES.items()),
        Row("libssl-1.1.1", "C on libssl, SSL_read", "Debian 11's 1.1.1w", both_sides(c_peer("1.1.1", ""))),
        Row("libssl-3.0", "C on libssl, socket BIO, SSL_peek", "Debian 12's 3.0",
            both_sides(lambda workshop: libraries.system_c_peer(workshop.cache, "bp")), short=True),
        Row("libssl-3.5", "C on libssl, SSL_read_ex", "Debian 13's 3.5", both_sides(c_peer("3.5", "e"))),
        Row("libssl-4.0", "C on libssl, SSL_read_ex", "Debian experimental's 4.0", both_sides(c_peer("4.0", "e"))),
        Row("libssl-4.0-memory", "C on libssl, memory BIOs", "Debian experimental's 4.0", both_sides(c_peer("4.0", "m")),
            memory_bios=True),
        Row("python", "Python 3.11, blocking", "Debian 12's 3.0", both_sides(lambda _: BLOCKING), short=True),
        Row("asyncio", "Python 3.11, asyncio", "Debian 12's 3.0", both_sides(lambda _: asyncio), short=True,
            memory_bios=True),
        Row("ruby", "Ruby 3.1, WEBrick and Net::HTTP", "Debian 12's 3.0", both_sides(lambda _: ruby())),
        Row("php", "PHP 8.2, streams", "Debian 12's 3.0", both_sides(lambda _: php())),
        Row("curl", "curl, parallel", "Debian 12's 3.0", curl.measure, short=True),
        Row("nginx", "nginx", "Debian 12's 3.0", front(fronts.NGINX), short=True),
        Row("apache", "Apache, event MPM", "Debian 12's 3.0", front(fronts.APACHE)),
        Row("haproxy", "HAProxy", "Debian 12's 3.0", front(fronts.HAPROXY)),
        Row("stunnel", "stunnel4", "Debian 12's 3.0", front(fronts.STUNNEL)),
        Row("postgres", "PostgreSQL 15", "Debian 12's 3.0", postgres.measure),
    ]
