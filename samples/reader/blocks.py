# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""From the planes of a block to its events, as JSON objects (FORMAT.md, sections 4 to 7; capture.proto)."""

import hashlib

from wire import Damaged, Table, column_value, fields, packed, signed, unzigzag, varint

EVENTS_LIMIT = 1 << 18  # FORMAT.md, section 8
ROWS_PER_EVENT = 4
TEXTS_LIMIT = ARGUMENTS_LIMIT = 1 << 20
CAPTURED_LIMIT = 8 << 20
TEXT_LIMIT = 1 << 20
PREFIX_LIMIT = 256


def columns(first, text):
    """{number: (name, type)}, numbered from `first`; "name:type name:type"."""
    pairs = (column.split(":") for column in text.split())
    return {first + i: (name, kind) for i, (name, kind) in enumerate(pairs)}


TABLES = {
    2: ("hosts", columns(2, "host_id:uint64")),
    3: ("processes", columns(2, "host:uint32 pid:uint32 start_nanos:uint64")),
    4: ("threads", columns(2, "process:uint32 tid:int32")),
    5: ("origins", columns(2, "ring:int32 cpu_plus_one:int32 first_sequence:uint64")),
    6: ("connections", columns(2, "host:uint32 socket:uint64 generation:uint64")),
    7: ("tls_sessions", columns(2, "process:uint32 pointer:uint64 generation:uint64")),
    8: ("streams", columns(2, "owner:uint32 direction:uint32 first_position:uint64 payload_bytes:uint32")),
    9: ("flows", columns(2, "local_address:uint32 local_port:uint32 remote_address:uint32 remote_port:uint32 netns:uint64")),
    10: (
        "events",
        columns(2, "kind:uint32 thread:uint32 exit_nanos:sint64 duration:uint64 origin:uint32 sequence:sint64"),
    ),
}
OPENINGS = columns(2, "connection:uint32 process:uint32 fd:sint32 flow:uint32 role:uint32")
ENDS = (
    "egress_end_plus_one:uint64 ingress_end_plus_one:uint64 egress_lost_bytes:uint64 ingress_lost_bytes:uint64 last:uint32"
    " egress_skipped_plus_one:uint64 ingress_skipped_plus_one:uint64"
)
SESSION = columns(2, "session:uint32")
KINDS = {
    1: (
        "ProcessExec",
        columns(
            2,
            "comm:uint32 exe:uint32 parent_pid:int32 cgroup:uint32 argument_count:uint32 argument:uint32 existing:uint32",
        ),
    ),
    2: ("ProcessFork", columns(2, "child:uint32")),
    3: ("ProcessExit", columns(2, "exit_code:sint32")),
    16: ("Connect", OPENINGS),
    17: ("Accept", OPENINGS),
    18: ("Existing", OPENINGS),
    19: ("Dup", columns(2, "connection:uint32 process:uint32 fd:sint32")),
    20: ("Close", columns(2, "connection:uint32 process:uint32 fd:sint32 " + ENDS)),
    32: (
        "Data",
        columns(
            2,
            "stream:uint32 position:sint64 captured_bytes:uint32 cut_bytes:uint64 call_kind:uint32 call_id:sint64"
            " part_index:uint32 requested_bytes:uint64 returned_bytes:sint64",
        ),
    ),
    33: (
        "Transfer",
        columns(
            2,
            "stream:uint32 position:sint64 length:uint64 call_kind:uint32 call_id:uint64 part_index:uint32"
            " requested_bytes:uint64 returned_bytes:uint64",
        ),
    ),
    34: ("CipherRecord", columns(2, "stream:uint32 position:sint64 length:uint32 prefix_bytes:uint32 prefix:bytes")),
    48: ("TlsNew", SESSION),
    49: ("TlsHandshake", columns(2, "session:uint32 version:uint32 cipher:uint32 server_name:uint32 alpn:uint32")),
    50: ("TlsClear", SESSION),
    51: ("TlsShutdown", SESSION),
    52: ("TlsFree", columns(2, "session:uint32 " + ENDS)),
    53: ("TlsBinding", columns(2, "session:uint32 evidence:uint32 process:uint32 fd:sint32 connection:uint32")),
    64: ("Library", columns(2, "path:uint32 build_id:uint32 family:uint32 version:uint32 attached_symbols:int32")),
    65: ("Loss", columns(2, "cause:uint32 events_plus_one:uint64 lost_bytes_plus_one:uint64 stream:uint32 level_plus_one:uint32")),
    66: ("Clock", columns(2, "boot_offset_nanos:sint64 real_nanos:uint64")),
    67: (
        "BlindSpot",
        columns(2, "what:uint32 connection:uint32 detail:uint64 egress_bytes:uint64 ingress_bytes:uint64"),
    ),
}
# Registries 7.3 to 7.5; a number that is not here reads as 0, "not known".
CALLS = {*range(0, 10), *range(32, 44), 64}
CAUSES = set(range(0, 12))
EVIDENCE = set(range(1, 7))
BLIND_SPOTS = set(range(1, 5))


