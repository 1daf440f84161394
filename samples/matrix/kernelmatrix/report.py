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
    """TLS and plain exchanges of one backend, or why there are none."""
    verdicts = outcome.verdicts.get(backend)
    if verdicts is None:
        return outcome.doctor.get(f"hooks_{backend}", "not tried").removeprefix("yes, ")
    if "recording" in verdicts:
        return "**fails**"
    return " + ".join(bold(verdicts[case]) for case in ("tls", "plain"))


def bold(verdict: judge.Verdict) -> str:
    """The counts, loud where they are wrong."""
    counts = verdict.text.split(";")[0]
    return f"**{counts}**" if verdict.failed else counts


def kernel_tls(outcome: Outcome) -> str:
    """The worst of all backends."""
    found = [cases["ktls"] for cases in outcome.verdicts.values() if "ktls" in cases]
    worst = next((verdict for verdict in found if verdict.failed), found[0] if found else None)
    return bold(worst) if worst else "not tried"


def table_lines(outcomes: list[Outcome]) -> list[str]:
    """The table in Markdown."""
    heads = ["kernel", "package", *(f"`{backend}`" for backend in table.HOOKS), "kernel TLS", "uprobes by", ""]
    rows = [[f"{outcome.row.name.removesuffix('-arm64')} {outcome.row.architecture}", outcome.version,
             *(cell(outcome, backend) for backend in table.HOOKS), kernel_tls(outcome), outcome.uprobes or "-",
             "ok" if outcome.holds else "**fails**"] for outcome in outcomes]
    return ["| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *rows)]


def write_table(outcomes: list[Outcome]) -> None:
    """Puts the table between its markers; everything around it stays."""
    text = TABLE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    said = f"{time.strftime('%Y-%m-%d', time.gmtime())}, qemu without KVM."
    TABLE.write_text("\n".join([before + BEGIN, said, "", *table_lines(outcomes), END + after]), encoding="utf-8")
