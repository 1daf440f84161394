# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the cases in a guest and judges what it sent back."""

import dataclasses
import json
import pathlib
import re
import subprocess

from kernelmatrix import judge, machine, table

SAMPLES = pathlib.Path(__file__).resolve().parents[2]
ROOT = SAMPLES.parent
DISTRIBUTION = ROOT / "bin/target/tapedeck"
OUTPUT = SAMPLES / "target/test-output/kernels"
ANALYZER_TIMEOUT_SECONDS = 300
DOCTOR_LINE = re.compile(r"^(yes|no) +(\S+) +(.*)$")


@dataclasses.dataclass
class Outcome:
    """What came of one kernel: its answers (doctor), and a verdict for each backend that was asked for and each case."""

    row: table.KernelRow
    hooks: tuple[str, ...]
    version: str = ""
    seconds: float = 0
    doctor: dict[str, str] = dataclasses.field(default_factory=dict)
    uprobes: str = ""
    verdicts: dict[str, dict[str, judge.Verdict]] = dataclasses.field(default_factory=dict)
    problems: list[str] = dataclasses.field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything promised was kept."""
        return not self.problems


def guest_files() -> dict[str, pathlib.Path]:
    """What every guest gets below /matrix: the tools, the sample services and the cases."""
    if not (DISTRIBUTION / "lib").is_dir():
        raise FileNotFoundError(f"no build at {DISTRIBUTION}: run make build")
    libraries = {f"tapedeck/lib/{file.name}": file for file in (DISTRIBUTION / "lib").iterdir() if file.name != "cds"}
    return {"tapedeck/bin": DISTRIBUTION / "bin", "apps": SAMPLES / "apps", "guest": SAMPLES / "matrix/guest", **libraries}


def run(row: table.KernelRow, hooks: tuple[str, ...], timeout_seconds: int) -> Outcome:
    """Boots the kernel, runs the cases with these backends where it has them, and compares."""
    outcome = Outcome(row, hooks)
    guest = machine.Machine(row, OUTPUT / row.name)
    outcome.version = guest.image.version
    wanted = guest.folder / "hooks"
    wanted.write_text("\n".join(hooks) + "\n")
    files = {**guest_files(), "hooks": wanted, "program": SAMPLES / "matrix/guest/cases"}
    try:
        result = guest.run(files, timeout_seconds)
    except machine.MachineError as e:
        outcome.problems.append(str(e))
        return outcome
    outcome.seconds = result.seconds
    outcome.doctor = read_doctor(result.out / "doctor.txt")
    for backend in hooks:
        folder = result.out / backend
        if folder.is_dir():
            outcome.verdicts[backend] = judge_backend(backend, folder, result.out / "digests.ndjson", outcome)
        elif backend in row.promised:
            outcome.problems.append(f"{backend}: promised, but {outcome.doctor.get('hooks_' + backend, 'doctor names it not')}")
    for backend, verdicts in outcome.verdicts.items():
        outcome.problems += [f"{backend}, {case}: {verdict.text}" for case, verdict in verdicts.items() if verdict.failed]
    return outcome


def read_doctor(file: pathlib.Path) -> dict[str, str]:
    """Doctor's answers by the name of the check; those that are a no begin with `no`."""
    answers = {}
    for line in file.read_text().splitlines():
        match = DOCTOR_LINE.match(line)
        if match:
            answer, name, detail = match.groups()
            answers[name] = detail if answer == "yes" or detail.startswith("no") else f"no: {detail}"
    return answers


def judge_backend(backend: str, folder: pathlib.Path, digests: pathlib.Path, outcome: Outcome) -> dict[str, judge.Verdict]:
    """The verdicts on the capture that was made with the backend."""
    capture = folder / "capture.tape"
    said = (folder / "recorder.txt").read_text()
    if not capture.exists():
        return {"recording": judge.Verdict(judge.FAILED, f"no capture: {said.strip()[-300:]}")}
    log = [line for line in read_lines(digests) if f"seed={backend}-" in line["target"]]
    found = list(read_analyzer(capture, "exchanges", "--format", "ndjson", "--bodies", "sha256", "--both-ends"))
    info = json.loads(read_text(capture, "info", "--format", "json"))[0]
    outcome.uprobes = info["attributes"].get("hooks.uprobes", info["attributes"].get("hooks.tls", ""))
    client_errors = (folder / "client.txt").read_text().strip()
    if client_errors or info["attributes"].get("hooks.sockets") != backend:
        wrong = client_errors or f"the capture was made with {info['attributes'].get('hooks.sockets')}"
        return {"recording": judge.Verdict(judge.FAILED, wrong[-300:])}
    return {
        "tls": judge.byte_exact([line for line in log if f"seed={backend}-plain" not in line["target"]], found),
        "plain": judge.byte_exact([line for line in log if f"seed={backend}-plain" in line["target"]], found),
        "ktls": judge.kernel_tls(read_lines(folder / "ktls.ndjson"), found,
                                 judge.kernel_tls_sessions(folder / "tls_stat.before", folder / "tls_stat.after")),
    }


def read_lines(file: pathlib.Path) -> list[dict]:
    """A file of JSON lines."""
    return [json.loads(line) for line in file.read_text().splitlines()]


def read_analyzer(capture: pathlib.Path, *arguments: str) -> list[dict]:
    """What the analyzer prints about the capture, as JSON lines."""
    return [json.loads(line) for line in read_text(capture, *arguments).splitlines()]


def read_text(capture: pathlib.Path, command: str, *arguments: str) -> str:
    """What the analyzer prints about the capture."""
    result = subprocess.run([str(ROOT / "bin/analyzer"), command, str(capture), *arguments], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, timeout=ANALYZER_TIMEOUT_SECONDS, check=False)
    if result.returncode not in (0, 1):
        raise OSError(f"analyzer {command}: {result.stderr.strip()[-300:]}")
    return result.stdout
