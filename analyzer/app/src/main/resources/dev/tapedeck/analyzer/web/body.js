// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// A message's bytes: as text, JSON tree, HTML source, image or hexadecimal digits. Never as a page.

import * as api from './api.js';
import * as format from './format.js';
import { fields } from './fields.js';
import { fieldsOf } from './protobuf.js';
import { tree } from './tree.js';
import { add, h, replace } from './dom.js';

const TEXT_PAGE = 128 * 1024;
const HEX_PAGE = 8 * 1024;
const MAX_TREE = 4 * 1024 * 1024;
const MAX_IMAGE = 32 * 1024 * 1024;
/** Longer lines are broken, because browsers take seconds to lay out one of a megabyte. */
const MAX_LINE = 2000;

/** Raster images, by their first bytes: what the message says of itself does not count. */
const IMAGES = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
  ['image/bmp', [0x42, 0x4d]],
];

function imageType(bytes) {
  for (const [type, start] of IMAGES) {
    if (start.every((byte, i) => bytes[i] === byte)) return type;
  }
  const text = String.fromCharCode(...bytes.subarray(0, 12));
  if (text.startsWith('RIFF') && text.endsWith('WEBP')) return 'image/webp';
  return null;
}

/**
 * Shows bytes with a choice of views.
 * where: parameters for the server; total: how many bytes; type: the content type that the message states; wireTotal: how
 * many there were before content decoding, where that makes a difference.
 */
export function bodyView(where, total, type, note, wireTotal) {
  const content = h('div', { class: 'body-content' });
  const bar = h('div', { class: 'body-bar' });
  const views = [];
  const lower = (type ?? '').toLowerCase();
  const text = { name: 'Text', show: () => paged(where, total, TEXT_PAGE, (bytes, offset) => textPage(bytes, offset, lower)) };
  const looksJson = /json/.test(lower);
  if (total <= MAX_TREE && (looksJson || !/html|xml|image|video|audio|font|octet|urlencoded|grpc|protobuf/.test(lower))) views.push({ name: 'JSON', show: () => jsonView(where) });
  const isForm = /x-www-form-urlencoded/.test(lower) && total <= MAX_TREE;
  if (isForm) views.push({ name: 'Form', show: () => formView(where) });
  const isProtobuf = /protobuf|grpc/.test(lower) && total <= MAX_TREE;
  if (isProtobuf && where.message !== undefined) views.push({ name: 'Protobuf', show: () => protobufView(where) });
  if (/html|xml|javascript|css/.test(lower)) text.name = 'Source';
  views.push(text);
  if (total <= MAX_IMAGE && !/json|javascript|css|urlencoded|grpc|protobuf|^text\/(?!plain)/.test(lower)) views.push({ name: 'Image', show: () => imageView(where) });
  views.push({ name: 'Hex', show: () => paged(where, total, HEX_PAGE, hexPage) });
  if (wireTotal) views.push({ name: 'As sent', show: () => paged({ ...where, form: 'wire' }, wireTotal, HEX_PAGE, hexPage) });
  const isBinary = /image|video|audio|font|octet-stream|protobuf|grpc|zip|pdf/.test(lower);
  const first = looksJson && total <= MAX_TREE ? 'JSON' : isForm ? 'Form' : isProtobuf && where.message !== undefined ? 'Protobuf' : /^image\/(?!svg)/.test(lower) && total <= MAX_IMAGE ? 'Image' : isBinary ? 'Hex' : text.name;
  const show = async (view) => {
    for (const button of bar.querySelectorAll('[role=tab]')) button.setAttribute('aria-selected', String(button.textContent === view.name));
    replace(content, h('p', { class: 'waiting' }, 'Reading…'));
    try {
      replace(content, await view.show());
    } catch (e) {
      replace(content, h('p', { class: 'problem' }, e.message));
    }
  };
  add(bar, [
    h('span', { role: 'tablist', class: 'tabs small', 'aria-label': 'How to show the body' },
      views.map((view) => h('button', { type: 'button', role: 'tab', 'aria-selected': 'false', onclick: () => show(view) }, view.name))),
    h('span', { class: 'spring' }),
    h('span', { class: 'note' }, format.bytes(total) + (note ? ', ' + note : '')),
    h('button', { type: 'button', title: 'Save the bytes to a file', onclick: () => api.save('body', { ...where, save: 1 }, 'body.bin') }, 'Save'),
  ]);
  show(views.find((view) => view.name === first) ?? text);
  return h('div', { class: 'body' }, bar, content);
}

/** Shows a page of bytes at a time: fifty megabytes never become elements at once. */
async function paged(where, total, size, show) {
  const box = h('div', {});
  const pages = Math.max(1, Math.ceil(total / size));
  let page = 0;
  const content = h('div', {});
  const number = h('input', { type: 'number', min: 1, max: pages, value: 1, 'aria-label': 'Page', onchange: () => go(Number(number.value) - 1) });
  const go = async (to) => {
    page = Math.max(0, Math.min(pages - 1, Number.isFinite(to) ? Math.floor(to) : 0));
    number.value = page + 1;
    const { bytes } = await api.bytes({ ...where, offset: page * size, length: size });
    replace(content, show(bytes, page * size));
  };
  if (pages > 1) {
    add(box, [h('div', { class: 'pager' },
      h('button', { type: 'button', onclick: () => go(page - 1), 'aria-label': 'Previous page' }, '‹'),
      number, h('span', {}, 'of ' + format.count(pages)),
      h('button', { type: 'button', onclick: () => go(page + 1), 'aria-label': 'Next page' }, '›'))]);
  }
  await go(0);
  return add(box, [content]);
}

