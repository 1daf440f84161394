// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// Two exchanges side by side: what one has and the other lacks.

import * as api from './api.js';
import * as format from './format.js';
import { h, replace } from './dom.js';

const MAX_BODY = 256 * 1024;
/** Longest common subsequence takes the product of the lines in steps: beyond, lines are compared in place. */
const MAX_STEPS = 4_000_000;
/** Equal lines beside a difference, and how many are worth folding. */
const CONTEXT = 3;
const FOLD = 8;

export function compareView(one, other) {
  const box = h('div', { class: 'compare' }, h('p', { class: 'waiting' }, 'Comparing…'));
  fill(box, one, other);
  return box;
}

async function fill(box, one, other) {
  try {
    const parts = [];
    for (const of of ['request', 'response']) {
      const [before, after] = await Promise.all([lines(one, of), lines(other, of)]);
      const difference = diff(before, after);
      const changed = difference.filter(([kind]) => kind !== ' ').length;
      parts.push(h('section', {}, h('h3', {}, of === 'request' ? 'Request' : 'Response', ' ', h('span', { class: 'tag ' + (changed ? 'warn' : 'ok') }, changed ? changed + ' lines differ' : 'equal')),
        h('pre', { class: 'code diff', tabindex: 0, dir: 'ltr' }, folded(difference))));
    }
    replace(box, h('p', { class: 'note' }, '− is ' + one.exchange.id + ', + is ' + other.exchange.id + '; took ' + format.duration(one.exchange.duration_us) + ' and ' + format.duration(other.exchange.duration_us) + '.'), parts);
  } catch (e) {
    replace(box, h('p', { class: 'problem' }, e.message));
  }
}

const shown = ([kind, line]) => h('span', { class: 'line ' + (kind === '+' ? 'added' : kind === '-' ? 'removed' : 'same') }, kind + ' ' + line + '\n');

/** Lines as elements; of long runs of equal ones only those beside what differs, until one asks for the others. */
function folded(difference) {
  const parts = [];
  for (let at = 0; at < difference.length; ) {
    let end = at;
    while (end < difference.length && difference[end][0] === ' ') end++;
    const from = at === 0 ? at : at + CONTEXT;
    const to = end === difference.length ? end : end - CONTEXT;
    if (to - from >= FOLD) {
      parts.push(...difference.slice(at, from).map(shown));
      const hidden = difference.slice(from, to);
      const button = h('button', { type: 'button', class: 'fold', onclick: () => button.replaceWith(...hidden.map(shown)) }, '⋯ ' + format.count(hidden.length) + ' equal lines');
      parts.push(button, ...difference.slice(to, end).map(shown));
    } else parts.push(...difference.slice(at, end).map(shown));
    at = end;
    while (at < difference.length && difference[at][0] !== ' ') parts.push(shown(difference[at++]));
  }
  return parts;
}

async function lines(side, of) {
  const message = side.exchange[of];
  if (!message) return ['(not captured)'];
  const first = of === 'request' ? message.method + ' ' + message.target + ' ' + message.version : message.version + ' ' + message.status + ' ' + (message.reason ?? '');
  const head = [first, ...message.headers.map(([name, value]) => (name ?? '?') + ': ' + (value ?? '?')).map(format.readable), ''];
  if (!message.body_bytes) return head;
  const { bytes, total } = await api.bytes({ n: side.row.n, of, length: MAX_BODY });
  let text = new TextDecoder('utf-8').decode(bytes);
  if (/json/.test(message.content_type ?? '') && total <= MAX_BODY) {
    try {
      text = JSON.stringify(sorted(JSON.parse(text)), null, 2);
    } catch (e) {
      text += '\n(no JSON: ' + e.message + ')';
    }
  }
  const body = text.split('\n').map((line) => line.slice(0, 2000));
  if (total > MAX_BODY) body.push('(the first ' + format.bytes(MAX_BODY) + ' of ' + format.bytes(total) + ')');
  return head.concat(body);
}

/** Fields of objects in one order, so that order alone is no difference. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

export function diff(before, after) {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const a = before.slice(start, before.length - end);
  const b = after.slice(start, after.length - end);
  const same = (line) => [' ', line];
  return [...before.slice(0, start).map(same), ...middle(a, b), ...before.slice(before.length - end).map(same)];
}

function middle(a, b) {
  if (a.length * b.length > MAX_STEPS || !a.length || !b.length) return [...a.map((line) => ['-', line]), ...b.map((line) => ['+', line])];
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j] ? longest[(i + 1) * width + j + 1] + 1 : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const result = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      result.push([' ', a[i]]);
      i++;
      j++;
    } else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) result.push(['-', a[i++]]);
    else result.push(['+', b[j++]]);
  }
  while (i < a.length) result.push(['-', a[i++]]);
  while (j < b.length) result.push(['+', b[j++]]);
  return result;
}

