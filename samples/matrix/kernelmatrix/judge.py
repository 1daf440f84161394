# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Compares the exchanges of a capture with what servers and clients in the guest wrote down."""

import dataclasses
import hashlib
import pathlib

EXACT, FAILED, NOT_OFFERED = "exact", "failed", "no"
ENDS = ("server", "client")
SHA256_OF_NOTHING = hashlib.sha256(b"").hexdigest()
SHOWN_DIFFERENCES = 3


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One cell of the matrix; the text is for people."""

    status: str
    text: str

    @property
    def failed(self) -> bool:
        """Whether a promise was broken."""
        return self.status == FAILED


def byte_exact(log: list[dict], found: list[dict]) -> Verdict:
    """Each exchange that the server logged stands in the capture once from each end, complete, with both digests."""
    if not log:
        return Verdict(FAILED, "the servers logged nothing")
    differences = []
    for line in log:
        for role in ENDS:
            same = [each for each in found if each["role"] == role and target_of(each) == line["target"]]
            difference = "there %d times" % len(same) if len(same) != 1 else compare(line, same[0])
            if difference:
                differences.append(f"{role}: {line['method']} {line['target']}: {difference}")
    expected = len(log) * len(ENDS)
    return verdict(differences, f"{expected - len(differences)}/{expected}")


def verdict(differences: list[str], counts: str) -> Verdict:
    """Exact without differences."""
    if not differences:
        return Verdict(EXACT, counts)
    return Verdict(FAILED, f"{counts}; " + "; ".join(differences[:SHOWN_DIFFERENCES]))


def target_of(exchange: dict) -> str | None:
    """The request's target, or none where the request was not captured."""
    return exchange["request"] and exchange["request"]["target"]


def compare(line: dict, exchange: dict) -> str:
    """What is not as logged, or nothing."""
    if exchange["completeness"] != "complete" or exchange["response"] is None:
        return exchange["completeness"]
    for side in ("request", "response"):
        message = exchange[side]
        for field in ("body_bytes", "wire_body_bytes"):
            if message[field] != line[f"{side}_{field}"]:
                return f"{side}: {message[field]} {field}, {line[f'{side}_{field}']} logged"
        if (message["body_sha256"] or SHA256_OF_NOTHING) != line[f"{side}_body_sha256"]:
            return f"{side}: other bytes than logged"
    return "" if exchange["response"]["status"] == line["status"] else "another status"


def kernel_tls_sessions(before: pathlib.Path, after: pathlib.Path) -> int | None:
    """How many sessions sent by kernel TLS in between, or none where this kernel has no kernel TLS."""
    if not before.exists() or not after.exists():
        return None
    first, last = (int(dict(line.split() for line in file.read_text().splitlines())["TlsTxSw"]) for file in (before, after))
    return last - first


def kernel_tls(received: list[dict], found: list[dict], sessions: int | None) -> Verdict:
    """Files that passed SSL_write in their heads only: the heads are exact, the bodies' lengths are known, no wrong byte."""
    if sessions is None:
        return Verdict(NOT_OFFERED, "no: the kernel was built without it")
    if sessions == 0 or not received:
        return Verdict(FAILED, "the server sent nothing by kernel TLS")
    differences = []
    for line in received:
        sent = [each for each in found if each["role"] == "server" and target_of(each) == line["target"]]
        difference = "there %d times" % len(sent) if len(sent) != 1 else compare_kernel_tls(line, sent[0])
        if difference:
            differences.append(f"{line['target']}: {difference}")
    return verdict(differences, f"{len(received) - len(differences)}/{len(received)}")


def compare_kernel_tls(line: dict, exchange: dict) -> str:
    """What is not as received, or nothing."""
    response = exchange["response"]
    if response is None:
        return "no response"
    if response["status"] != line["status"] or response["headers"] != line["headers"]:
        return "another head than received"
    if response["completeness"] == "complete":
        return "" if response["body_sha256"] == line["body_sha256"] else "wrong bytes in the body"
    missing = sum(int(anomaly["detail"]) for anomaly in response["anomalies"] if anomaly["kind"] == "missing_bytes")
    known = response["wire_body_bytes"] or 0
    return "" if missing + known == line["body_bytes"] else f"{known} bytes there and {missing} accounted for, of {line['body_bytes']}"