function decoder(lower) {
  const charset = /charset="?([\w-]+)/.exec(lower)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset);
  } catch (e) {
    return new TextDecoder('utf-8');
  }
}

function textPage(bytes, offset, lower) {
  // A page may begin inside a character: what belongs to the one before is left to it.
  let from = 0;
  if (offset > 0) while (from < 3 && (bytes[from] & 0xc0) === 0x80) from++;
  const text = decoder(lower).decode(bytes.subarray(from));
  return codeLines(text);
}

/** Text with line numbers. */
export function codeLines(text) {
  const lines = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    for (let i = 0; i === 0 || i < line.length; i += MAX_LINE) lines.push(line.slice(i, i + MAX_LINE));
  }
  return h('pre', { class: 'code', tabindex: 0, dir: 'ltr' }, lines.map((line) => h('span', { class: 'line' }, line + '\n')));
}

function hexPage(bytes, offset) {
  const lines = [];
  const width = window.matchMedia('(max-width: 720px)').matches ? 8 : 16;
  for (let i = 0; i < bytes.length; i += width) {
    const row = bytes.subarray(i, i + width);
    const digits = Array.from(row, (byte) => byte.toString(16).padStart(2, '0'));
    const text = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
    lines.push((offset + i).toString(16).padStart(8, '0') + '  ' + digits.slice(0, 8).join(' ').padEnd(23) + '  ' + (width > 8 ? digits.slice(8).join(' ').padEnd(23) + '  ' : '') + text);
  }
  return h('pre', { class: 'code hex', tabindex: 0, dir: 'ltr' }, lines.join('\n'));
}

async function jsonView(where) {
  const { bytes } = await api.bytes({ ...where, length: MAX_TREE });
  const text = new TextDecoder('utf-8').decode(bytes);
  let value;
  try {
    value = JSON.parse(text);
  } catch (e) {
    return [h('p', { class: 'note' }, 'This is no JSON: ' + e.message), codeLines(text.slice(0, TEXT_PAGE))];
  }
  return tree(value);
}

async function formView(where) {
  const { bytes } = await api.bytes({ ...where, length: MAX_TREE });
  return fields('Fields', [...new URLSearchParams(new TextDecoder('utf-8').decode(bytes))], true);
}

async function protobufView(where) {
  const { bytes } = await api.bytes({ ...where, length: MAX_TREE });
  const message = fieldsOf(bytes);
  if (message === null) return [h('p', { class: 'note' }, 'This cannot be read as a protocol buffer.'), hexPage(bytes.subarray(0, HEX_PAGE), 0)];
  return [protobufTree(message), h('p', { class: 'note' }, 'Without its schema: field numbers, and what the bytes look like.')];
}

function protobufTree(message) {
  return h('div', { class: 'tree', tabindex: 0 }, message.map((field) => {
    const label = h('span', { class: 'key' }, field.number);
    if (field.kind === 'message') {
      return h('details', { open: true }, h('summary', {}, label, h('span', { class: 'size' }, ' message, ' + format.counted(field.value.length, 'field'))), h('div', { class: 'inside' }, protobufTree(field.value)));
    }
    const value = field.kind === 'text' ? h('span', { class: 'string' }, JSON.stringify(field.value))
      : field.kind === 'bytes' ? h('span', { class: 'number' }, Array.from(field.value.subarray(0, 64), (byte) => byte.toString(16).padStart(2, '0')).join(' ') + (field.value.length > 64 ? ' …' : ''))
        : h('span', { class: 'number' }, String(field.value) + (field.real === undefined ? '' : ' or ' + field.real));
    return h('div', { class: 'leaf' }, label, ': ', value, h('span', { class: 'size' }, ' ' + field.kind + (field.kind === 'bytes' ? ', ' + format.bytes(field.value.length) : '')));
  }));
}

async function imageView(where) {
  const { bytes } = await api.bytes({ ...where, length: 64 });
  const type = imageType(bytes);
  if (!type) return h('p', { class: 'note' }, 'The bytes are no PNG, JPEG, GIF, BMP or WebP image. Other kinds, such as SVG, are shown as source only.');
  const parts = [];
  for (let offset = 0, total = 1; offset < total; ) {
    const part = await api.bytes({ ...where, offset, length: 4 * 1024 * 1024 });
    if (part.bytes.length === 0) break;
    parts.push(part.bytes);
    offset += part.bytes.length;
    total = part.total;
  }
  const image = h('img', { class: 'picture', alt: 'the captured image' });
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const caption = h('figcaption', {}, type);
  image.addEventListener('load', () => {
    replace(caption, type + ', ' + image.naturalWidth + ' × ' + image.naturalHeight);
    URL.revokeObjectURL(address);
  });
  image.addEventListener('error', () => replace(caption, type + ', damaged'));
  image.src = address;
  return h('figure', {}, image, caption);
}
