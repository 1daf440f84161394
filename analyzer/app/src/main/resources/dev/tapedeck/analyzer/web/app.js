// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// Puts the page together: filter, list, timeline, detail, keys, and the address that remembers where one was.

import * as api from './api.js';
import * as format from './format.js';
import { Chart } from './chart.js';
import { Detail } from './detail.js';
import { showHelp } from './help.js';
import { List } from './list.js';
import { splitter } from './split.js';
import { byId, h, replace, toast } from './dom.js';

const state = { filter: '', sort: '', id: '', tab: '' };
/** Tells this page from others that look at the same captures. */
const PAGE = Math.random().toString(36).slice(2);
let view = null;
let watching = 0;
let chartFor = '';

const list = new List({
  onOpen: (row) => { state.id = row.id; remember(); detail.open(row); },
  onSort: (sort) => { state.sort = sort; remember(); apply(); },
  onProblem: problem,
});
const detail = new Detail({
  onClose: () => { state.id = ''; remember(); list.later(); byId('list-scroll').focus(); },
  onMove: (by) => move(by),
  onTab: (tab) => { state.tab = tab; remember(); },
});
const chart = new Chart({
  onSpan: (from, to) => {
    const span = 'started >= ' + format.isoTime(from) + ' and started < ' + format.isoTime(to);
    setFilter(state.filter ? '(' + state.filter + ') and ' + span : span);
  },
});

function remember() {
  const hash = new URLSearchParams();
  for (const key of ['filter', 'sort', 'id', 'tab']) if (state[key]) hash.set(key, state[key]);
  history.replaceState(null, '', '#' + hash.toString());
}

function recall() {
  const hash = new URLSearchParams(location.hash.slice(1));
  for (const key of ['filter', 'sort', 'id', 'tab']) state[key] = hash.get(key) ?? '';
  byId('filter').value = state.filter;
  if (state.tab) detail.tab = state.tab;
}

function problem(e) {
  if (e.status === 410) apply();
  else if (e.name !== 'AbortError') toast(e.message);
}

function setFilter(text) {
  byId('filter').value = text;
  state.filter = text.trim();
  remember();
  apply();
}

/** Says what is wrong with the filter, below the character that shows it. */
function filterProblem(e) {
  const input = byId('filter');
  const output = byId('filter-problem');
  if (!e) {
    input.removeAttribute('aria-invalid');
    replace(output);
    return;
  }
  input.setAttribute('aria-invalid', 'true');
  const at = e.position;
  replace(output, at === undefined ? null : h('span', { class: 'caret', 'aria-hidden': 'true' },
    state.filter.slice(Math.max(0, at - 20), at), h('mark', {}, state.filter.slice(at, at + 1) || ' '), state.filter.slice(at + 1, at + 15)), ' ', e.message);
}

async function apply() {
  const mine = ++watching;
  list.head(state.sort);
  try {
    let grows = false;
    for (;;) {
      const answer = await api.json('view', { filter: state.filter, sort: state.sort, page: PAGE });
      if (mine !== watching) return;
      filterProblem(answer.problem ? { message: answer.problem } : null);
      view = answer.view;
      const waits = !answer.done;
      list.show(answer.view, state.sort && waits ? 0 : answer.total, waits ? 'Looking…' : noneFound(), grows);
      grows = true;
      await tell(answer);
      if (mine !== watching) return;
      if (!waits) {
        list.show(answer.view, answer.total, noneFound(), true);
        break;
      }
      await new Promise((done) => setTimeout(done, 150));
    }
    reopen(mine);
    drawChart();
  } catch (e) {
    if (mine !== watching) return;
    if (e.position !== undefined || e.status === 400) {
      filterProblem(e);
      byId('progress').hidden = true;
      if (view === null) {
        list.nothing(h('b', {}, 'The filter cannot be understood yet'), showAll());
        name(await api.json('status'));
      }
    } else problem(e);
  }
}

async function drawChart() {
  const wanted = view;
  if (!chart.shown || chartFor === wanted) return;
  try {
    await chart.load(wanted);
    chartFor = wanted;
  } catch (e) {
    problem(e);
  }
}

const showAll = () => h('button', { type: 'button', onclick: () => setFilter('') }, 'Show all');

/** What stands in place of an empty list. */
function noneFound() {
  if (state.filter) return [h('b', {}, 'No exchange matches'), h('span', {}, 'Press ? for filters to begin with.'), showAll()];
  return [h('b', {}, 'There are no HTTP exchanges here'), h('span', {}, '“analyzer info FILE” says what was recorded, “analyzer doctor FILE” whether the file is whole.')];
}

