# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Every way to move bytes over a stream socket, both ends here, and what each end must have carried.

   socket_calls.py FOLDER CASE...   the bytes of each end go to FOLDER/INODE-DIRECTION (0 out, 1 in), a
                                    JSON line with what is to be expected of it to FOLDER/truth.jsonl
"""
import array
import contextlib
import ctypes
import fcntl
import json
import mmap
import os
import socket
import sys
import threading

from paging import LateMemory

LIBC = ctypes.CDLL(None, use_errno=True)
REQUEST = b"POST /calls HTTP/1.1\r\nHost: t\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\n\r\n"
FOLDER = sys.argv[1]


BLOCK = bytes((i * 7 + i // 251) % 255 + 1 for i in range(65537 + 2048))


def body(size, seed=7):
    if size + seed < len(BLOCK):
        return BLOCK[seed:seed + size]
    return (BLOCK * (size // len(BLOCK) + 2))[seed:seed + size]


class End:
    """One end of a connection: what it sent and received, zeros where no bytes can be known."""

    def __init__(self, sock, **extra):
        self.sock, self.extra = sock, extra
        self.inode = os.fstat(sock.fileno()).st_ino
        self.streams = [bytearray(), bytearray()]
        self.skipped = [0, 0]

    def sent(self, data):
        self.streams[0] += data

    def got(self, data):
        self.streams[1] += data
        return data

    def hidden(self, direction, size):
        """Bytes that are counted and not copied."""
        self.streams[direction] += bytes(size)
        self.skipped[direction] += size

    def send(self, data):
        self.sock.sendall(data)
        self.sent(data)

    def receive(self, size):
        data = bytearray()
        while len(data) < size:
            part = self.sock.recv(min(65536, size - len(data)))
            if not part:
                break
            data += part
        return bytes(self.got(data))

    def close(self):
        self.sock.close()
        for direction in (0, 1):
            with open("%s/%d-%d" % (FOLDER, self.inode, direction), "wb") as f:
                f.write(self.streams[direction])
        row = {"case": CASE, "inode": self.inode, "skipped": self.skipped, "pid": os.getpid(), **self.extra}
        with open(FOLDER + "/truth.jsonl", "a") as f:
            f.write(json.dumps(row) + "\n")


def connected(family=socket.AF_INET, address=("127.0.0.1", 0)):
    with socket.socket(family) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(address)
        server.listen(8)
        client = socket.socket(socket.AF_INET if address[0] == "127.0.0.1" or MAPPED else family)
        client.connect(("127.0.0.1", server.getsockname()[1]) if MAPPED else server.getsockname())
        return client, server.accept()[0]


MAPPED = False


@contextlib.contextmanager
def pair(**options):
    client, server = map(End, connected(**options))
    client.extra["role"], server.extra["role"] = 1, 2
    client.send(REQUEST)
    server.receive(len(REQUEST))
    yield client, server
    client.close()
    server.close()


def draining(end, size):
    """Receives in a thread of its own; join() waits for all."""
    thread = threading.Thread(target=end.receive, args=(size,))
    thread.start()
    return thread


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Header(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint), ("iovecs", ctypes.POINTER(Iovec)),
                ("count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
                ("flags", ctypes.c_int), ("hole", ctypes.c_int),
                ("moved", ctypes.c_uint), ("end", ctypes.c_uint)]


def headers(messages):
    """struct mmsghdr[] of messages that are lists of ctypes buffers."""
    all_of_them = (Header * len(messages))()
    for header, buffers in zip(all_of_them, messages):
        iovecs = (Iovec * len(buffers))(*((ctypes.addressof(b), len(b)) for b in buffers))
        header.iovecs, header.count = iovecs, len(buffers)
    return all_of_them


def sendmmsg(end, messages):
    buffers = [[(ctypes.c_char * len(p)).from_buffer_copy(p) for p in pieces] for pieces in messages]
    moved = headers(buffers)
    n = LIBC.sendmmsg(end.sock.fileno(), moved, len(messages), 0)
    if n != len(messages):
        raise SystemExit("sendmmsg: %d" % n)
    end.sent(b"".join(b"".join(pieces) for pieces in messages))


def recvmmsg(end, size, sizes):
    while size:
        buffers = [[(ctypes.c_char * n)() for n in sizes] for _ in range(8)]
        moved = headers(buffers)
        n = LIBC.recvmmsg(end.sock.fileno(), moved, len(buffers), 0x40, None)  # MSG_DONTWAIT
        for header, pieces in zip(moved[:max(n, 0)], buffers):
            end.got(b"".join(p.raw for p in pieces)[:header.moved])
            size -= header.moved


def case_mmsg():
    with pair() as (client, server):
        for messages in ([[body(i * 13 + 1, i), b"", body(i + 1)] for i in range(32)], [[b"%d" % (i % 10)] for i in range(1024)]):
            sendmmsg(client, messages)
            recvmmsg(server, sum(len(p) for pieces in messages for p in pieces), [100, 0, 33])


def case_sendfile():
    with pair() as (client, server), open(FOLDER + "/file", "w+b") as f:
        f.write(body(100000))
        f.flush()
        server.send(ANSWER)
        client.receive(len(ANSWER))
        n = os.sendfile(server.sock.fileno(), f.fileno(), 10, 90000)
        server.hidden(0, n)
        client.receive(n)
        server.send(b"after")
        client.receive(5)


def case_splice():
    with pair() as (client, server):
        source, sink = os.pipe()
        os.write(sink, body(40000))
        n = os.splice(source, client.sock.fileno(), 40000)
        client.hidden(0, n)
        m = os.splice(server.sock.fileno(), sink, n)
        server.hidden(1, m)
        server.receive(n - m)
        os.close(source)
        os.close(sink)
        server.send(ANSWER)
        client.receive(len(ANSWER))


def case_peek():
    with pair() as (client, server):
        client.send(body(5000))
        server.sock.recv(1, socket.MSG_PEEK)
        server.sock.recvmsg(3000, 0, socket.MSG_PEEK)
        server.receive(2000)
        server.hidden(1, len(server.sock.recv(1000, socket.MSG_TRUNC)))
        server.receive(2000)
        server.sock.send(b"abc!", socket.MSG_OOB)
        server.sent(b"abc!")
        client.receive(3)
        if client.sock.recv(1, socket.MSG_OOB) != b"!":
            raise SystemExit("the workload itself is wrong: urgent data")
        with contextlib.suppress(BlockingIOError):
            client.sock.recvmsg(100, 100, socket.MSG_ERRQUEUE)


def case_iovecs():
    with pair() as (client, server):
        for count in (1, 127, 1024):
            pieces = [body(i % 50, i) for i in range(count - 1)] + [body(3000)]
            size = os.writev(client.sock.fileno(), pieces)
            client.sent(b"".join(pieces)[:size])
            buffers = [bytearray(0 if i % 3 == 0 else 5) for i in range(count - 1)] + [bytearray(65536)]
            while size:
                n = os.readv(server.sock.fileno(), buffers)
                server.got(b"".join(map(bytes, buffers))[:n])
                size -= n
        pieces = [b""] * 500 + [b"one"] + [b""] * 523
        client.sent(b"".join(pieces)[:client.sock.sendmsg(pieces)])
        server.receive(3)


def case_large():
    with pair() as (client, server):
        for size in (2516582, 9 << 20):
            thread = draining(server, size)
            data = body(size)
            n = client.sock.send(data)
            kept = data[:8 << 20]
            client.sent(data[:n][:len(kept)])
            if n > len(kept):
                client.hidden(0, n - len(kept))
            client.send(data[n:])
            thread.join()


def case_zerocopy():
    with pair() as (client, server):
        client.sock.setsockopt(socket.SOL_SOCKET, 60, 1)  # SO_ZEROCOPY
        data = body(200000)
        thread = draining(server, len(data))
        n = client.sock.send(data, 0x4000000)  # MSG_ZEROCOPY
        client.sent(data[:n])
        client.send(data[n:])
        thread.join()
        client.sock.recvmsg(100, 1000, socket.MSG_ERRQUEUE)


def case_partial():
    """Partial writes and reads that would block."""
    with pair() as (client, server):
        client.sock.setblocking(False)
        server.sock.setblocking(False)
        data, at = body(8000000), 0
        while at < len(data):
            try:
                n = client.sock.send(data[at:at + 3000000])
                client.sent(data[at:at + n])
                at += n
            except BlockingIOError:
                pass
            with contextlib.suppress(BlockingIOError):
                while True:
                    server.got(server.sock.recv(100000))
        while len(server.streams[1]) < len(REQUEST) + at:
            with contextlib.suppress(BlockingIOError):
                server.got(server.sock.recv(100000))


def case_unix():
    for address in (FOLDER + "/socket", "\0tapedeck-%d" % os.getpid()):
        with pair(family=socket.AF_UNIX, address=address) as (client, server):
            client.extra["path"] = server.extra["path"] = address.replace("\0", "@")
            thread = draining(server, 300000)
            client.send(body(300000))
            thread.join()
            server.send(ANSWER)
            client.receive(len(ANSWER))
    ends = [End(s, role=0) for s in socket.socketpair()]
    ends[0].extra["peer"] = ends[1].inode
    ends[0].send(REQUEST)
    ends[1].receive(len(REQUEST))
    for end in ends:
        end.close()


def case_dup():
    with pair() as (client, server):
        copies = [os.dup(client.sock.fileno()), fcntl.fcntl(client.sock.fileno(), fcntl.F_DUPFD_CLOEXEC, 100),
                  os.dup2(client.sock.fileno(), 120)]
        client.extra["dups"] = list(copies)
        client.extra["same"] = True
        for fd in copies:
            os.write(fd, b"over %d" % fd)
            client.sent(b"over %d" % fd)
        os.close(client.sock.detach())
        size = len(client.streams[0]) - len(REQUEST)
        server.receive(size)
        for fd in copies[:2]:
            os.close(fd)
        client.sock = socket.socket(fileno=copies[2])
        client.send(b"the last one")
        server.receive(12)


def case_inherited():
    """A child uses the socket after a fork; its parent has closed its own by then."""
    with pair() as (client, server):
        pid = os.fork()
        if not pid:
            client.sock.send(b"from the child")
            os._exit(0)
        client.sent(b"from the child")
        os.waitpid(pid, 0)
        client.extra["users"] = [os.getpid(), pid]
        server.receive(14)


def case_scm_rights():
    with pair() as (client, server):
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        pid = os.fork()
        if not pid:
            client.sock.close()
            fd = array.array("i")
            _, control, _, _ = there.recvmsg(10, 100)
            fd.frombytes(control[0][2][:4])
            os.write(fd[0], b"from another process")
            os._exit(0)
        here.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [client.sock.fileno()]))])
        client.sent(b"from another process")
        os.waitpid(pid, 0)
        client.extra["rights"] = pid
        server.receive(20)
        here.close()
        there.close()


def converse(*turns, kept=True, hidden_from=0):
    """Turns (who, bytes...); from turn number hidden_from on nothing is copied unless kept."""
    client, server = map(End, connected())
    for number, (who, *pieces) in enumerate(turns):
        sender, receiver = (client, server) if who == "client" else (server, client)
        for piece in pieces:
            visible = kept or number < hidden_from
            sender.sock.sendall(piece)
            sender.sent(piece) if visible else sender.hidden(0, len(piece))
            data = receiver.sock.recv(len(piece), socket.MSG_WAITALL)
            receiver.got(data) if visible else receiver.hidden(1, len(data))
    client.close()
    server.close()


PROXY1 = b"PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n"
PROXY2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes(range(1, 13))
PROXY2_TLV = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x01\x0c" + body(268)
HELLO = b"\x16\x03\x01\x00\x50" + body(80)
SETTINGS = b"\0\0\x06\4\0\0\0\0\0\0\3\0\0\0\x64"


def case_proxy():
    for header in (PROXY1, PROXY2, PROXY2_TLV):
        converse(("client", header + REQUEST), ("server", ANSWER))
        converse(("client", header, REQUEST), ("server", ANSWER))
        converse(("client", header[:9], header[9:] + REQUEST[:2], REQUEST[2:]), ("server", ANSWER))
        converse(("client", header + HELLO), ("server", HELLO), kept=False)
        converse(("client", header), ("client", HELLO), ("server", HELLO), kept=False, hidden_from=1)
        converse(("client", header + b"SSH-2.0-x\r\n"), ("server", b"SSH-2.0-y\r\n"), kept=False)


def case_pieces():
    """A request that comes byte by byte."""
    converse(("client", *(REQUEST[i:i + 1] for i in range(len(REQUEST)))), ("server", ANSWER))
    converse(("client", b"\r\n", REQUEST), ("server", ANSWER))


def case_http2():
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SETTINGS
    converse(("client", preface), ("server", SETTINGS), ("client", b"\0\0\4\1\5\0\0\0\1abcd"))
    converse(("server", SETTINGS), ("client", preface), ("server", b"\0\0\0\4\1\0\0\0\0"))


def case_websocket():
    converse(("client", b"GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"),
             ("server", b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), ("client", b"\x82\x85mask" + body(5)),
             ("server", b"\x82\x7e\x01\x00" + body(256)))


def case_other():
    """Protocols that are none of ours are counted; HTTP that comes later on such a socket is, too."""
    for greeting in (b"SSH-2.0-OpenSSH_9.2\r\n", b"220 mail ESMTP\r\n", b"\x4a\0\0\0\x0a8.0.36\0" + body(66), b"+OK\r\n"):
        converse(("server", greeting), ("client", REQUEST), ("server", ANSWER), kept=False)
    converse(("client", HELLO), ("server", HELLO), kept=False)


def case_ipv6():
    global MAPPED
    with pair(family=socket.AF_INET6, address=("::1", 0)) as (client, server):
        client.extra["family"] = server.extra["family"] = 10
    MAPPED = True
    with pair(family=socket.AF_INET6, address=("::", 0)) as (client, server):
        client.extra["family"], server.extra["family"] = 2, 10
    MAPPED = False


def case_userfault():
    """A page served late delays its own call only; one that is gone when the call returns is a loss of that page."""
    with pair() as (client, server), pair() as (other, another):
        memory = LateMemory(1 << 20, body(1 << 20), delay_s=0.5)
        sender = threading.Thread(target=lambda: client.sent(memory.content[:memory.send(client.sock)]))
        sender.start()
        meanwhile = 0
        while memory.waiting_for_first():
            other.send(b"meanwhile")
            another.receive(9)
            meanwhile += 1
        reader = draining(server, 1 << 20)
        sender.join()
        reader.join()
        if not meanwhile:
            raise SystemExit("the workload itself is wrong: the late page delayed somebody else")
        memory.close()
    client, server = map(End, connected())
    for end, option in ((client, socket.SO_SNDBUF), (server, socket.SO_RCVBUF)):
        end.sock.setsockopt(socket.SOL_SOCKET, option, 65536)
    memory = LateMemory(4 << 20, REQUEST + body((4 << 20) - len(REQUEST)), delay_s=0)
    sender = threading.Thread(target=memory.send, args=(client.sock,))
    sender.start()
    server.receive(1 << 20)
    memory.drop(4096, 65536)
    server.receive(3 << 20)
    sender.join()
    client.sent(memory.content)
    client.extra["lost"] = 65536
    client.extra["lost_at"] = 4096
    memory.close()
    client.close()
    server.close()


def case_compat():
    """int 0x80 is how 32-bit programs call: its numbers mean other calls, so it is left out."""
    with pair() as (client, server):
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40)
        # push rbx; mov eax, 4; mov ebx, edi; mov ecx, esi; int 0x80; pop rbx; ret
        code.write(b"\x53\xb8\4\0\0\0\x89\xfb\x89\xf1\xcd\x80\x5b\xc3")
        at = ctypes.addressof(ctypes.c_char.from_buffer(code))
        code[100:108] = b"compat!!"
        pid = os.fork()
        if not pid:
            LIBC_CALL = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_long)
            os._exit(0 if LIBC_CALL(at)(client.sock.fileno(), at + 100, 8) == 8 else 1)
        if os.waitpid(pid, 0)[1] == 0:
            server.receive(8)


def case_pwritev2():
    with pair() as (client, server):
        data = ctypes.create_string_buffer(b"by pwritev2", 11)
        iovec = Iovec(ctypes.addressof(data), 11)
        n = LIBC.pwritev2(client.sock.fileno(), ctypes.byref(iovec), 1, ctypes.c_long(-1), 0)
        client.sent(b"by pwritev2"[:n])
        got = ctypes.create_string_buffer(100)
        iovec = Iovec(ctypes.addressof(got), 100)
        n = LIBC.preadv2(server.sock.fileno(), ctypes.byref(iovec), 1, ctypes.c_long(-1), 0)
        server.got(got.raw[:n])


for CASE in sys.argv[2:] or sorted(name[5:] for name in globals() if name.startswith("case_")):
    globals()["case_" + CASE]()
