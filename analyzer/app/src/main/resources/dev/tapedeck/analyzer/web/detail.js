// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// One exchange: request, answer, timing, messages, connection, and another one beside it.

import * as api from './api.js';
import * as format from './format.js';
import { bodyView } from './body.js';
import { compareView } from './compare.js';
import { connectionView } from './connection.js';
import { fields } from './fields.js';
import { messagesView } from './messages.js';
import { add, byId, h, replace, toast } from './dom.js';

export class Detail {
  /** onClose() is called when it is closed, onMove(by) for its neighbours, onTab(name) when another part is shown. */
  constructor({ onClose, onMove, onTab }) {
    this.element = byId('detail');
    this.onClose = onClose;
    this.onMove = onMove;
    this.onTab = onTab;
    this.tab = 'response';
    this.pinned = null;
    this.row = null;
  }

  get isOpen() {
    return !this.element.hidden;
  }

  close() {
    this.element.hidden = true;
    byId('split').hidden = true;
    document.body.classList.remove('has-detail');
    this.row = null;
    replace(this.element);
    this.onClose();
  }

  async open(row) {
    this.row = row;
    this.element.hidden = false;
    byId('split').hidden = false;
    document.body.classList.add('has-detail');
    const slow = setTimeout(() => replace(this.element, h('p', { class: 'waiting' }, 'Reading ' + row.id + ' from the capture…')), 150);
    try {
      const answer = await api.json('exchange', { n: row.n });
      if (this.row !== row) return;
      this.exchange = answer.exchange;
      this.session = answer.session;
      clearTimeout(slow);
      this.draw();
    } catch (e) {
      clearTimeout(slow);
      if (this.row === row) replace(this.element, this.closeButton(), h('p', { class: 'problem', role: 'alert' }, e.message));
    }
  }

  closeButton() {
    return h('button', { type: 'button', class: 'close', title: 'Close (Esc)', 'aria-label': 'Close', onclick: () => this.close() }, '×');
  }

  get tabs() {
    const e = this.exchange;
    const tabs = [['request', 'Request'], ['response', 'Response']];
    if (e.messages.length) tabs.push(['messages', 'Messages ' + format.count(e.messages.length)]);
    tabs.push(['timing', 'Timing'], ['connection', 'Connection']);
    if (this.pinned && this.pinned.row.n !== this.row.n) tabs.push(['compare', 'Compare with ' + this.pinned.exchange.id]);
    return tabs;
  }

  draw() {
    const e = this.exchange;
    const status = e.response?.status;
    const url = e.request ? (e.request.authority && e.request.target?.startsWith('/') ? e.scheme + '://' + e.request.authority + e.request.target : e.request.target) : null;
    replace(this.element,
      h('div', { class: 'detail-head' },
        h('h2', {}, h('span', { class: 'method' }, e.request?.method ?? '–'), ' ',
          h('span', { class: 'status ' + format.statusClass(status) }, status ?? 'no answer'), ' ', h('span', { class: 'note' }, e.id)),
        h('div', { class: 'actions' },
          h('button', { type: 'button', title: 'Previous (k)', 'aria-label': 'Previous', onclick: () => this.onMove(-1) }, '‹'),
          h('button', { type: 'button', title: 'Next (j)', 'aria-label': 'Next', onclick: () => this.onMove(1) }, '›'),
          h('button', { type: 'button', id: 'copy-curl', title: 'Copy as curl (c)', onclick: () => this.copyCurl() }, 'curl'),
          h('button', { type: 'button', title: 'Save as HAR', onclick: () => this.saveHar() }, 'HAR'),
          h('button', { type: 'button', id: 'pin', title: 'Keep to compare with another (x)', 'aria-pressed': String(this.pinned?.row.n === this.row.n), onclick: () => this.pin() }, 'Pin'),
          this.closeButton())),
      h('p', { class: 'url' }, format.readable(url ?? 'The request was not captured.')),
      this.oddities(e),
      this.tabBar(),
      h('div', { id: 'tab-panel', class: 'panel', role: 'tabpanel', tabindex: 0 }));
    this.showTab(this.tabs.some(([name]) => name === this.tab) ? this.tab : 'response', true);
  }

  oddities(e) {
    const odd = [];
    if (e.completeness !== 'complete') odd.push('Not all of it was captured: ' + e.completeness.replace('_', ' ') + '.');
    for (const [where, list] of [['', e.anomalies], ['Request: ', e.request?.anomalies], ['Response: ', e.response?.anomalies]]) {
      // An upgrade is no fault: its messages have a part of their own.
      for (const anomaly of (list ?? []).filter((one) => one.kind !== 'protocol_switch')) odd.push(where + anomaly.kind.replace(/_/g, ' ') + (anomaly.detail ? ' (' + anomaly.detail + ')' : ''));
    }
    return odd.length ? h('ul', { class: 'oddities' }, odd.slice(0, 20).map((text) => h('li', {}, text))) : null;
  }

