// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// The only way in which this page makes elements. Captured text becomes text nodes and nothing else.

/** Control characters, and those that turn the direction of text, as pictures or numbers. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

export function visible(text) {
  return String(text).replace(HIDDEN, (c) => {
    const code = c.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return '\u2421';
    return '\u27e8' + code.toString(16).padStart(4, '0') + '\u27e9';
  });
}

const ATTRIBUTES = new Set(['class', 'id', 'title', 'role', 'type', 'tabindex', 'for', 'hidden', 'disabled', 'value',
  'placeholder', 'colspan', 'scope', 'open', 'alt', 'width', 'height', 'min', 'max', 'step', 'dir']);

/**
 * Makes an element. Names of elements and attributes are written in this page's source, never captured; children that are
 * no elements become text.
 */
export function h(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on') && typeof value === 'function') {
      element.addEventListener(key.slice(2), value);
    } else if (ATTRIBUTES.has(key) || key.startsWith('aria-')) {
      element.setAttribute(key, value === true ? '' : visible(value));
    } else {
      throw new Error('no such attribute here: ' + key);
    }
  }
  add(element, children);
  return element;
}

export function add(element, children) {
  for (const child of children.flat(3)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren();
  return add(element, children);
}

export const byId = (id) => document.getElementById(id);

let toastTimer;
export function toast(text) {
  const element = byId('toast');
  replace(element, text);
  element.classList.add('shown');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => element.classList.remove('shown'), 2500);
}
