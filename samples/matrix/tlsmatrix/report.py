# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The results, for a terminal and for docs/MATRIX.md."""

import platform
import time
from typing import Iterable

from tlsmatrix.compare import Side
from tlsmatrix.rows import Outcome, Row
from tlsmatrix.workshop import REPOSITORY

BEGIN = "<!-- tls matrix: begin -->"
END = "<!-- tls matrix: end -->"
TABLE = REPOSITORY / "docs" / "MATRIX.md"


def line(row: Row, outcome: Outcome) -> str:
    sides = "; ".join(f"{side.role} {exact(side)} exact, links {links(side)}" for side in outcome.sides)
    return f"{'ok    ' if outcome.ok else 'FAILED'} {row.name:22} {sides or 'nothing recorded'}  ({outcome.seconds:.1f} s)"


def exact(side: Side) -> str:
    return f"{side.exact}/{side.expected}"


def links(side: Side) -> str:
    text = f"{side.right_links}/{side.expected}"
    if side.missing_links:
        text += f", {side.missing_links} missing"
    if side.wrong_links:
        text += f", {side.wrong_links} wrong"
    return text


def table(outcomes: Iterable[tuple[Row, Outcome]]) -> list[str]:
    lines = ["| stack | OpenSSL | recorded side | byte-exact | right socket | |", "|---|---|---|---|---|---|"]
    for row, outcome in outcomes:
        for side in outcome.sides or [Side("none")]:
            holds = outcome.ok or (side.bytes_ok and side.links_ok and not outcome.problems)
            lines.append(f"| {row.stack} | {row.library} | {side.role} | {exact(side)} | {links(side)} "
                         f"| {'ok' if holds else '**fails**'} |")
    return lines


def write(outcomes: list[tuple[Row, Outcome]]) -> None:
    """Puts the table between its markers; everything around it stays."""
    text = TABLE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    said = f"Kernel {platform.release().split('-')[0]} ({platform.machine()}), {time.strftime('%Y-%m-%d', time.gmtime())}."
    TABLE.write_text("\n".join([before + BEGIN, said, "", *table(outcomes), END + after]), encoding="utf-8")
