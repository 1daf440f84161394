// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// Names and values, such as header fields.

import * as format from './format.js';
import { h } from './dom.js';

export function fields(title, list, isOpen) {
  const rows = list.map(([name, value]) => h('tr', {},
    h('th', { scope: 'row' }, name === null ? h('i', {}, 'not captured') : format.readable(name)),
    h('td', {}, value === null ? h('i', {}, 'not captured') : format.readable(value))));
  return h('details', { open: isOpen }, h('summary', {}, title + ' ' + list.length), h('table', { class: 'fields' }, h('tbody', {}, rows)));
}