/** Says which captures these are. */
function name(status) {
  const names = status.files.map((file) => file.name);
  replace(byId('files'), names.slice(0, 3).join(', ') + (names.length > 3 ? ' and ' + (names.length - 3) + ' more' : ''));
  document.title = names[0] + (names.length > 1 ? ' …' : '') + ' – Tapedeck';
}

/** Says how far reading is. */
async function tell(answer) {
  const status = await api.json('status');
  name(status);
  const damages = status.files.reduce((sum, file) => sum + file.damages, 0);
  const building = status.files.find((file) => file.progress < 1);
  const parts = [];
  if (status.failure) parts.push(status.failure);
  else if (!status.complete && building) parts.push('reading ' + Math.round(100 * building.progress) + ' %, ' + format.count(status.rows) + ' exchanges so far');
  else if (!answer.done) parts.push('looked at ' + format.count(answer.scanned) + ' of ' + format.count(status.rows));
  if (answer.done || !status.complete) parts.push(state.filter ? format.count(answer.total) + ' of ' + format.count(status.rows) + ' exchanges' : format.counted(answer.total, 'exchange'));
  if (damages) parts.push(damages + (damages === 1 ? ' part is damaged' : ' parts are damaged'));
  replace(byId('state'), parts.join(', '));
  progress(answer, status);
}

/** Shows how far the server is with what was asked for. */
function progress(answer, status) {
  const bar = byId('progress');
  const part = status.complete ? answer.scanned / Math.max(1, status.rows) : status.files.reduce((sum, file) => sum + file.progress, 0) / status.files.length;
  bar.hidden = answer.done;
  bar.value = part;
}

/** Opens the exchange that the address names. */
async function reopen(mine) {
  if (!state.id || (detail.isOpen && detail.row)) {
    if (detail.row) await reselect(mine);
    return;
  }
  const found = await api.json('find', { view, id: state.id });
  if (mine !== watching) return;
  if (found.n < 0) toast('There is no exchange ' + state.id);
  else if (found.index >= 0) list.open(found.index);
}

async function reselect(mine) {
  const found = await api.json('find', { view, n: detail.row.n });
  if (mine === watching && found.index >= 0) list.select(found.index);
}

function move(by) {
  if (detail.isOpen) list.open(list.current + by);
  else list.select(list.current + by);
}

function toggleChart() {
  chart.shown = !chart.shown;
  byId('toggle-chart').setAttribute('aria-pressed', String(chart.shown));
  drawChart();
  chart.draw();
  list.later();
}

const showKeys = () => showHelp(setFilter);

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const inField = event.target.closest('input, textarea, select');
  if (inField) {
    if (event.key === 'Escape') {
      inField.blur();
      byId('list-scroll').focus();
    }
    return;
  }
  if (byId('keys').open) return;
  const inDetail = event.target.closest('.panel');
  const actions = {
    j: () => move(1), k: () => move(-1), g: () => list.select(0), G: () => list.select(list.total - 1), Home: () => list.select(0), End: () => list.select(list.total - 1),
    '/': () => { byId('filter').focus(); byId('filter').select(); }, '?': showKeys, t: toggleChart,
    Escape: () => { if (detail.isOpen) detail.close(); },
    c: () => { if (detail.isOpen) detail.copyCurl(); }, x: () => { if (detail.isOpen) detail.pin(); },
  };
  if (!inDetail) {
    Object.assign(actions, { ArrowDown: () => move(1), ArrowUp: () => move(-1), PageDown: () => list.select(list.current + list.perPage), PageUp: () => list.select(list.current - list.perPage) });
    if (!event.target.closest('button, summary, a')) actions.Enter = () => { if (list.current >= 0) list.open(list.current); };
  }
  if (/^[1-6]$/.test(event.key) && detail.isOpen) actions[event.key] = () => detail.stepTab(Number(event.key));
  const action = actions[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
}

document.addEventListener('keydown', onKey);
splitter(byId('split'), byId('detail'), () => list.later());
window.addEventListener('hashchange', () => { recall(); apply(); });
let typing;
byId('filter-form').addEventListener('submit', (event) => { event.preventDefault(); clearTimeout(typing); setFilter(byId('filter').value); });
byId('filter-clear').addEventListener('click', () => { clearTimeout(typing); setFilter(''); });
byId('filter').addEventListener('input', () => { clearTimeout(typing); typing = setTimeout(() => setFilter(byId('filter').value), 400); });
byId('toggle-chart').addEventListener('click', toggleChart);
byId('help').addEventListener('click', showKeys);
byId('save-list').addEventListener('click', () => api.save('har', { view }, 'exchanges.har'));
if (window.matchMedia('(max-width: 720px)').matches) toggleChart();
recall();
apply();
// Ready for keys, without a frame around what nobody has gone to yet.
byId('list-scroll').focus({ focusVisible: false });
