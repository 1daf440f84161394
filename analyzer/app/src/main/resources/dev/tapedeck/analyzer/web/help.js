// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// What the keys do, and filters to begin with.

import { byId, h, replace } from './dom.js';

const KEYS = [
  ['j  ↓', 'next exchange'], ['k  ↑', 'previous exchange'], ['PgDn PgUp', 'a page further, back'], ['g  G', 'first, last'],
  ['Enter', 'open'], ['Esc', 'close, leave the filter'], ['/', 'filter'], ['1 … 6', 'part of the exchange'],
  ['c', 'copy as curl'], ['x', 'pin, to compare with another'], ['t', 'timeline'], ['?', 'this list'],
];

const FILTERS = [
  ['status >= 500', 'failed on the server'],
  ['status == null', 'never answered'],
  ['duration > 200ms and method == POST', 'slow, of one method'],
  ['path ~ "^/orders/[0-9]+$"', 'a path, as regular expression'],
  ['host == "shop.example" and status in (400..499)', 'one host, a range of statuses'],
  ['response.headers["content-type"] contains json', 'a header field'],
  ['response.body contains "error"', 'a body (reads the capture)'],
  ['completeness != complete', 'not wholly captured'],
];

/** Opens the dialog. onFilter(text) is called when one of the filters was chosen. */
export function showHelp(onFilter) {
  const dialog = byId('keys');
  const take = (filter) => {
    dialog.close();
    onFilter(filter);
  };
  replace(dialog,
    h('div', { class: 'columns' },
      h('section', {}, h('h2', {}, 'Keys'),
        h('table', {}, h('tbody', {}, KEYS.map(([key, what]) => h('tr', {}, h('th', { scope: 'row' }, key.split(/ +(?=\S)/).map((one) => [h('kbd', {}, one), ' '])), h('td', {}, what)))))),
      h('section', {}, h('h2', {}, 'Filters'),
        FILTERS.map(([filter, what]) => h('button', { type: 'button', class: 'example', onclick: () => take(filter) }, h('code', {}, filter), h('span', {}, what))))),
    h('div', { class: 'keys-foot' },
      h('span', { class: 'note' }, 'The whole language: analyzer --help filter'),
      h('button', { type: 'button', class: 'done', onclick: () => dialog.close() }, 'Close')));
  dialog.showModal();
  dialog.querySelector('.done').focus();
}
