# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Developer test of the kernel side: records real programs and compares every stream with what they sent.

   run.py RECORDER OBJECT [CASE...]     needs root, BTF, nginx, curl and the system's Python
"""
import collections
import glob
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

import real_library
import records
import sockets

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"
LIBSSL = sorted(glob.glob("/usr/lib/*/libssl.so.3"))[0]
SIZES = [0, 1, 100, 4096, 16384, 16385, 65536, 300000, 3000000]
NGINX = """daemon off; error_log stderr error; pid {d}/pid; events {{}}
http {{ access_log off; client_body_temp_path {d}/b; proxy_temp_path {d}/p; fastcgi_temp_path {d}/f;
 uwsgi_temp_path {d}/u; scgi_temp_path {d}/s; client_max_body_size 9m;
 server {{ listen 127.0.0.1:{tls} ssl; listen 127.0.0.1:{plain}; ssl_certificate {d}/cert.pem;
  ssl_certificate_key {d}/cert.pem; root {d}; sendfile {sendfile}; location /put/ {{ dav_methods PUT; }} }} }}"""


def check(condition, what):
    if not condition:
        raise SystemExit("FAILED: " + what)


class Recording:
    """A recorder in the background; afterwards `events`, `accounts`, `losses` and the streams."""

    def __init__(self, recorder, obj, folder, library=LIBSSL, ring=64 << 20, cap=0, port=0,
                 comms=("nginx", "curl", "python3")):
        self.folder = folder
        os.makedirs(folder)
        self.out = open(folder + ".log", "w+")
        self.process = subprocess.Popen(
            [recorder, obj, library, folder, str(ring), str(cap), str(port), *comms],
            stdout=self.out, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if line == "recording\n":
                return
        raise SystemExit("FAILED: the recorder did not start")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait() == 0, "recorder's exit code")
        self.process.stderr.close()
        self.out.seek(0)
        rows = [dict(f.split("=", 1) for f in line.split() if "=" in f) for line in self.out]
        self.events = [r for r in rows if "kind" in r]
        self.losses = {int(r["loss"]): (int(r["events"]), int(r["bytes"])) for r in rows if "loss" in r}
        self.in_flight = sum(int(r["in_flight"]) for r in rows if "in_flight" in r)
        self.accounts = {}
        for r in rows:
            owner = {"tls": "1", "socket": "2"}.get(r.get("account")) or {"9": "2", "15": "1", "17": "1"}.get(r.get("kind"))
            if owner:
                for direction, text in (("0", r["out"]), ("1", r["in"])):
                    self.accounts[owner, r["gen"], direction] = tuple(map(int, text.split("/")))
        self.captured = collections.Counter()
        for r in self.events:
            if r["kind"] == "10":
                self.captured[r["owner"], r["gen"], r["dir"]] += int(r["len"])
        return self

    def digests(self, owner, direction):
        """Digest -> number of streams with these bytes."""
        found = collections.Counter()
        for name in os.listdir(self.folder):
            if re.fullmatch("%s-[0-9]+-[0-9]+-%s" % (owner, direction), name):
                with open(os.path.join(self.folder, name), "rb") as f:
                    found[hashlib.sha256(f.read()).hexdigest()] += 1
        return found

    def check_accounts(self):
        """captured + lost + skipped = produced, for each stream."""
        for key, (produced, lost, skipped) in self.accounts.items():
            check(self.captured[key] + lost + skipped == produced,
                  "account of %s: %d + %d + %d != %d" % (key, self.captured[key], lost, skipped, produced))
        check(set(self.captured) <= set(self.accounts), "streams without account")
        return sum(a[0] for a in self.accounts.values()), sum(a[1] for a in self.accounts.values())


def workload(mode, work):
    run = subprocess.run([PYTHON, HERE + "/workload.py", mode, work + "/cert.pem"], check=True,
                         stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def check_both_ends(recording, owner, truth):
    """Each stream was seen where it was sent and where it was received, once each, right to the byte."""
    expected = collections.Counter()
    for row in truth:
        expected[row["out"]] += 1
        expected[row["in"]] += 1
    for direction in "01":
        found = recording.digests(owner, direction)
        check(not expected - found, "owner %s direction %s: %d of %d streams missing or wrong" % (
            owner, direction, sum((expected - found).values()), sum(expected.values())))


def case_python(make, work, owner, mode):
    recording = make()
    truth = workload(mode, work)
    recording.stop()
    check(not any(events for events, _ in recording.losses.values()), "losses: %s" % recording.losses)
    check_both_ends(recording, owner, truth)
    produced, _ = recording.check_accounts()
    ports = {r["local"] for r in recording.events if r["kind"] == "5"}
    check({str(row["port"]) for row in truth} <= ports, "connect events with the right ports")
    if owner == "1":
        bound = {r["gen"] for r in recording.events if r["kind"] == "18" and r["method"] == "2" and r["inode"] != "0"}
        check(len(bound) == 2 * len(truth), "a nested socket for every session: %d" % len(bound))
    print("ok %s: %d connections, %d bytes" % (mode, len(truth), produced))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def case_nginx(make, work, sendfile):
    tls, plain = free_port(), free_port()
    recording = make()
    with open(work + "/nginx.conf", "w") as f:
        f.write(NGINX.format(d=work, tls=tls, plain=plain, sendfile=sendfile))
    nginx = subprocess.Popen(["nginx", "-p", work, "-c", work + "/nginx.conf"], stderr=subprocess.DEVNULL)
    bodies = {}
    for scheme, port in (("https", tls), ("http", plain)):
        for size in SIZES:
            url = "%s://127.0.0.1:%d" % (scheme, port)
            subprocess.run(["curl", "-sk", "--retry", "9", "--retry-connrefused", "-o", work + "/got", "--http1.1",
                            url + "/%d" % size], check=True)
            subprocess.run(["curl", "-sk", "--http1.1", "-o", "/dev/null", "-T", work + "/%d" % size,
                            url + "/put/%d" % size], check=True)
            with open(work + "/%d" % size, "rb") as f:
                bodies[size] = f.read()
    nginx.send_signal(signal.SIGQUIT)
    nginx.wait()
    recording.stop()
    check(not any(e for e, _ in recording.losses.values()), "losses: %s" % recording.losses)
    recording.check_accounts()
    for owner in "12":
        for direction in "01":
            whole = collections.Counter()
            for name in glob.glob("%s/%s-*-%s" % (recording.folder, owner, direction)):
                with open(name, "rb") as f:
                    content = f.read()
                if b"\r\n\r\n" in content:
                    whole[content[content.rindex(b"\r\n\r\n", 0, 2000) + 4:]] += 1
            for size, content in bodies.items():
                if sendfile == "on" and owner == "2" and size and direction == "0":
                    continue
                check(whole[content] >= 2, "nginx owner %s direction %s: body of %d seen %d times" % (
                    owner, direction, size, whole[content]))
    moved = sum(int(r["len"]) for r in recording.events if r["kind"] == "11" and r["cause"] == "1")
    check(moved == (sum(SIZES) if sendfile == "on" else 0), "bytes by sendfile: %d" % moved)
    print("ok nginx: sendfile %s" % sendfile)


def case_small_ring(make, work):
    recording = make(ring=65536)
    truth = workload("plain", work) + workload("tls", work)
    recording.stop()
    produced, lost = recording.check_accounts()
    check(lost > 0 and lost == sum(b for c, (_, b) in recording.losses.items() if c in (1, 3)),
          "lost bytes of the streams and of the counters: %d, %s" % (lost, recording.losses))
    print("ok small ring: %d connections, produced %d, lost %d" % (len(truth), produced, lost))


def case_cap(make, work):
    recording = make(cap=10000)
    workload("tls", work)
    recording.stop()
    recording.check_accounts()
    cut = sum(int(r["len"]) for r in recording.events if r["kind"] == "11" and r["cause"] == "2")
    check(cut > 0 and cut == recording.losses[6][1], "cut bytes told: %d, %s" % (cut, recording.losses))
    print("ok cap: %d bytes cut" % cut)


def streams_of(recording):
    """(owner, generation, direction) -> bytes."""
    found = {}
    for name in sorted(os.listdir(recording.folder)):
        owner, _, generation, direction = name.split("-")
        with open(os.path.join(recording.folder, name), "rb") as f:
            found[owner, int(generation), direction] = f.read()
    return found


def case_calls(make, work):
    """fakessl.c: jumps, nested and failed calls, lives of an address, descriptors."""
    library = work + "/fakessl.so"
    subprocess.run(["cc", "-O2", "-fPIC", "-shared", "-o", library, HERE + "/fakessl.c"], check=True)
    recording = make(library=library)
    subprocess.run([PYTHON, HERE + "/fakessl.py", library], check=True)
    recording.stop()
    found = {key: value for key, value in streams_of(recording).items() if key[0] == "1"}
    expected = {("1", 1, "0"): b"jumpshort wrstill", ("1", 1, "1"): b"answer", ("1", 2, "0"): b"cleared",
                ("1", 3, "0"): b"[outer]", ("1", 4, "0"): b"inner"}
    check(found == expected, "streams of the fake library: %s" % found)
    recording.check_accounts()
    life = [(r["kind"], r["gen"]) for r in recording.events if r["kind"] in ("13", "15", "16", "17")]
    check(life == [("13", "1"), ("16", "1"), ("15", "1"), ("17", "2"), ("13", "3"), ("13", "4"), ("17", "3"),
                   ("17", "4")], "events of life: %s" % life)
    inode = next(r["inode"] for r in recording.events if r["kind"] == "5")
    bound = [(r["gen"], r["inode"], r["directions"]) for r in recording.events if r["kind"] == "18"]
    check(bound == [("1", inode, "3"), ("3", inode, "2"), ("3", "0", "1"), ("4", "0", "0")], "bindings: %s" % bound)
    print("ok calls: jumps, nesting, lives, descriptors")
    flight = make(library=library)
    subprocess.run([PYTHON, HERE + "/fakecalls.py", library], check=True)
    flight.stop()
    check_flight(flight)
    print("ok calls: peeks, early data, transfers, skipped returns, depth")


def check_flight(recording):
    """fakecalls.py: each byte once, whatever is inside or after what."""
    found = {key: value for key, value in streams_of(recording).items() if key[0] == "1"}
    out = found.pop(("1", 1, "0"))
    check(out == b"early" + bytes(1000) + b"other libraryend", "egress of the first session")
    sent = [(r["pos"], r["len"], r["call"]) for r in recording.events if r["kind"] == "11"]
    check(sent == [("5", "1000", "10"), ("1021", str(6 << 30), "10")], "transfers: %s" % sent)
    nested = {key: value for key, value in found.items() if key[1] > 2}
    check(list(nested.values()) == 8 * [b"nested"], "sessions inside one another: %s" % nested)
    rest = {key: value for key, value in found.items() if key[1] <= 2}
    expected = {("1", 1, "1"): b"ans" b"answ" b"answe", ("1", 2, "0"): b"afteragain", ("1", 2, "1"): b"answ"}
    check(rest == expected, "streams: %s" % rest)
    # The two calls that are too deep are counted: their sessions are not known when they return.
    check(recording.losses[5] == (2, 12) and recording.losses[4][0] == 2, "losses: %s" % recording.losses)
    life = [(r["kind"], r["gen"]) for r in recording.events if r["kind"] in ("13", "14", "17")]
    check(life == [("13", "1"), ("14", "1"), ("17", "1"), ("13", "2"), ("17", "2")], "events of life: %s" % life)
    plain = [value for key, value in streams_of(recording).items() if key[0] == "2" and key[2] == "0"]
    check(plain == [b"GET /plain HTTP/1.1\r\n\r\n"], "a plain call after a skipped return: %s" % plain)
    check(not [r for r in recording.events if r["kind"] == "18" and r["inode"] != "0"], "bindings to a plain socket")
    check(recording.in_flight == 0, "threads with calls in flight at the end: %d" % recording.in_flight)


def case_filters(make, work):
    """A child of a target is a target; a port filter keeps what is no HTTP, and nothing else."""
    ports = [free_port(), free_port()]
    script = r"""if 1:
        import os, socket, sys
        pid = os.fork()
        for port in map(int, sys.argv[1:]):
            server = socket.create_server(("127.0.0.1", port if pid else 0))
            client = socket.create_connection(server.getsockname())
            peer = server.accept()[0]
            client.sendall(b"SSH-2.0-x"); peer.recv(99)
            peer.sendall(b"GET / HTTP/1.1\r\n\r\n"); client.recv(99)
        pid and os.waitpid(pid, 0)
    """
    for port, kept in ((ports[1], 2), (0, 0)):
        recording = make(port=port)
        subprocess.run([PYTHON, "-c", script, *map(str, ports)], check=True)
        recording.stop()
        recording.check_accounts()
        found = sorted(streams_of(recording).values())
        check(found == kept * [b"GET / HTTP/1.1\r\n\r\n"] + kept * [b"SSH-2.0-x"], "kept streams: %s" % found)
        kinds = collections.Counter(r["kind"] for r in recording.events)
        check(kinds["5"] == kinds["6"] == kinds["9"] / 2 == (1 if port else 4), "sockets told: %s" % kinds)
        check(kinds["2"] == 1 and kinds["3"] == 2, "processes told: %s" % kinds)
    print("ok filters: names, children, ports")


def case_tls_ports(make, work):
    """TLS over a port that is not asked for is counted, not copied; the port shows before the first byte."""
    ports = [free_port(), free_port()]
    script = r"""if 1:
        import socket, ssl, sys, threading
        server_side, client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl._create_unverified_context()
        server_side.load_cert_chain(sys.argv[1])
        def serve(server):
            peer = server_side.wrap_socket(server.accept()[0], server_side=True)
            peer.sendall(b"for " + peer.recv(99)); peer.recv(99)
        for port in sys.argv[2:]:
            server = socket.create_server(("127.0.0.1", int(port)))
            thread = threading.Thread(target=serve, args=(server,)); thread.start()
            # The descriptor is given before it is connected.
            client = client_side.wrap_socket(socket.socket()); client.connect(("127.0.0.1", int(port)))
            client.sendall(port.encode()); client.recv(99); client.close(); thread.join()
    """
    recording = make(port=ports[1])
    subprocess.run([PYTHON, "-c", script, work + "/cert.pem", *map(str, ports)], check=True)
    recording.stop()
    recording.check_accounts()
    port = b"%d" % ports[1]
    found = sorted(streams_of(recording).values())
    check(found == sorted(2 * [port, b"for " + port]), "kept streams: %s" % found)
    skipped = sorted(a[2] for key, a in recording.accounts.items() if key[0] == "1" and a[2])
    check(skipped == sorted(2 * [len(port), 4 + len(port)]), "skipped bytes: %s" % skipped)
    bound = {r["inode"] for r in recording.events if r["kind"] == "18"}
    told = {r["inode"] for r in recording.events if r["kind"] in ("5", "6", "7")}
    check(bound == told and len(told) == 2, "sockets told: %s, bound: %s" % (told, bound))
    print("ok tls ports: by the socket that a session turns out to use")


def case_late(make, work):
    """Sockets that are older than the recording, and the turn at which HTTP shows; roles by what the kernel knows."""
    script = r"""if 1:
        import socket, sys
        def connected():
            server = socket.create_server(("127.0.0.1", 0))
            client = socket.create_connection(server.getsockname())
            return client, server.accept()[0]
        pairs = [connected() for _ in range(5)]
        print(flush=True); sys.stdin.readline()
        for (client, peer), turns in zip(pairs, TURNS):
            for number, data in enumerate(turns):
                sender, receiver = (client, peer) if number % 2 else (peer, client)
                sender.sendall(data); receiver.recv(999)
    """
    head = b"\0\0\5\1\4\0\0\0\3abcde"
    turns = [
        [b"rest of an answer", b"GET /late HTTP/1.1\r\n\r\n", b"HTTP/1.1 204 No\r\n\r\n"],  # kept from the second on
        [b"\0\0\5\0\1\0\0\0\1abcde", head],  # HTTP/2 at once
        [b"middle of a frame", head],  # HTTP/2 at the second turn
        [b"\x81\x05abcde", b"\x81\x85mask12345"],  # WebSocket at once
        [b"\x81\x06abcde", b"\x0a\x00\x00\x00\x03SELECT", b"\xff\xfe\xfd\xfc"],  # none of these
    ]
    process = subprocess.Popen([PYTHON, "-c", script.replace("TURNS", repr(turns))], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    process.stdout.readline()
    recording = make(comms=())
    process.communicate(b"\n")
    recording.stop()
    recording.check_accounts()
    mine = [r for r in recording.events if r["tgid"] == str(process.pid)]
    shown = [r for r in mine if r["kind"] == "7"]
    check(sorted(r["role"] for r in shown) == ["1"] * 5 + ["2"] * 5, "existing events of both ends, with roles")
    for number, (kept_from, spoken) in enumerate(zip((1, 0, 1, 0, 9), turns)):
        for end in shown[2 * number:2 * number + 2]:
            data = [(r["dir"], int(r["len"])) for r in mine if r["kind"] == "10" and r["gen"] == end["gen"]]
            out = "1" if end["role"] == "2" else "0"  # direction of even turns is that of the server
            expected = [("01"[(turn % 2 == 0) != (out == "1")], len(text))
                        for turn, text in enumerate(spoken) if turn >= kept_from]
            check(data == expected, "late data of %d: %s, not %s" % (number, data, expected))
    print("ok late: sockets older than the recording")


def case_slots(make, work):
    """Calls that were preempted on every CPU have all slots but the last, which does; then all, which is counted."""
    for taken in (7, 8):
        os.environ["BUSY_SLOTS"] = str(taken)
        recording = make()
        truth = workload("plain", work)
        recording.stop()
        del os.environ["BUSY_SLOTS"]
        if taken == 7:
            check(not any(events for events, _ in recording.losses.values()), "losses: %s" % recording.losses)
            check_both_ends(recording, "2", truth)
        else:
            check(not recording.captured and recording.losses[4][0] > len(truth), "losses: %s" % recording.losses)
    print("ok slots: the last one of eight, and none")


def case_late_pages(make, work):
    """TLS: a page served late delays its own call only; pages that are gone at the return are lost, and no others."""
    name = work + "/tapedecklate"
    os.symlink(PYTHON, name)
    recording = make(comms=("tapedecklate",))
    meanwhile = int(subprocess.run([name, HERE + "/late_tls.py", work + "/cert.pem"], check=True,
                                   stdout=subprocess.PIPE, timeout=60).stdout)
    recording.stop()
    recording.check_accounts()
    content = bytes(i % 251 + 1 for i in range(65536)) * 64
    accounts = {key: account for key, account in recording.accounts.items() if key[0] == "1"}
    check(meanwhile > 0, "another session went on: %d" % meanwhile)
    check(sorted(a[:2] for a in accounts.values() if a[0]) == [(9 * meanwhile, 0)] * 2 + [(4 << 20, 0), (4 << 20, 65536)],
          "accounts: %s" % accounts)
    check(recording.losses[3][1] == 65536, "losses: %s" % recording.losses)
    large = [data for (owner, _, _), data in streams_of(recording).items() if len(data) == 4 << 20]
    hole = content[:4096] + bytes(65536) + content[4096 + 65536:]
    check(digests_of(large) == digests_of([content, hole]), "bytes of the sessions")
    print("ok late pages: %d writes meanwhile" % meanwhile)


def digests_of(streams):
    return sorted(hashlib.sha256(data).hexdigest() for data in streams)


def main():
    recorder, obj = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        os.makedirs(work + "/put", 0o777)
        os.chmod(work + "/put", 0o777)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=t", "-keyout",
                        work + "/cert.pem", "-out", work + "/c"], check=True, stderr=subprocess.DEVNULL)
        subprocess.run("cat %s/c >> %s/cert.pem" % (work, work), shell=True, check=True)
        for size in SIZES:
            with open(work + "/%d" % size, "wb") as f:
                f.write(hashlib.shake_128(b"file%d" % size).digest(size))
        count = [0]

        def make(**options):
            count[0] += 1
            return Recording(recorder, obj, "%s/streams%d" % (work, count[0]), **options)

        cases = {
            "plain": lambda: case_python(make, work, "2", "plain"),
            "tls": lambda: case_python(make, work, "1", "tls"),
            "nginx": lambda: case_nginx(make, work, "off"),
            "sendfile": lambda: case_nginx(make, work, "on"),
            "ring": lambda: case_small_ring(make, work),
            "calls": lambda: case_calls(make, work),
            "filters": lambda: case_filters(make, work),
            "tlsports": lambda: case_tls_ports(make, work),
            "library": lambda: real_library.run(make, streams_of, check, work),
            "late": lambda: case_late(make, work),
            "slots": lambda: case_slots(make, work),
            "pages": lambda: case_late_pages(make, work),
            "records": lambda: records.run(make, streams_of, check, (PYTHON, records.PAIRS), work),
            "cap": lambda: case_cap(make, work),
            "sockets": lambda: sockets.run(make, work, check, PYTHON),
            "smallring": lambda: sockets.run(make, work, check, PYTHON, ring=128 << 10, lossless=False),
        }
        for name in sys.argv[3:] or cases:
            cases[name]()


main()