  tabBar() {
    return h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Parts' }, this.tabs.map(([name, title]) =>
      h('button', { type: 'button', role: 'tab', id: 'tab-' + name, 'aria-controls': 'tab-panel', 'aria-selected': 'false', onclick: () => this.showTab(name) }, title)));
  }

  showTab(name, isFirst) {
    if (!isFirst) {
      this.tab = name;
      this.onTab(name);
    }
    for (const button of this.element.querySelectorAll('.tabs > [role=tab]')) button.setAttribute('aria-selected', String(button.id === 'tab-' + name));
    const panel = byId('tab-panel');
    panel.setAttribute('aria-labelledby', 'tab-' + name);
    replace(panel, this.part(name));
  }

  stepTab(number) {
    const tab = this.tabs[number - 1];
    if (tab) this.showTab(tab[0]);
  }

  part(name) {
    const e = this.exchange;
    switch (name) {
      case 'request': return message(this.row.n, 'request', e.request);
      case 'response': return [interim(e.interim), message(this.row.n, 'response', e.response)];
      case 'messages': return messagesView(this.row.n, e);
      case 'timing': return timing(e);
      case 'connection': return connectionView(e, this.session);
      case 'compare': return compareView(this.pinned, { row: this.row, exchange: e });
      default: return null;
    }
  }

  pin() {
    this.pinned = { row: this.row, exchange: this.exchange };
    toast('Pinned ' + this.exchange.id + '. Open another one to compare.');
    this.draw();
  }

  async copyCurl() {
    try {
      const text = await api.text('curl', { n: this.row.n });
      await copy(text);
      toast('Copied as curl');
    } catch (e) {
      toast(e.message);
    }
  }

  saveHar() {
    api.save('har', { n: this.row.n }, 'exchange-' + this.exchange.id.replace(/\W/g, '-') + '.har');
  }
}

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = h('textarea', { class: 'offscreen', 'aria-hidden': 'true' });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

function interim(list) {
  return list.length ? h('p', { class: 'note' }, 'Before it: ' + list.map((answer) => answer.status).join(', ')) : null;
}

function message(n, of, message) {
  if (!message) return h('p', { class: 'note' }, of === 'request' ? 'The request was not captured.' : 'No answer was captured.');
  const line = of === 'request' ? [message.method, message.target, message.version] : [message.version, message.status, message.reason];
  const note = message.body_bytes !== message.wire_body_bytes ? format.bytes(message.wire_body_bytes) + ' as sent' : '';
  return [
    h('pre', { class: 'start-line' }, format.readable(line.filter((part) => part !== null && part !== undefined && part !== '').join(' '))),
    message.grpc_status !== undefined ? h('p', { class: message.grpc_status ? 's5' : 's2' }, 'gRPC status ' + message.grpc_status + (message.grpc_message ? ': ' + message.grpc_message : '')) : null,
    of === 'request' ? query(message.target) : null,
    fields('Headers', message.headers, true),
    message.trailers.length ? fields('Trailers', message.trailers, true) : null,
    raw(n, of),
    message.body_bytes > 0
      ? bodyView({ n, of, form: 'content' }, message.body_bytes, message.content_type, note, message.body_bytes !== message.wire_body_bytes ? message.wire_body_bytes : 0)
      : message.wire_body_bytes > 0
        ? bodyView({ n, of, form: 'wire' }, message.wire_body_bytes, 'application/octet-stream', 'as sent: it could not be decoded')
        : h('p', { class: 'note' }, 'No body.'),
  ];
}

/** The parameters of a target, decoded as forms are. */
function query(target) {
  const at = (target ?? '').indexOf('?');
  if (at < 0 || at === target.length - 1) return null;
  const parameters = [...new URLSearchParams(format.readable(target.slice(at + 1)))];
  return fields('Query', parameters, parameters.length <= 12);
}

function raw(n, of) {
  const details = h('details', { class: 'raw' }, h('summary', {}, 'Raw head'));
  details.addEventListener('toggle', async () => {
    if (!details.open || details.querySelector('pre')) return;
    try {
      const { bytes } = await api.bytes({ n, of, form: 'head', length: 1 << 20 });
      const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
      add(details, [h('pre', { class: 'code', dir: 'ltr' }, text.split('\n').map((line, i, all) => h('span', { class: 'line' }, line.replace(/\r$/, '␍') + (i < all.length - 1 ? '␊\n' : ''))))]);
    } catch (e) {
      add(details, [h('p', { class: 'problem' }, e.message)]);
    }
  });
  return details;
}

function timing(e) {
  const started = e.started_ns / 1000;
  const total = e.duration_us ?? 0;
  const wait = e.first_byte_us;
  const parts = wait === null || wait === undefined
    ? [['Until the end', 0, total, 'wait']]
    : [['Request and waiting', 0, wait, 'wait'], ['Receiving', wait, total - wait, 'receive']];
  return [
    h('div', { class: 'timing' }, parts.map(([name, from, width, kind]) => {
      const bar = h('i', { class: kind });
      bar.style.left = total ? (100 * from) / total + '%' : '0';
      bar.style.width = total ? Math.max(0.3, (100 * width) / total) + '%' : '100%';
      return h('div', { class: 'timing-row' }, h('span', {}, name), h('span', { class: 'track' }, bar), h('span', { class: 'amount' }, format.duration(width)));
    })),
    fields('Times', [
      ['started', format.dateAndClock(started)],
      ['first byte of the answer', wait === null || wait === undefined ? 'not known' : '+' + format.duration(wait)],
      ['last byte', '+' + format.duration(total)],
      ['pipelined', e.pipelined ? 'yes: the request began before the previous answer had ended' : 'no'],
    ], true),
  ];
}

