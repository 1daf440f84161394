// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// The connection that an exchange ran on: who, how the bytes were linked to it, what is missing.

import * as format from './format.js';
import { fields } from './fields.js';
import { h } from './dom.js';

const endpoint = (end) => (end && end.ip ? (end.ip.includes(':') ? '[' + end.ip + ']' : end.ip) + ':' + end.port : 'not known');
const moment = (nanos) => (nanos === null || nanos === undefined ? 'not seen' : format.dateAndClock(nanos / 1000));

export function connectionView(exchange, session) {
  const c = session ?? exchange;
  const process = (p) => (p && p.pid ? [p.comm, p.exe, 'pid ' + p.pid].filter(Boolean).join(', ') : 'not known');
  const tls = c.tls;
  return [
    session ? null : h('p', { class: 'note' }, 'The connection was still open when this was read; more is known when the index is complete.'),
    h('div', { class: 'ends' },
      h('div', { class: 'end' }, h('b', {}, 'Client'), h('span', {}, endpoint(c.client)), c.role === 'client' ? h('span', { class: 'tag info' }, 'recorded here') : null),
      h('span', { class: 'arrow', 'aria-hidden': 'true' }, h('b', {}, '⇄'), c.scheme === 'https' ? h('span', { class: 'lock', title: 'TLS' }) : null),
      h('div', { class: 'end' }, h('b', {}, 'Server'), h('span', {}, endpoint(c.server)), c.role === 'server' ? h('span', { class: 'tag info' }, 'recorded here') : null)),
    fields('Connection', [
      ['session', c.session_id ?? c.id],
      ['process', process(c.process)],
      c.peer_process ? ['process at the other end', process(c.peer_process)] : null,
      c.socket !== undefined && c.socket !== null ? ['socket', String(c.socket)] : null,
      session ? ['opened', moment(c.opened_ns)] : null,
      session ? ['closed', moment(c.closed_ns)] : null,
      session ? ['exchanges', format.count(c.exchange_count)] : null,
      exchange.stream_id !== undefined ? ['HTTP/2 stream', String(exchange.stream_id)] : null,
      tls ? ['TLS', [tls.version, tls.cipher].filter(Boolean).join(', ') || 'not known'] : null,
      tls?.sni ? ['server name', tls.sni] : null,
      tls?.alpn ? ['ALPN', tls.alpn] : null,
    ].filter(Boolean), true),
    link(c),
    exchange.leg ? fields('Leg', [['of', exchange.leg_of ?? 'one of ' + exchange.leg.candidates.join(', ')], ['shown by', exchange.leg.method + ', ' + exchange.leg.confidence], ['why', exchange.leg.explanation]], true) : null,
    session ? [direction('Sent by the recorded process', session, 'egress'), direction('Received by it', session, 'ingress')] : null,
    session?.anomalies.length ? fields('Anomalies', session.anomalies.map((a) => [a.kind, a.detail]), true) : null,
  ];
}

function link(c) {
  return h('details', { open: true, class: 'link' }, h('summary', {}, 'How the bytes were linked to the connection'),
    h('p', {}, h('b', { class: 'tag ' + (c.link.confidence === 'proven' ? 'ok' : c.link.confidence === 'none' ? 'warn' : 'info') }, c.link.confidence), ' ' + c.link.method.replace('_', ' ') + '. ' + (c.link_explanation ?? '')),
    c.link_evidence?.length ? h('ul', { class: 'evidence' }, c.link_evidence.slice(0, 200).map((piece) => h('li', {}, h('b', {}, piece.side), ' ' + piece.text))) : null);
}

function direction(title, session, name) {
  const coverage = session.coverage?.[name];
  const account = session.accounting?.[name];
  if (!coverage) return null;
  const ranges = coverage.ranges ?? [];
  const last = ranges.length ? ranges[ranges.length - 1][1] : 0;
  const track = h('div', { class: 'coverage', role: 'img', 'aria-label': title + ': ' + format.bytes(coverage.captured_bytes) + ' captured, ' + format.bytes(coverage.lost_bytes) + ' lost' },
    ranges.slice(0, 400).map(([from, to, state]) => {
      const part = h('i', { class: 'range ' + (['captured', 'lost', 'cut'].includes(state) ? state : 'unknown'), title: state + ' ' + format.count(from) + ' to ' + format.count(to) });
      part.style.left = last ? (100 * from) / last + '%' : '0';
      part.style.width = last ? Math.max(0.3, (100 * (to - from)) / last) + '%' : '0';
      return part;
    }));
  const gaps = ranges.filter((range) => range[2] !== 'captured');
  return h('section', { class: 'direction' }, h('h3', {}, title), track,
    h('p', { class: 'note' }, [
      format.bytes(coverage.captured_bytes) + ' captured',
      coverage.lost_bytes ? format.bytes(coverage.lost_bytes) + ' lost' : null,
      coverage.cut_bytes ? format.bytes(coverage.cut_bytes) + ' left out' : null,
      coverage.unknown_bytes ? format.bytes(coverage.unknown_bytes) + ' missing' : null,
      account?.outside_messages_bytes ? format.bytes(account.outside_messages_bytes) + ' outside messages' : null,
      coverage.from_start ? null : 'began before the recording',
      coverage.to_end ? null : 'its end was not seen',
      coverage.record_proof === 'proven_complete' ? 'TLS records prove that nothing was missed' : null,
    ].filter(Boolean).join(', ') + '.'),
    gaps.length ? h('details', { open: gaps.length < 8 }, h('summary', {}, 'Gaps ' + gaps.length), h('ul', { class: 'gaps' }, gaps.slice(0, 200).map(([from, to, state, cause]) =>
      h('li', {}, format.count(to - from) + ' bytes at ' + format.count(from) + ': ' + state + (cause ? ' (' + cause.replace('_', ' ') + ')' : ''))))) : null);
}
