#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Prints captures as ndjson: file headers, events, loss records, damage, summaries.

This is the second reader of the format, written from docs/FORMAT.md and capture.proto. It holds a file in memory and
takes no short cuts, so that it can be read beside the specification. README.md here describes the lines.
"""

import argparse
import json
import signal
import sys

import encryption
from blocks import Block
from records import (
    BLOCK,
    CHECKPOINT,
    FILE_HEADER,
    FLAG_ENCRYPTED,
    FLAG_PAYLOAD_LOST,
    FOOTER,
    LOSS,
    TRAILER,
    Damage,
    Refused,
    Walk,
)
from wire import Damaged, message, signed, unzstd

KNOWN_TYPES = (FILE_HEADER, BLOCK, CHECKPOINT, FOOTER, TRAILER, LOSS)
HEADER_LIMIT = 2 << 20  # FORMAT.md, section 8

HEADER_FIELDS = {
    1: ("host_id", 1),
    2: ("host_name", 2),
    3: ("architecture", 2),
    4: ("kernel_release", 2),
    5: ("producer", 2),
    6: ("created_real_nanos", 0),
    7: ("attributes", 2),
    8: ("derivation", 2),
    9: ("encryption", 2),
    10: ("sealed", 2),
    11: ("hosts", 2),
}
HOST_FIELDS = {number: HEADER_FIELDS[number] for number in (1, 2, 3, 4)}
ATTRIBUTE_FIELDS = {1: ("name", 2), 2: ("value", 2)}
ENCRYPTION_FIELDS = {1: ("origin_file_id", 2), 2: ("metadata_key", 2), 3: ("payload_key", 2)}
DERIVATION_FIELDS = {1: ("verb", 2), 2: ("producer", 2), 3: ("origins", 2)}
ORIGIN_FIELDS = {1: ("file_id", 2), 2: ("first_sequence", 0), 3: ("end_sequence", 0)}
CHECKPOINT_FIELDS = {1: ("header", 2), 2: ("previous_checkpoint", 0), 3: ("blocks", 2), 4: ("seal", 2)}
LOSS_KINDS = range(1, 6)
LOSS_FIELDS = {
    1: ("kind", 0),
    2: ("blocks_plus_one", 0),
    3: ("events_plus_one", 0),
    4: ("data_bytes_plus_one", 0),
    5: ("offset", 0),
    6: ("length_bytes", 0),
}


def last(values, absent):
    """What protobuf takes of a field that is not repeated."""
    return values[-1] if values else absent


def text(values):
    try:
        return last(values, b"").decode("utf-8")
    except UnicodeDecodeError as error:
        raise Damaged("a text is not UTF-8") from error


def host(fields):
    return {
        "host_id": f"{last(fields['host_id'], 0):016x}",
        **{name: text(fields[name]) for name in ("host_name", "architecture", "kernel_release")},
    }


def unpacked(plane, codec, raw_length):
    """A plane, decompressed."""
    if codec:
        return unzstd(plane, raw_length)
    if len(plane) != raw_length:
        raise Damaged(f"{len(plane)} bytes, not {raw_length}")
    return plane


class Tape:
    """One capture, read whole. `lines` gives the objects to print."""

    def __init__(self, data, identities):
        self.identities = identities
        self.unknown_fields = []
        self.unknown = {"records": 0, "flags": 0, "events": 0}
        self.keys = None  # of an encrypted file
        self.damages = []
        self.walk = Walk(data)
        self.header = self._file_header()
        for damage in self.walk.damages:
            tampered = damage.kind == "missing" and self.keys
            self.damages.append(damage._replace(kind="tampered") if tampered else damage)

    # The file header and its copies

    def _file_header(self):
        """The content of the file header, from wherever it is whole; empty when it is nowhere."""
        nothing = message(b"", HEADER_FIELDS, [])
        for record in self.walk.records:
            if record.header.type not in (FILE_HEADER, CHECKPOINT, FOOTER):
                continue
            is_copy = record.header.type != FILE_HEADER
            if not is_copy:
                self._require_known(record.header)
            try:
                body = record.body()
                if is_copy:
                    body = last(message(body, CHECKPOINT_FIELDS, self.unknown_fields)["header"], b"")
                if len(body) > HEADER_LIMIT:
                    raise Damaged("a file header over its limit")
                fields = message(body, HEADER_FIELDS, self.unknown_fields)
                if not is_copy and bool(fields["encryption"]) != bool(record.header.incompatible_flags & FLAG_ENCRYPTED):
                    raise encryption.Tampered("the flag and the keys of an encrypted file belong together")
                return self._opened(fields)
            except encryption.Tampered:
                if not is_copy:
                    self._damage("tampered", record, 0)
            except Damaged:
                continue  # reported when its record is read
        return nothing

    def _opened(self, fields):
        """A file header with what is sealed in it, as far as there are keys."""
        if not fields["encryption"]:
            return fields
        of_file = message(fields["encryption"][-1], ENCRYPTION_FIELDS, self.unknown_fields)
        files = (last(of_file[name], b"") for name in ("origin_file_id", "metadata_key", "payload_key"))
        self.keys = encryption.Keys(*files, self.identities)
        facts = b""
        if self.keys.metadata_key:
            facts = self.keys.open_sealed_header(last(fields["sealed"], b""))
        return {**message(facts, HEADER_FIELDS, self.unknown_fields), "derivation": fields["derivation"]}

    @property
    def is_copy(self):
        """Whether an encrypted file was copied from another."""
        return self.keys.origin_file_id != self.walk.file_id

    @staticmethod
    def _require_known(header):
        """Section 11: what cannot be read is refused by number."""
        flags = header.incompatible_flags & ~(FLAG_ENCRYPTED if header.type == FILE_HEADER else 0)
        if flags:
            raise Refused("flags", flags)
        if header.codec > 1:
            raise Refused("codec", header.codec)
        if header.cipher > 1:
            raise Refused("cipher", header.cipher)

    def _damage(self, kind, record, lost_events):
        self.damages.append(Damage(kind, record.at, record.end - record.at, lost_events))

    # Output

    def lines(self):
        yield {"line": "header", "file_id": self.walk.file_id.hex(), **self._header_json()}
        try:
            if self.keys and not self.keys.metadata_key:
                raise Refused("key_needed")
            before = None
            for record in self.walk.records:
                yield from self._record(record, before)
                before = record
        except Refused as refused:
            yield refused.line()
        else:
            for damage in sorted(self.damages, key=lambda damage: damage.offset):
                yield {"line": "damage", **damage._asdict()}
            unknown = {**self.unknown, "fields": len(self.unknown_fields)}
            if any(unknown.values()):
                yield {"line": "unknown", **unknown}
        yield {"line": "summary", **self._summary()}

    def _header_json(self):
        attributes = [message(value, ATTRIBUTE_FIELDS, self.unknown_fields) for value in self.header["attributes"]]
        hosts = [message(value, HOST_FIELDS, self.unknown_fields) for value in self.header["hosts"]]
        result = {
            **host(self.header),
            "producer": text(self.header["producer"]),
            "created_real_nanos": signed(last(self.header["created_real_nanos"], 0)),
            "attributes": {text(attribute["name"]): text(attribute["value"]) for attribute in attributes},
        }
        if hosts:
            result["hosts"] = [host(fields) for fields in hosts]
        if self.header["derivation"]:
            derivation = message(self.header["derivation"][-1], DERIVATION_FIELDS, self.unknown_fields)
            origins = [message(value, ORIGIN_FIELDS, self.unknown_fields) for value in derivation["origins"]]
            result["derivation"] = {
                "verb": text(derivation["verb"]),
                "producer": text(derivation["producer"]),
                "origins": [
                    {
                        "file_id": last(origin["file_id"], b"").hex(),
                        "first_sequence": last(origin["first_sequence"], 0),
                        "end_sequence": last(origin["end_sequence"], 0),
                    }
                    for origin in origins
                ],
            }
        return result

    def _record(self, record, before):
        header = record.header
        if header.type not in KNOWN_TYPES:
            self.unknown["records"] += 1
            return
        self._require_known(header)
        if header.compatible_flags & ~(FLAG_PAYLOAD_LOST if header.type == BLOCK else 0):
            self.unknown["flags"] += 1
        if header.type == BLOCK:
            for event in self._block(record):
                yield {"line": "event", **event}
            return
        try:
            body = record.body()
            if header.type == LOSS:
                yield {"line": "loss", **self._loss(record)}
            elif header.type == FOOTER and self.keys and not self.is_copy:
                seal = last(message(body, CHECKPOINT_FIELDS, [])["seal"], b"")
                self.keys.check_seal(header, seal)
        except encryption.Tampered:
            self._damage("tampered", record, 0)
        except Damaged:
            self._damage("header" if header.type == FILE_HEADER else "index", record, 0)
        if header.type == TRAILER and self.keys and not self.is_copy and not (before and before.header.type == FOOTER):
            self._damage("tampered", record, None)

    def _loss(self, record):
        fields = message(record.body(), LOSS_FIELDS, self.unknown_fields)
        values = {name: last(found, 0) for name, found in fields.items()}
        values["kind"] = values["kind"] if values["kind"] in LOSS_KINDS else 0
        for name in ("blocks", "events", "data_bytes"):
            plus_one = values.pop(name + "_plus_one")
            values[name] = plus_one - 1 if plus_one else None
        return values

    def _block(self, record):
        header = record.header
        try:
            if self.keys:
                self._require_genuine(header)
            stored = record.body()
            if header.cipher:
                stored = self._keys_of(header).open_metadata(header, stored)
            block = Block(unpacked(stored, header.codec, header.metadata_raw), header)
            events = block.events(self._runs(record, block))
        except encryption.Tampered:
            self._damage("tampered", record, header.event_count)
            return []
        except Damaged:
            self._damage("block", record, header.event_count)
            return []
        self.unknown_fields.extend(block.unknown)
        self.unknown["events"] += sum(event["kind"] == "Unknown" for event in events)
        return events

    def _require_genuine(self, header):
        """Section 13: what a block of an encrypted file must not be."""
        payload_lost = header.compatible_flags & FLAG_PAYLOAD_LOST
        if header.cipher == 0:
            raise encryption.Tampered("a block in the clear")
        if header.payload_raw and not header.payload_stored and not (payload_lost and self.is_copy):
            raise encryption.Tampered("a block without its payload plane")
        if not self.is_copy and (payload_lost or header.absent_blocks):
            raise encryption.Tampered("a block of a copy in a file that is none")

    def _keys_of(self, header):
        if self.keys is None:
            raise Damaged(f"cipher {header.cipher} in a file that is not encrypted")
        return self.keys

    def _runs(self, record, block):
        """The payload by stream, or None when it is not to be had."""
        header = record.header
        if header.payload_stored == 0:
            lost = header.compatible_flags & FLAG_PAYLOAD_LOST
            if header.data_bytes and not lost:
                raise Damaged("a block without its payload")
            return None if lost else {}
        if header.cipher and self.keys.payload_key is None:
            return None
        try:
            stored = record.payload_plane()
            if header.cipher:
                stored = self.keys.open_payload(header, stored, record.metadata)
            return block.runs(unpacked(stored, header.codec, header.payload_raw))
        except encryption.Tampered:
            raise
        except Damaged:
            self.damages.append(Damage("block", record.payload_at, header.payload_stored, 0))
            return None

    def _summary(self):
        """Section 10: the totals that the last record states that is no block, and what comes after it."""
        totals = dict.fromkeys(("blocks", "events", "data_bytes", "first_nanos", "last_nanos", "lost_events", "lost_bytes"), 0)
        records = [record for record in self.walk.records if record.header.type in KNOWN_TYPES]
        stating = [i for i, record in enumerate(records) if record.header.type != BLOCK and record.stands_where_written]
        first = stating[-1] if stating else 0
        for i, record in enumerate(records[first:]):
            header = record.header
            if i == 0 and header.type != BLOCK:
                totals.update(
                    blocks=header.sequence - header.absent_blocks,
                    events=header.events_before,
                    data_bytes=header.data_bytes_before,
                    first_nanos=header.first_nanos,
                    last_nanos=header.last_nanos,
                )
            if header.type == BLOCK:
                first_nanos = min(totals["first_nanos"], header.first_nanos) if totals["events"] else header.first_nanos
                totals.update(first_nanos=first_nanos, last_nanos=max(totals["last_nanos"], header.last_nanos))
                totals["blocks"] += 1
                totals["events"] += header.event_count
                totals["data_bytes"] += 0 if header.compatible_flags & FLAG_PAYLOAD_LOST else header.data_bytes
                totals["lost_events"] += header.lost_events
                totals["lost_bytes"] += header.lost_bytes
            else:
                totals["lost_events"] = max(totals["lost_events"], header.lost_events)
                totals["lost_bytes"] = max(totals["lost_bytes"], header.lost_bytes)
            if header.type == LOSS:
                self._add_loss(record, totals)
        return {"finished": self.walk.finished, **totals}

    def _add_loss(self, record, totals):
        try:
            loss = self._loss(record)
        except Damaged:
            return
        totals["lost_events"] += loss["events"] or 0
        totals["lost_bytes"] += loss["data_bytes"] or 0


def read(path, identities, strict):
    """Gives the lines of one file. The last one says when it was refused."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        for line in Tape(data, identities).lines():
            yield line
            if strict and line["line"] == "damage":
                return
    except Refused as refused:
        yield refused.line()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", metavar="FILE", nargs="+")
    parser.add_argument("--identity", metavar="KEYFILE", action="append", default=[], help="age identities of encrypted captures")
    parser.add_argument("--strict", action="store_true", help="stop at the first damage")
    options = parser.parse_args()
    identities = [key for path in options.identity for key in encryption.read_identities(path)]
    status = 0
    for path in options.files:
        print(json.dumps({"line": "file", "path": path}))
        for line in read(path, identities, options.strict):
            print(json.dumps(line))
            if line["line"] == "damage":
                status = max(status, 3 if options.strict else 1)
            elif line["line"] == "refused":
                status = 3
    sys.exit(status)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as `| head` expects
    try:
        main()
    except OSError as error:
        print(f"read_tape.py: {error.filename}: {error.strerror}", file=sys.stderr)
        sys.exit(3)
