// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// What an exchange carries inside itself: WebSocket messages, server-sent events, gRPC messages.

import * as format from './format.js';
import { bodyView } from './body.js';
import { add, h, replace } from './dom.js';

const PART = 200;

export function messagesView(n, exchange) {
  const all = exchange.messages;
  const list = h('ol', { class: 'messages' });
  const body = h('div', { class: 'message-body' });
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
    const type = message.kind === 'text' || message.kind === 'event' || message.kind === 'close' ? 'text/plain' : 'application/octet-stream';
    replace(body, facts.length ? h('p', { class: 'note' }, facts.join(', ')) : null,
      message.payload_bytes ? bodyView({ n, message: i }, message.payload_bytes, type) : h('p', { class: 'note' }, 'Empty.'));
  };
  const more = () => {
    const end = Math.min(all.length, made + PART);
    for (; made < end; made++) {
      const i = made;
      const message = all[i];
      const item = h('button', { type: 'button', class: 'message ' + (message.from === 'client' ? 'from-client' : 'from-server'), onclick: () => show(i, item) },
        h('span', { class: 'way', title: 'from the ' + message.from }, message.from === 'client' ? '↑' : '↓'),
        h('span', { class: 'kind' }, message.kind ?? 'unknown'),
        h('span', { class: 'what' }, message.event ?? message.event_id ?? ''),
        h('span', { class: 'size' }, format.bytes(message.payload_bytes)),
        h('span', { class: 'when' }, '+' + format.duration((message.ended_ns - exchange.started_ns) / 1000 | 0)));
      add(list, [h('li', {}, item)]);
    }
    if (made < all.length) {
      const button = h('button', { type: 'button', class: 'more', onclick: () => { button.parentNode.remove(); more(); } }, format.count(all.length - made) + ' more');
      add(list, [h('li', {}, button)]);
    }
  };
  more();
  const first = list.querySelector('.message');
  if (first) show(0, first);
  return h('div', { class: 'messages-view' }, list, body);
}
