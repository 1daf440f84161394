// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// The list: a million rows, of which only those in view are elements.

import * as api from './api.js';
import * as format from './format.js';
import { add, byId, h, replace } from './dom.js';

const PAGE = 200;
const MAX_PAGES = 60;
/** Rows beyond what is in view, so that scrolling and resizing show no hole. */
const SPARE = 8;
/** Browsers cannot lay out more pixels than some 17 million. */
const MAX_SPACE = 12_000_000;

const COLUMNS = [
  { name: 'ID', sort: 'session_id', class: 'id' },
  { name: 'Started', sort: 'started', class: 'started' },
  { name: 'Method', sort: 'method', class: 'method' },
  { name: 'Status', sort: 'status', class: 'status' },
  { name: 'Host', sort: 'authority', class: 'host' },
  { name: 'Path', sort: 'target', class: 'path' },
  { name: 'Type', sort: 'content_type', class: 'type' },
  { name: 'Size', sort: 'response_bytes', class: 'size' },
  { name: 'Time', sort: 'duration', class: 'time' },
  { name: 'Waterfall', class: 'fall' },
];

export class List {
  /** onOpen(row) is called when a row is opened, onSort(key) when another order is wanted. */
  constructor({ onOpen, onSort, onProblem }) {
    this.onOpen = onOpen;
    this.onSort = onSort;
    this.onProblem = onProblem;
    this.scroll = byId('list-scroll');
    this.space = byId('list-space');
    this.rows = byId('list-rows');
    this.empty = byId('list-empty');
    this.view = null;
    this.total = 0;
    this.current = -1;
    this.pages = new Map();
    this.generation = 0;
    this.scroll.addEventListener('scroll', () => this.later());
    this.rows.addEventListener('click', (event) => this.clicked(event));
    new ResizeObserver(() => this.later()).observe(this.scroll);
    this.head('');
  }

  head(sort) {
    const bare = sort.replace(/^-/, '');
    replace(byId('list-head'), COLUMNS.map((column) => {
      if (!column.sort) return h('span', { class: 'cell ' + column.class }, column.name, h('small', { id: 'fall-span', title: 'from the first to the last moment of what is in view' }));
      const mine = bare === column.sort;
      const arrow = !mine ? '' : sort.startsWith('-') ? ' ▾' : ' ▴';
      const next = mine && sort.startsWith('-') ? column.sort : mine ? '' : '-' + column.sort;
      return h('button', { class: 'cell ' + column.class + (mine ? ' sorted' : ''), type: 'button', onclick: () => this.onSort(next),
        'aria-label': 'Sort by ' + column.name + (mine ? (sort.startsWith('-') ? ', descending' : ', ascending') : '') }, column.name + arrow);
    }));
  }

  get rowHeight() {
    return window.matchMedia('(max-width: 720px)').matches ? 48 : 26;
  }

  /** Shows another view, from its top unless it is the same list that has grown. */
  show(view, total, emptyText, grows) {
    if (view !== this.view || !grows) {
      this.pages.clear();
      this.generation++;
      if (view !== this.view) {
        this.scroll.scrollTop = 0;
        this.current = -1;
      }
    } else if (total !== this.total) {
      this.pages.delete(Math.floor(Math.max(0, this.total - 1) / PAGE));
    }
    this.view = view;
    this.total = total;
    if (total > 0) this.empty.hidden = true;
    else this.nothing(emptyText);
    this.layOut();
    this.draw();
  }

  /** Shows no list, and why: text or elements. */
  nothing(...why) {
    this.empty.hidden = false;
    replace(this.empty, ...why);
  }

  layOut() {
    const height = this.total * this.rowHeight;
    this.space.style.height = Math.min(height, MAX_SPACE) + 'px';
  }

  /** How far rows move for each pixel of the scroll bar: more than one in very long lists. */
  get factor() {
    const viewport = this.scroll.clientHeight;
    const space = Math.min(this.total * this.rowHeight, MAX_SPACE) - viewport;
    const real = this.total * this.rowHeight - viewport;
    return space <= 0 || real <= 0 ? 1 : Math.max(1, real / space);
  }

