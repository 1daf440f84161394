# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The table of kernels says what the last run of each backend found, and keeps what other runs found."""

import pathlib
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from kernelmatrix import cases, judge, report, table  # noqa: E402

CASES = ("tls", "plain", "ktls")


def outcome(kernel: str, backend: str, status: str, counts: str) -> cases.Outcome:
    made = cases.Outcome(table.kernel_named(kernel), (backend,), "1.2.3", uprobes="perf_event")
    made.doctor = {"hooks_fentry": "no: without BTF", "hooks_kprobe": "yes, can be attached", "hooks_raw_tp": "yes"}
    made.verdicts = {backend: {case: judge.Verdict(status, counts) for case in CASES}}
    return made


class KernelTableTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = pathlib.Path(self.folder.name) / "MATRIX.md"
        self.file.write_text(f"above\n{report.BEGIN}\n| kernel |\n| --- |\n| 6.1 x86_64 |\n{report.END}\nbelow\n")

    def write(self, *outcomes: cases.Outcome) -> list[list[str]]:
        with mock.patch.object(report, "TABLE", self.file):
            report.write_table(list(outcomes))
        text = self.file.read_text()
        self.assertTrue(text.startswith("above\n") and text.endswith("\nbelow\n"))
        return list(report.rows_of(text).values())

    def test_other_kernels_and_backends_stay(self) -> None:
        self.write(outcome("6.1", "raw_tp", judge.EXACT, "8/8"))
        self.write(outcome("6.1", "kprobe", judge.EXACT, "7/7"))
        rows = self.write(outcome("5.10", "raw_tp", judge.EXACT, "9/9"))
        self.assertEqual([row[0] for row in rows], ["5.10 x86_64", "6.1 x86_64"])
        self.assertEqual(rows[1][2:7], ["no: without BTF", "7/7 + 7/7", "8/8 + 8/8", "not tried", "7/7"])

    def test_failures_are_loud(self) -> None:
        rows = self.write(outcome("6.1", "raw_tp", judge.FAILED, "7/8; one is wrong"))
        self.assertEqual(rows[0][4], "**7/8** + **7/8**")

    def test_promised_and_not_there_is_a_failure(self) -> None:
        nothing = cases.Outcome(table.kernel_named("6.1"), ("raw_tp",), "1.2.3")
        self.write(outcome("6.1", "raw_tp", judge.EXACT, "8/8"))
        self.assertEqual(self.write(nothing)[0][4], "**fails**")


if __name__ == "__main__":
    unittest.main()
