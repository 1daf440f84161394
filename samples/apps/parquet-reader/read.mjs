// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// Prints a Parquet file as an engine reads it that did not write it: its columns with their types as a line of JSON, then each
// row as one, with values as `analyzer query --format ndjson` writes them.

import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const BILLION = 1_000_000_000n;

/** Nanoseconds as they are: the engine's own dates end at milliseconds. */
function time(nanos) {
  const seconds = nanos / BILLION - (nanos % BILLION < 0n ? 1n : 0n);
  const rest = nanos - seconds * BILLION;
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return rest === 0n ? text : text + '.' + String(rest).padStart(9, '0').replace(/(000){1,2}$/, '');
}

function type(element, children) {
  if (element.converted_type === 'LIST') return type(children[0].type === undefined ? children[1] : children[0], []) + '[]';
  if (element.logical_type?.type === 'TIMESTAMP') return element.logical_type.unit === 'NANOS' ? 'TIMESTAMP_NS' : 'TIMESTAMP';
  if (element.type === 'BYTE_ARRAY') return element.converted_type === 'UTF8' ? 'VARCHAR' : 'BLOB';
  return { INT64: 'BIGINT', INT32: 'INTEGER', BOOLEAN: 'BOOLEAN', DOUBLE: 'DOUBLE' }[element.type];
}

function columns(schema) {
  const found = {};
  for (let i = 1; i < schema.length; ) {
    let after = i + 1;
    for (let open = schema[i].num_children ?? 0; open > 0; after++) open += (schema[after].num_children ?? 0) - 1;
    found[schema[i].name] = type(schema[i], schema.slice(i + 1, after));
    i = after;
  }
  return found;
}

/** As JSON, with whole numbers as they are: JSON's own reader and writer would round them. */
function json(value) {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  return Array.isArray(value) ? '[' + value.map(json).join(',') + ']' : JSON.stringify(value);
}

const file = await asyncBufferFromFile(process.argv[2]);
const { schema } = await parquetMetadataAsync(file);
console.log(JSON.stringify(columns(schema)));
const parsers = { timestampFromNanoseconds: time };
for (const row of await parquetReadObjects({ file, compressors, parsers, utf8: false })) {
  console.log('{' + Object.entries(row).map(([name, value]) => JSON.stringify(name) + ':' + json(value)).join(',') + '}');
}