  later() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.layOut();
      this.draw();
    });
  }

  draw() {
    if (this.view === null) return;
    const height = this.rowHeight;
    const top = this.scroll.scrollTop * this.factor;
    const first = Math.max(0, Math.floor(top / height) - SPARE);
    const last = Math.min(this.total, Math.ceil((top + this.scroll.clientHeight) / height) + SPARE);
    for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.max(first, last - 1) / PAGE); page++) this.fetch(page);
    const seen = [];
    for (let i = first; i < last; i++) seen.push(this.at(i));
    const known = seen.filter(Boolean);
    const from = Math.min(...known.map((row) => row.started_us));
    const to = Math.max(...known.map((row) => row.started_us + row.duration_us));
    if (byId('fall-span')) replace(byId('fall-span'), known.length > 1 ? format.duration(Math.max(1, to - from)) : null);
    const children = seen.map((row, i) => this.row(first + i, row, from, Math.max(1, to - from)));
    this.rows.replaceChildren(...children);
    this.rows.style.transform = `translateY(${this.scroll.scrollTop + first * height - top}px)`;
    const selected = this.rows.querySelector('.current');
    if (selected) this.scroll.setAttribute('aria-activedescendant', selected.id);
    else this.scroll.removeAttribute('aria-activedescendant');
  }

  at(index) {
    const page = this.pages.get(Math.floor(index / PAGE));
    return Array.isArray(page) ? page[index % PAGE] : undefined;
  }

  async fetch(page) {
    if (this.pages.has(page) || page * PAGE >= this.total) return this.pages.get(page);
    const generation = this.generation;
    const asked = api.json('rows', { view: this.view, from: page * PAGE, count: PAGE });
    this.pages.set(page, asked);
    try {
      const rows = await asked;
      if (generation === this.generation) {
        this.pages.set(page, rows);
        if (this.pages.size > MAX_PAGES) this.pages.delete(this.pages.keys().next().value);
        this.later();
      }
      return rows;
    } catch (e) {
      if (generation === this.generation) {
        this.pages.delete(page);
        this.onProblem(e);
      }
      return undefined;
    }
  }

  row(index, row, from, width) {
    const properties = { class: 'row item' + (index === this.current ? ' current' : ''), role: 'option', id: 'row-' + index,
      'aria-selected': String(index === this.current), 'aria-setsize': String(this.total), 'aria-posinset': String(index + 1) };
    if (!row) return h('div', properties, h('span', { class: 'cell path waiting' }, '…'));
    const element = h('div', properties,
      h('span', { class: 'cell id' }, row.id),
      h('span', { class: 'cell started' }, format.clock(row.started_us)),
      h('span', { class: 'cell method' }, row.method ?? '–'),
      h('span', { class: 'cell status ' + format.statusClass(row.status) }, row.status || '–',
        row.grpc_status !== undefined ? h('small', { class: row.grpc_status ? 's5' : 's2', title: 'gRPC status' }, '/' + row.grpc_status) : null),
      h('span', { class: 'cell host', title: row.authority }, row.scheme === 'https' ? h('span', { class: 'lock', role: 'img', 'aria-label': 'TLS', title: 'TLS' }) : null,
        format.readable(row.authority ?? '')),
      h('span', { class: 'cell path', title: row.target },
        row.completeness !== 'complete' ? h('b', { class: 'tag warn' }, format.completeness(row.completeness)) : row.odd ? h('b', { class: 'tag', title: 'something is odd: see its anomalies' }, '!') : null,
        row.leg ? h('b', { class: 'tag', title: 'inner leg of another request' }, 'leg') : null,
        row.messages ? h('b', { class: 'tag info' }, format.count(row.messages) + ' msg') : null,
        format.readable(row.target ?? 'the request was not captured')),
      h('span', { class: 'cell type' }, format.shortType(row.content_type)),
      h('span', { class: 'cell size' }, format.bytes(row.response_bytes)),
      h('span', { class: 'cell time' }, format.duration(row.duration_us)),
      this.fall(row, from, width));
    element.dataset.index = index;
    return element;
  }

  fall(row, from, width) {
    const cell = h('span', { class: 'cell fall', 'aria-hidden': 'true' });
    const wait = row.first_byte_us ?? row.duration_us;
    const bar = h('i', { class: 'bar', title: 'waited ' + format.duration(wait) + ', received ' + format.duration(row.duration_us - wait) });
    bar.style.left = (100 * (row.started_us - from)) / width + '%';
    bar.style.width = Math.max(0.4, (100 * row.duration_us) / width) + '%';
    const received = h('i', { class: 'received ' + format.statusClass(row.status) });
    received.style.left = row.duration_us ? (100 * wait) / row.duration_us + '%' : '0';
    return add(cell, [add(bar, [received])]);
  }

  clicked(event) {
    const element = event.target.closest('.item');
    if (element?.dataset.index !== undefined) this.open(Number(element.dataset.index));
  }

  /** Makes a row the current one, and brings it into view. */
  select(index) {
    if (this.total === 0) return;
    this.current = Math.max(0, Math.min(this.total - 1, index));
    const height = this.rowHeight;
    const top = this.scroll.scrollTop * this.factor;
    const bottom = top + this.scroll.clientHeight;
    const mine = this.current * height;
    if (mine < top) this.scroll.scrollTop = mine / this.factor;
    else if (mine + height > bottom) this.scroll.scrollTop = (mine + height - this.scroll.clientHeight) / this.factor + 1;
    this.draw();
  }

  /** Opens a row of the list as it is now, whatever becomes of the list until the row has come. */
  async open(index) {
    this.select(index);
    const wanted = this.current;
    if (wanted < 0) return;
    const page = await this.fetch(Math.floor(wanted / PAGE));
    const row = page?.[wanted % PAGE];
    if (row) this.onOpen(row);
  }

  get perPage() {
    return Math.max(1, Math.floor(this.scroll.clientHeight / this.rowHeight) - 1);
  }
}