def only_field(plane, number):
    """The one message of which a plane consists."""
    tag, at = varint(plane, 0)
    size, at = varint(plane, at)
    if tag != number << 3 | 2 or size != len(plane) - at:
        raise Damaged(f"a plane is not field {number} alone")
    return plane[at:]


class Block:
    """The tables of a metadata plane. `unknown` collects the numbers of fields that this reader does not know."""

    def __init__(self, metadata, header):
        self.unknown = []
        self.texts = []
        self.tables = {}
        self.kinds = {}
        if header.event_count > EVENTS_LIMIT:
            raise Damaged(f"{header.event_count} events")
        for number, wire_type, value in fields(only_field(metadata, 1)):
            if number == 1 and wire_type == 2:
                self._text(value)
            elif number in TABLES and wire_type == 2:
                name, wanted = TABLES[number]
                limit = header.event_count * (1 if name == "events" else ROWS_PER_EVENT)
                self._add(self.tables, name, Table(value, wanted, self.unknown, limit))
            elif number - 100 in KINDS and wire_type == 2:
                name, wanted = KINDS[number - 100]
                table = Table(value, wanted, self.unknown, header.event_count, free=("argument", "prefix"))
                self._add(self.kinds, number - 100, table)
            elif number == 1 or number in TABLES or number - 100 in KINDS:
                raise Damaged(f"field {number} has wire type {wire_type}")
            else:
                self.unknown.append(number)
        for number, (name, wanted) in TABLES.items():
            self.tables.setdefault(name, Table(b"", wanted, self.unknown, 0))
        for kind, (_, wanted) in KINDS.items():
            self.kinds.setdefault(kind, Table(b"", wanted, self.unknown, 0))
        self._check(header)

    @staticmethod
    def _add(tables, key, table):
        if key in tables:
            raise Damaged(f"table {key} is there twice")
        tables[key] = table

    def _text(self, value):
        if len(self.texts) == TEXTS_LIMIT or not 0 < len(value) <= TEXT_LIMIT:
            raise Damaged("an empty text, or texts over the limit")
        try:
            self.texts.append(value.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise Damaged("a text is not UTF-8") from error

    def _check(self, header):
        events = self.tables["events"]
        if events.rows != header.event_count:
            raise Damaged("the header counts other events")
        for kind, table in self.kinds.items():
            if table.rows != events.kind.count(kind):
                raise Damaged(f"table {100 + kind} has {table.rows} rows")
        datas = self.kinds[32]
        if sum(datas.captured_bytes) != header.data_bytes:
            raise Damaged("the header counts other bytes")
        arguments = self.kinds[1]
        if len(arguments.argument) > ARGUMENTS_LIMIT:
            raise Damaged("arguments over the limit")
        if sum(arguments.argument_count) != len(arguments.argument):
            raise Damaged("arguments that belong to no event")
        prefixes = self.kinds[34]
        if sum(prefixes.prefix_bytes) != len(prefixes.prefix):
            raise Damaged("prefixes that belong to no event")
        of_streams = [0] * self.tables["streams"].rows
        for stream, captured in zip(datas.stream, datas.captured_bytes):
            at(of_streams, stream)
            of_streams[stream] += captured
        if of_streams != self.tables["streams"].payload_bytes:
            raise Damaged("streams and their events have different payload")

    def runs(self, plane):
        """The payload of each stream, {row of Streams: bytes}."""
        found = []
        for number, wire_type, value in fields(only_field(plane, 2)):
            if number != 1:
                self.unknown.append(number)
            elif wire_type != 2:
                raise Damaged("a run that is not bytes")
            else:
                found.append(value)
        streams = [row for row, size in enumerate(self.tables["streams"].payload_bytes) if size]
        if [len(run) for run in found] != [self.tables["streams"].payload_bytes[row] for row in streams]:
            raise Damaged("runs and streams have different payload")
        return dict(zip(streams, found))

    def events(self, runs):
        """All events in order. Without `runs` they come without payload."""
        return Events(self, runs).all()


def at(values, index):
    if not 0 <= index < len(values):
        raise Damaged(f"index {index} of {len(values)} rows")
    return values[index]


def known_number(value, registry):
    return value if value in registry else 0


def not_negative(value, what):
    if value < 0:
        raise Damaged(f"{what} is negative")
    return value


class Events:
    """Turns the columns of one block into events, row by row."""

    def __init__(self, block, runs):
        self.block = block
        self.runs = runs
        streams = block.tables["streams"]
        self.positions = list(streams.first_position)
        self.taken = [0] * streams.rows
        self.arguments = iter(block.kinds[1].argument)
        self.prefix_at = 0
        self.call_id = 0
        self.text_bytes = 0
        self.exit_nanos = 0
        self.own_process = None

    def all(self):
        tables = self.block.tables
        events, threads, origins = tables["events"], tables["threads"], tables["origins"]
        next_rows = {kind: 0 for kind in KINDS}
        sequences = [None] * origins.rows
        result = []
        for row in range(events.rows):
            kind = events.kind[row]
            if kind == 0:
                raise Damaged("kind 0")
            self.exit_nanos = not_negative(signed(self.exit_nanos + events.exit_nanos[row]), "exit time")
            duration = events.duration[row] & (1 << 64) - 1
            entry_nanos = signed(self.exit_nanos - unzigzag(duration - 1)) if duration else 0
            thread = events.thread[row]
            origin = events.origin[row]
            before = at(sequences, origin)
            if before is None:
                sequence = signed(origins.first_sequence[origin] + events.sequence[row])
            else:
                sequence = signed(before + 1 + events.sequence[row])
            sequences[origin] = sequence
            self.own_process = self.process(at(threads.process, thread))
            event = {
                "kind": "Unknown",
                **self.own_process,
                "tid": threads.tid[thread],
                "entry_nanos": not_negative(entry_nanos, "entry time"),
                "exit_nanos": self.exit_nanos,
                "ring": origins.ring[origin],
                "cpu": origins.cpu_plus_one[origin] - 1,
                "sequence": sequence,
            }
            self.text_bytes = 0
            details = None
            if kind in KINDS:
                details = self.details(kind, next_rows[kind])
                next_rows[kind] += 1
            if details is None:
                event["number"] = kind
            else:
                event["kind"] = KINDS[kind][0]
                event.update(details)
            result.append(event)
        return result

    # Rows of tables that events refer to

    def text(self, value):
        text = at(self.block.texts, value - 1) if value else ""
        self.text_bytes += len(text.encode("utf-8"))
        if self.text_bytes > TEXT_LIMIT:
            raise Damaged("an event with too much text")
        return text

    def host(self, row):
        return f"{at(self.block.tables['hosts'].host_id, row) & (1 << 64) - 1:016x}"

    def process(self, row):
        table = self.block.tables["processes"]
        pid = at(table.pid, row)
        if pid >> 31:
            raise Damaged(f"pid {pid}")
        return {"host_id": self.host(table.host[row]), "pid": pid, "start_nanos": table.start_nanos[row]}

    def connection(self, row):
        table = self.block.tables["connections"]
        host = self.host(at(table.host, row))
        return {"host_id": host, "socket": table.socket[row], "generation": table.generation[row]}

    def session(self, row):
        table = self.block.tables["tls_sessions"]
        process = self.process(at(table.process, row))
        return {**process, "pointer": table.pointer[row], "generation": table.generation[row]}

    def stream(self, row):
        table = self.block.tables["streams"]
        owner = at(table.owner, row)
        owners = {"tls_session": self.session(owner >> 1)} if owner & 1 else {"connection": self.connection(owner >> 1)}
        return {**owners, "direction": at(("egress", "ingress"), table.direction[row])}

    def holder(self, table, row):
        """A descriptor: the process that holds it, and its number."""
        process = table.process[row]
        return {"holder": self.process(process - 1) if process else self.own_process, "fd": table.fd[row]}

    def flow(self, row):
        table = self.block.tables["flows"]
        at(table.netns, row)
        for port in (table.local_port[row], table.remote_port[row]):
            if port > 65535:
                raise Damaged(f"port {port}")
        return {
            "local_address": self.text(table.local_address[row]),
            "local_port": table.local_port[row],
            "remote_address": self.text(table.remote_address[row]),
            "remote_port": table.remote_port[row],
            "netns": table.netns[row],
        }

    def position(self, stream, distance, moved):
        """Where an event of that length stands; the next one is expected at its end."""
        position = signed(at(self.positions, stream) + distance)
        self.positions[stream] = signed(position + moved)
        return position

    # What is particular to a kind; None: to be given as unknown

    def details(self, kind, row):
        table = self.block.kinds[kind]
        name = KINDS[kind][0]
        if name in ("Connect", "Accept", "Existing"):
            return self._opening(table, row, name == "Existing")
        if name in ("TlsNew", "TlsClear", "TlsShutdown"):
            return {"session": self.session(table.session[row])}
        return getattr(self, "_" + name)(table, row)

    def _ProcessExec(self, table, row):
        return {
            "comm": self.text(table.comm[row]),
            "exe": self.text(table.exe[row]),
            "parent_pid": table.parent_pid[row],
            "cgroup": self.text(table.cgroup[row]),
            "arguments": [self.text(next(self.arguments)) for _ in range(table.argument_count[row])],
            "existing": table.existing[row] != 0,
        }

    def _ProcessFork(self, table, row):
        return {"child": self.process(table.child[row])}

    def _ProcessExit(self, table, row):
        return {"exit_code": table.exit_code[row]}

    def _opening(self, table, row, with_role):
        opening = {
            "connection": self.connection(table.connection[row]),
            **self.holder(table, row),
            "flow": self.flow(table.flow[row]),
        }
        if with_role:
            opening["role"] = {1: "client", 2: "server"}.get(table.role[row])
        return opening

    def _Dup(self, table, row):
        return {"connection": self.connection(table.connection[row]), **self.holder(table, row)}

    def _Close(self, table, row):
        return {"connection": self.connection(table.connection[row]), **self.holder(table, row), **ends(table, row)}

    def _Data(self, table, row):
        stream = table.stream[row]
        captured = table.captured_bytes[row]
        cut = not_negative(table.cut_bytes[row], "cut_bytes")
        if captured > CAPTURED_LIMIT:
            raise Damaged("an event with too many bytes")
        self.call_id = signed(self.call_id + table.call_id[row])
        data = {
            "stream": self.stream(stream),
            "position": not_negative(self.position(stream, table.position[row], captured + cut), "position"),
            "captured_bytes": captured,
            "cut_bytes": cut,
            "call_kind": known_number(table.call_kind[row], CALLS),
            "call_id": self.call_id,
            "part_index": table.part_index[row],
            "requested_bytes": table.requested_bytes[row],
            "returned_bytes": signed(table.returned_bytes[row] + captured + cut),
        }
        if self.runs is not None:
            payload = self.runs[stream][self.taken[stream] : self.taken[stream] + captured] if captured else b""
            self.taken[stream] += captured
            data["payload_sha256"] = hashlib.sha256(payload).hexdigest()
            if captured <= 64:
                data["payload"] = payload.hex()
        return data

    def _Transfer(self, table, row):
        stream = table.stream[row]
        return {
            "stream": self.stream(stream),
            "position": self.position(stream, table.position[row], table.length[row]),
            "length": table.length[row],
            "call_kind": known_number(table.call_kind[row], CALLS),
            "call_id": table.call_id[row],
            "part_index": table.part_index[row],
            "requested_bytes": table.requested_bytes[row],
            "returned_bytes": table.returned_bytes[row],
        }

    def _CipherRecord(self, table, row):
        stream = table.stream[row]
        prefix_bytes = table.prefix_bytes[row]
        if prefix_bytes > PREFIX_LIMIT:
            raise Damaged("a prefix of too many bytes")
        prefix = table.prefix[self.prefix_at : self.prefix_at + prefix_bytes]
        self.prefix_at += prefix_bytes
        return {
            "stream": self.stream(stream),
            "position": self.position(stream, table.position[row], table.length[row] + 5),
            "length": table.length[row],
            "prefix": prefix.hex(),
        }

    def _TlsHandshake(self, table, row):
        return {
            "session": self.session(table.session[row]),
            **{name: self.text(getattr(table, name)[row]) for name in ("version", "cipher", "server_name", "alpn")},
        }

    def _TlsFree(self, table, row):
        return {"session": self.session(table.session[row]), **ends(table, row)}

    def _TlsBinding(self, table, row):
        if table.evidence[row] not in EVIDENCE:
            return None
        connection = table.connection[row]
        return {
            "session": self.session(table.session[row]),
            "evidence": table.evidence[row],
            **self.holder(table, row),
            "connection": self.connection(connection - 1) if connection else None,
        }

    def _Library(self, table, row):
        return {
            **{name: self.text(getattr(table, name)[row]) for name in ("path", "build_id", "family", "version")},
            "attached_symbols": table.attached_symbols[row],
        }

    def _Loss(self, table, row):
        stream = table.stream[row]
        return {
            "cause": known_number(table.cause[row], CAUSES),
            "events": minus_one(table.events_plus_one[row]),
            "lost_bytes": minus_one(table.lost_bytes_plus_one[row]),
            "stream": self.stream(stream - 1) if stream else None,
        }

    def _BlindSpot(self, table, row):
        connection = table.connection[row]
        return {
            "what": known_number(table.what[row], BLIND_SPOTS),
            "connection": self.connection(connection - 1) if connection else None,
            **{name: getattr(table, name)[row] for name in ("detail", "egress_bytes", "ingress_bytes")},
        }

    def _Clock(self, table, row):
        boot_nanos = signed(self.exit_nanos + table.boot_offset_nanos[row])
        return {"boot_nanos": boot_nanos, "real_nanos": table.real_nanos[row]}


def minus_one(value):
    """A number that is stored plus one, so that 0 can say "not known"."""
    return signed(value - 1) if value else None


def ends(table, row):
    found = {
        "egress_end": minus_one(table.egress_end_plus_one[row]),
        "ingress_end": minus_one(table.ingress_end_plus_one[row]),
        "egress_lost_bytes": table.egress_lost_bytes[row],
        "ingress_lost_bytes": table.ingress_lost_bytes[row],
        "last": table.last[row] != 0,
        "reset": table.last[row] == 2,
    }
    for name in ("egress_skipped", "ingress_skipped"):
        skipped = getattr(table, f"{name}_plus_one")[row]
        if skipped:
            found[f"{name}_bytes"] = minus_one(skipped)
    return found
