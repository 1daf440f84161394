// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// Protocol buffers without their schema: field numbers, and what the bytes can be read as.
// https://protobuf.dev/programming-guides/encoding/

const MAX_DEPTH = 12;
const MAX_FIELDS = 20_000;
const TEXT = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a message: fields {number, kind, value} in their order, kind being varint, fixed64, fixed32, text, bytes or message.
 * Null where the bytes are none.
 */
export function fieldsOf(bytes) {
  return read(bytes, 0, { left: MAX_FIELDS });
}

function read(bytes, depth, budget) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= bytes.length) return null;
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value < 1n << 64n ? value : null;
    }
    return null;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === null || tag > 0xffffffffn || tag >> 3n === 0n || budget.left-- <= 0) return null;
    const number = Number(tag >> 3n);
    switch (Number(tag & 7n)) {
      case 0: {
        const value = varint();
        if (value === null) return null;
        fields.push({ number, kind: 'varint', value });
        break;
      }
      case 1:
        if (at + 8 > bytes.length) return null;
        fields.push({ number, kind: 'fixed64', value: view.getBigUint64(at, true), real: view.getFloat64(at, true) });
        at += 8;
        break;
      case 2: {
        const length = varint();
        if (length === null || length > BigInt(bytes.length - at)) return null;
        const part = bytes.subarray(at, at + Number(length));
        at += part.length;
        fields.push({ number, ...content(part, depth, budget) });
        break;
      }
      case 5:
        if (at + 4 > bytes.length) return null;
        fields.push({ number, kind: 'fixed32', value: view.getUint32(at, true), real: view.getFloat32(at, true) });
        at += 4;
        break;
      default:
        return null;
    }
  }
  return fields;
}

/** A run of bytes may be text, a message or neither: printable text is taken first, as a person would. */
function content(part, depth, budget) {
  const text = printable(part);
  if (text !== null) return { kind: 'text', value: text };
  const inner = depth < MAX_DEPTH ? read(part, depth + 1, budget) : null;
  return inner !== null ? { kind: 'message', value: inner } : { kind: 'bytes', value: part };
}

function printable(part) {
  try {
    const text = TEXT.decode(part);
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text) ? null : text;
  } catch (e) {
    return null;
  }
}
