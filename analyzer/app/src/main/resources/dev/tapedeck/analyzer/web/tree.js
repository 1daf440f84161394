// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// A JSON value as a tree that opens and closes. Children are made when they are first seen.

import { add, h } from './dom.js';
import { counted } from './format.js';

const OPEN_DEPTH = 2;
const PART = 200;
const MAX_STRING = 4000;

export function tree(value) {
  const box = h('div', { class: 'tree', tabindex: 0 });
  add(box, [node(null, value, 0)]);
  return box;
}

function label(key) {
  return key === null ? null : [h('span', { class: typeof key === 'number' ? 'index' : 'key' }, typeof key === 'number' ? key : JSON.stringify(key)), ': '];
}

function node(key, value, depth) {
  if (value === null || typeof value !== 'object') return h('div', { class: 'leaf' }, label(key), leaf(value));
  const isArray = Array.isArray(value);
  const keys = isArray ? null : Object.keys(value);
  const size = isArray ? value.length : keys.length;
  const brackets = isArray ? '[ ]' : '{ }';
  if (size === 0) return h('div', { class: 'leaf' }, label(key), h('span', { class: 'punct' }, brackets));
  const inside = h('div', { class: 'inside' });
  let made = 0;
  const more = () => {
    const end = Math.min(size, made + PART);
    for (; made < end; made++) {
      const name = isArray ? made : keys[made];
      add(inside, [node(name, value[name], depth + 1)]);
    }
    if (made < size) {
      const button = h('button', { type: 'button', class: 'more', onclick: () => { button.remove(); more(); } }, (size - made) + ' more');
      add(inside, [button]);
    }
  };
  const details = h('details', { open: depth < OPEN_DEPTH },
    h('summary', {}, label(key), h('span', { class: 'punct' }, isArray ? '[' : '{'), h('span', { class: 'size' }, ' ' + counted(size, isArray ? 'item' : 'field') + ' '), h('span', { class: 'punct' }, isArray ? ']' : '}')),
    inside);
  if (details.open) more();
  details.addEventListener('toggle', () => { if (details.open && made === 0) more(); });
  return details;
}

function leaf(value) {
  if (typeof value === 'string') {
    const cut = value.length > MAX_STRING;
    return [h('span', { class: 'string' }, JSON.stringify(cut ? value.slice(0, MAX_STRING) : value)), cut ? h('span', { class: 'size' }, ' … ' + value.length + ' characters') : null];
  }
  return h('span', { class: value === null ? 'null' : typeof value }, String(value));
}
