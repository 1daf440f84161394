# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The results, for a terminal, for scripts and for docs/MATRIX.md."""

import json
import pathlib
import time

from kernelmatrix import judge, table
from kernelmatrix.cases import ROOT, Outcome

BEGIN = "<!-- kernel matrix: begin -->"
END = "<!-- kernel matrix: end -->"
TABLE = ROOT / "docs/MATRIX.md"
HEADS = ["kernel", "package", *(f"`{backend}`" for backend in table.HOOKS), "kernel TLS", "uprobes by", "last run"]


def lines(outcome: Outcome) -> list[str]:
    """What came of one kernel, for a terminal."""
    verdicts = [f"{backend} {case} {verdict.text if verdict.failed else verdict.text.split(';')[0]}"
                for backend, cases in outcome.verdicts.items() for case, verdict in cases.items()]
    first = f"{'ok    ' if outcome.holds else 'FAILED'} {outcome.row.name:10} {outcome.version} ({outcome.seconds:.0f} s): "
    return [first + ("; ".join(verdicts) or "nothing recorded"), *(f"       {problem}" for problem in outcome.problems)]


def as_json(outcome: Outcome) -> dict:
    """The same for scripts; docs/JSON.md has no say here, this is a test's output."""
    return {
        "kernel": outcome.row.name, "architecture": outcome.row.architecture, "version": outcome.version,
        "seconds": round(outcome.seconds, 1), "holds": outcome.holds, "uprobes": outcome.uprobes, "doctor": outcome.doctor,
        "verdicts": {backend: {case: {"status": verdict.status, "text": verdict.text} for case, verdict in cases.items()}
                     for backend, cases in outcome.verdicts.items()},
        "problems": outcome.problems,
    }


def write_json(outcomes: list[Outcome], file: pathlib.Path) -> None:
    """Writes all results to the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([as_json(outcome) for outcome in outcomes], indent=1) + "\n", encoding="utf-8")


def cell(outcome: Outcome, backend: str) -> str:
    """TLS and plain exchanges of one backend, or why there are none; empty when nothing is known of it."""
    verdicts = outcome.verdicts.get(backend)
    if verdicts is None:
        answer = outcome.doctor.get(f"hooks_{backend}", "")
        asked = backend in outcome.hooks and backend in outcome.row.promised
        return answer if answer.startswith("no") else "**fails**" if asked else ""
    if "recording" in verdicts:
        return "**fails**"
    return " + ".join(bold(verdicts[case]) for case in ("tls", "plain"))


def bold(verdict: judge.Verdict) -> str:
    """The counts, loud where they are wrong."""
    counts = verdict.text.split(";")[0]
    return f"**{counts}**" if verdict.failed else counts


def kernel_tls(outcome: Outcome) -> str:
    """The worst of all backends; empty without any."""
    found = [cases["ktls"] for cases in outcome.verdicts.values() if "ktls" in cases]
    worst = next((verdict for verdict in found if verdict.failed), found[0] if found else None)
    return bold(worst) if worst else ""


def table_row(outcome: Outcome, before: list[str]) -> list[str]:
    """The cells of one kernel; those that say nothing now keep what an earlier run found."""
    cells = [name_of(outcome.row), outcome.version, *(cell(outcome, backend) for backend in table.HOOKS),
             kernel_tls(outcome), outcome.uprobes, time.strftime("%Y-%m-%d", time.gmtime())]
    return [new or old or "not tried" for new, old in zip(cells, before or [""] * len(cells))]


def name_of(row: table.KernelRow) -> str:
    """How the table calls a kernel."""
    return f"{row.name.removesuffix('-arm64')} {row.architecture}"


def rows_of(text: str) -> dict[str, list[str]]:
    """The rows of a table in Markdown by their first cell; of other columns than today's: none."""
    lines = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("|")]
    return {cells[0]: cells for cells in lines[2:]} if lines and lines[0] == HEADS else {}


def write_table(outcomes: list[Outcome]) -> None:
    """Puts the results into the table between its markers; rows of other kernels and everything around it stay."""
    text = TABLE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    old, after = rest.split(END, 1)
    rows = rows_of(old)
    for outcome in outcomes:
        name = name_of(outcome.row)
        rows[name] = table_row(outcome, rows.get(name, []))
    ordered = [rows[name_of(row)] for row in table.KERNELS if name_of(row) in rows]
    lines = ["| " + " | ".join(cells) + " |" for cells in (HEADS, ["---"] * len(HEADS), *ordered)]
    TABLE.write_text("\n".join([before + BEGIN, *lines, END + after]), encoding="utf-8")
