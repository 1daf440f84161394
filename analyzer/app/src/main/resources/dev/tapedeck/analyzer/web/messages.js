// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// What an exchange carries inside itself: WebSocket messages, server-sent events, gRPC messages.

import * as api from './api.js';
import * as format from './format.js';
import { bodyView } from './body.js';
import { fieldsOf } from './protobuf.js';
import { add, h, replace } from './dom.js';

const PART = 200;
const TEXTS = new Set(['text', 'event', 'close']);

export function messagesView(n, exchange) {
  const all = exchange.messages;
  const list = h('ol', { class: 'messages' });
  const body = h('div', { class: 'message-body' });
  /** How payloads begin, by their place. */
  const begins = [];
  let made = 0;
  const show = (i, item) => {
    for (const other of list.querySelectorAll('[aria-current]')) other.removeAttribute('aria-current');
    item.setAttribute('aria-current', 'true');
    const message = all[i];
    const facts = [
      message.event ? 'event ' + message.event : null,
      message.event_id ? 'id ' + message.event_id : null,
      message.retry_ms !== undefined && message.retry_ms !== null ? 'retry ' + message.retry_ms + ' ms' : null,
      message.close_code !== undefined && message.close_code !== null ? 'close code ' + message.close_code : null,
      message.compressed ? 'compressed, ' + format.bytes(message.wire_payload_bytes) + ' as sent' : null,
      message.frames > 1 ? message.frames + ' frames' : null,
      message.completeness !== 'complete' ? message.completeness.replace('_', ' ') : null,
      ...message.anomalies.map((a) => a.kind.replace(/_/g, ' ') + ' ' + a.detail),
    ].filter(Boolean);
    const type = !TEXTS.has(message.kind) ? (message.kind === 'grpc' ? 'application/grpc' : 'application/octet-stream') : begins[i]?.match(/^\s*[{[]/) ? 'application/json' : 'text/message';
    replace(body, facts.length ? h('p', { class: 'note' }, facts.join(', ')) : null,
      message.payload_bytes ? bodyView({ n, message: i }, message.payload_bytes, type) : h('p', { class: 'note' }, 'Empty.'));
  };
  const preview = async (from, items) => {
    try {
      const answer = await api.json('previews', { n, from, count: items.length });
      answer.forEach((begin, i) => { begins[from + i] = begin; });
      answer.forEach((begin, i) => add(items[i], [(items[i].childNodes.length ? ' ' : '') + begun(all[from + i], begin)]));
    } catch (e) {
      // The list is whole without them, and the message itself says what is wrong.
      items.forEach((item) => { item.title = e.message; });
    }
  };
  const more = () => {
    const end = Math.min(all.length, made + PART);
    const from = made;
    const whats = [];
    for (; made < end; made++) {
      const i = made;
      const message = all[i];
      const what = h('span', { class: 'what' }, message.event ? h('b', {}, message.event) : message.event_id ?? null);
      whats.push(what);
      const item = h('button', { type: 'button', class: 'message ' + (message.from === 'client' ? 'from-client' : 'from-server'), onclick: () => show(i, item) },
        h('span', { class: 'way', title: 'from the ' + message.from }, message.from === 'client' ? '↑' : '↓'),
        h('span', { class: 'kind' }, message.kind ?? 'unknown'),
        what,
        h('span', { class: 'size' }, format.bytes(message.payload_bytes)),
        h('span', { class: 'when' }, '+' + format.duration(Math.floor((message.ended_ns - exchange.started_ns) / 1000))));
      add(list, [h('li', {}, item)]);
    }
    const previewed = preview(from, whats);
    if (made < all.length) {
      const button = h('button', { type: 'button', class: 'more', onclick: () => { button.parentNode.remove(); more(); } }, format.count(all.length - made) + ' more');
      add(list, [h('li', {}, button)]);
    }
    return previewed;
  };
  const first = () => list.querySelector('.message');
  // How the first one begins says how to show it.
  more().then(() => { if (first() && !list.querySelector('[aria-current]')) show(0, first()); });
  return h('div', { class: 'messages-view' }, list, body);
}

/** How a payload begins: text, or the hexadecimal digits of bytes. */
function begun(message, begin) {
  const bytes = Uint8Array.from(begin, (c) => c.charCodeAt(0));
  if (message.kind === 'text' || message.kind === 'event') {
    return new TextDecoder().decode(bytes).replace(/\ufffd+$/, '').replace(/\s+/g, ' ');
  }
  if (message.kind === 'grpc') return grpcBegun(bytes);
  return hex(bytes);
}

const hex = (bytes) => Array.from(bytes.subarray(0, 24), (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** What can be read in a message whose fields have no names here: its texts and numbers, else the bytes. */
function grpcBegun(bytes) {
  const values = [];
  const collect = (list) => list.forEach((field) => {
    if (field.kind === 'message') collect(field.value);
    else if (field.kind === 'text' || field.kind === 'varint') values.push(String(field.value));
  });
  const message = fieldsOf(bytes);
  if (message) collect(message);
  return values.length ? values.join(', ').replace(/\s+/g, ' ') : hex(bytes);
}
