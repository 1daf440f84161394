# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The comparison finds what is wrong with a capture: a table that cannot fail says nothing."""

import copy
import hashlib
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from tlsmatrix import plan  # noqa: E402
from tlsmatrix.compare import Line, Ports, Side, compare, logs_differ  # noqa: E402
from tlsmatrix.streams import Session  # noqa: E402

TARGET = "/b/100/7/0001"
TRUTH: dict[str, Line] = {TARGET: {
    "method": "PUT", "target": TARGET, "request_bytes": 3, "request_sha256": "aa", "response_bytes": 100,
    "response_sha256": "bb", "client_port": 1000, "server_port": 2000}}
PORTS = {TARGET: Ports(1000, 2000)}
EXCHANGE: Line = {
    "completeness": "complete", "client": {"port": 1000}, "server": {"port": 2000}, "link": {"method": "set_fd"},
    "request": {"method": "PUT", "target": TARGET, "body_bytes": 3, "body_sha256": "aa"},
    "response": {"body_bytes": 100, "body_sha256": "bb"}}


def compared(*changes: tuple[str, str, object], times: int = 1) -> Side:
    exchange = copy.deepcopy(EXCHANGE)
    for part, name, value in changes:
        exchange[part][name] = value
    return compare("server", [exchange] * times, TRUTH, PORTS)


class CompareTest(unittest.TestCase):
    def test_equal_holds(self) -> None:
        side = compared()
        self.assertTrue(side.bytes_ok and side.links_ok)

    def test_other_bytes_are_found(self) -> None:
        for part in ("request", "response"):
            self.assertFalse(compared((part, "body_sha256", "cc")).bytes_ok)
            self.assertFalse(compared((part, "body_bytes", 4)).bytes_ok)

    def test_missing_answer_is_found(self) -> None:
        self.assertFalse(compare("server", [{**EXCHANGE, "response": None}], TRUTH, PORTS).bytes_ok)

    def test_incomplete_exchange_is_found(self) -> None:
        self.assertFalse(compare("server", [{**EXCHANGE, "completeness": "gap"}], TRUTH, PORTS).bytes_ok)

    def test_missing_exchange_is_found(self) -> None:
        self.assertFalse(compare("server", [], TRUTH, PORTS).bytes_ok)

    def test_exchange_twice_is_found(self) -> None:
        self.assertFalse(compared(times=2).bytes_ok)

    def test_exchange_that_nobody_sent_is_found(self) -> None:
        self.assertFalse(compared(("request", "target", "/b/1/1/0002")).bytes_ok)

    def test_wrong_link_is_found(self) -> None:
        side = compared(("client", "port", 1001))
        self.assertEqual((side.wrong_links, side.links_ok), (1, False))

    def test_missing_link_is_no_right_one(self) -> None:
        side = compared(("client", "port", None), ("server", "port", None))
        self.assertEqual((side.missing_links, side.bytes_ok, side.links_ok), (1, True, False))

    def test_nothing_expected_is_no_success(self) -> None:
        self.assertFalse(compare("server", [], {}, {}).bytes_ok)

    def test_logs_that_differ_are_found(self) -> None:
        self.assertEqual(logs_differ(TRUTH, TRUTH), [])
        self.assertTrue(logs_differ(TRUTH, {}))
        self.assertTrue(logs_differ(TRUTH, {TARGET: {**TRUTH[TARGET], "request_sha256": "cc"}}))


class StreamsTest(unittest.TestCase):
    def session(self, *parts: tuple[int, bytes]) -> Session:
        session = Session("server")
        session.data["egress"] = [{"position": position, "captured_bytes": len(data),
                                   "payload_sha256": hashlib.sha256(data).hexdigest()} for position, data in parts]
        return session

    def test_whole_stream_is_carried_in_any_order(self) -> None:
        self.assertTrue(self.session((2, b"cd"), (0, b"ab")).carried("egress", b"abcd"))

    def test_gap_end_and_other_bytes_are_found(self) -> None:
        self.assertFalse(self.session((0, b"ab"), (3, b"d")).carried("egress", b"abcd"))
        self.assertFalse(self.session((0, b"ab")).carried("egress", b"abcd"))
        self.assertFalse(self.session((0, b"ab"), (2, b"xd")).carried("egress", b"abcd"))

    def test_gap_agrees_and_other_bytes_do_not(self) -> None:
        self.assertTrue(self.session((0, b"ab"), (3, b"d")).agrees("egress", b"abcd"))
        self.assertFalse(self.session((1, b"ab")).agrees("egress", b"abcd"))


class PlanTest(unittest.TestCase):
    def test_full_plan_has_every_size_and_method_and_no_target_twice(self) -> None:
        requests = list(plan.requests(plan.FULL))
        self.assertEqual(len({request.target for request in requests}), 401)
        sent = {(request.method, max(request.body_bytes, int(request.target.split("/")[2]))) for request in requests}
        for size in plan.SIZES:
            self.assertIn(("GET", size), sent)
            self.assertIn(("PUT", max(size, plan.ANSWER_BYTES)), sent)

    def test_bodies_of_equal_size_differ(self) -> None:
        seeds = [request.seed for request in plan.requests(plan.FULL)]
        self.assertEqual(len(set(seeds)), len(seeds))


if __name__ == "__main__":
    unittest.main()
