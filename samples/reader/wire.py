# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""What a capture is coded with: CRC32C, zstd frames, protobuf's wire format, and tables of columns."""

import zstandard

PLANE_LIMIT = 16 << 20  # FORMAT.md, section 8


class Damaged(Exception):
    """Bytes that are not what the specification wants there."""


def _crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_CRC_TABLE = _crc_table()


def crc32c(data):
    """RFC 3720, appendix B.4. About 10 MB/s: fine for samples, not for gigabytes."""
    table = _CRC_TABLE
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def unzstd(frame, raw_length):
    """The content of exactly one zstd frame, whose header states that length."""
    try:
        parameters = zstandard.get_frame_parameters(frame)
        if parameters.content_size != raw_length:
            raise Damaged(f"content size {parameters.content_size}, not {raw_length}")
        if parameters.dict_id != 0:
            raise Damaged("the frame wants a dictionary")
        decompressor = zstandard.ZstdDecompressor().decompressobj()
        content = decompressor.decompress(frame)
    except zstandard.ZstdError as error:
        raise Damaged(str(error)) from error
    if not decompressor.eof or decompressor.unused_data or len(content) != raw_length:
        raise Damaged("not one whole frame")
    return content


def signed(value):
    """64 bits as a signed number; sums and differences wrap."""
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def unzigzag(value):
    return value >> 1 ^ -(value & 1)


def varint(data, at):
    """Returns (64-bit unsigned value, offset after it)."""
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Damaged("a varint does not end")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >> 64:
                raise Damaged("a varint of more than 64 bits")
            return value, at
        shift += 7


def fields(data):
    """Gives (number, wire type, value): an int for wire types 0, 1 and 5, bytes for 2."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        number, wire_type = tag >> 3, tag & 7
        if not 0 < number < 1 << 29:
            raise Damaged(f"field number {number}")
        if wire_type == 0:
            value, at = varint(data, at)
        elif wire_type == 2:
            length, at = varint(data, at)
            if length > len(data) - at:
                raise Damaged(f"field {number} ends after its message")
            value, at = data[at : at + length], at + length
        elif wire_type in (1, 5):
            length = 8 if wire_type == 1 else 4
            if length > len(data) - at:
                raise Damaged(f"field {number} ends after its message")
            value, at = int.from_bytes(data[at : at + length], "little"), at + length
        else:
            raise Damaged(f"field {number} has wire type {wire_type}")
        yield number, wire_type, value


def message(data, known, unknown):
    """A message as {name: [values]}. `known` is {number: (name, wire type)}; other numbers are appended to `unknown`."""
    values = {name: [] for name, _ in known.values()}
    for number, wire_type, value in fields(data):
        if number not in known:
            unknown.append(number)
            continue
        name, wanted_type = known[number]
        if wire_type != wanted_type:
            raise Damaged(f"{name} has wire type {wire_type}")
        values[name].append(value)
    return values


def packed(data):
    values = []
    at = 0
    while at < len(data):
        value, at = varint(data, at)
        values.append(value)
    return values


def column_value(value, kind):
    """A plain or zigzag varint as a number of that protobuf type."""
    value = unzigzag(value) if kind[0] == "s" else signed(value)
    if kind == "uint32":
        in_range = 0 <= value < 1 << 32
    else:
        in_range = kind.endswith("64") or -(1 << 31) <= value < 1 << 31
    if not in_range:
        raise Damaged(f"{value} is no {kind}")
    return value


class Table:
    """A struct of arrays: `rows`, and an attribute for each column. Columns of free length and bytes are left as they are."""

    def __init__(self, data, columns, unknown, limit, free=()):
        known = {1: ("rows", 0)}
        known.update({number: (name, 2) for number, (name, _) in columns.items()})
        found = message(data, known, unknown)
        if any(len(values) > 1 for values in found.values()):
            raise Damaged("a column in two pieces")
        self.rows = found["rows"][0] if found["rows"] else 0
        if self.rows > limit:
            raise Damaged(f"{self.rows} rows")
        for name, kind in columns.values():
            values = found[name][0] if found[name] else b""
            if kind != "bytes":
                values = [column_value(value, kind) for value in packed(values)]
                if name not in free:
                    values = values or [0] * self.rows
                    if len(values) != self.rows:
                        raise Damaged(f"{name}: {len(values)} values for {self.rows} rows")
            setattr(self, name, values)
