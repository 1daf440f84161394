// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// Numbers and captured text as people read them.

export function bytes(count) {
  if (count === undefined || count === null || count < 0) return '';
  if (count < 1024) return count + ' B';
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = count / 1024;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return value.toFixed(value < 9.95 ? 1 : 0) + ' ' + units[unit];
}

export function duration(micros) {
  if (micros === undefined || micros === null) return '';
  if (micros < 1000) return micros + ' µs';
  if (micros < 999_950) return (micros / 1000).toFixed(micros < 9950 ? 1 : 0) + ' ms';
  if (micros < 60_000_000) return (micros / 1e6).toFixed(micros < 9_950_000 ? 2 : 1) + ' s';
  const seconds = Math.round(micros / 1e6);
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min ' + (seconds % 60) + ' s';
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return Math.floor(minutes / 60) + ' h ' + (minutes % 60) + ' min';
  const hours = Math.round(minutes / 60);
  return hours < 48 * 24 ? Math.floor(hours / 24) + ' d ' + (hours % 24) + ' h' : count(Math.round(hours / 24)) + ' d';
}

export const count = (n) => n.toLocaleString('en-US');

/** So many of something whose name takes an s. */
export const counted = (n, what) => count(n) + ' ' + what + (n === 1 ? '' : 's');

/** A moment, as exactly as a span of so many microseconds needs it. */
export function tick(micros, span) {
  const iso = new Date(micros / 1000).toISOString();
  if (span >= 86_400e6 * 2) return iso.slice(0, 10);
  if (span < 40e3) return iso.slice(11, 19) + '.' + String(Math.floor(micros) % 1_000_000).padStart(6, '0');
  return iso.slice(11, span < 10e6 ? 23 : span < 3600e6 ? 19 : 16);
}

export function clock(micros) {
  const iso = new Date(micros / 1000).toISOString();
  return iso.slice(11, 23);
}

export function dateAndClock(micros) {
  const iso = new Date(Math.floor(micros / 1000)).toISOString();
  return iso.slice(0, 10) + ' ' + iso.slice(11, 19) + '.' + String(Math.floor(micros) % 1_000_000).padStart(6, '0') + ' UTC';
}

/** A moment as the filter language writes it. */
export const isoTime = (micros) => new Date(micros / 1000).toISOString();

/** Heads are bytes, one a character: shown as UTF-8 where they are that. */
export function readable(text) {
  if (!/[\u0080-\u00ff]/.test(text)) return text;
  const raw = Uint8Array.from(text, (c) => c.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch (e) {
    return text;
  }
}

export function statusClass(status) {
  if (!status) return 's0';
  return 's' + Math.min(5, Math.floor(status / 100));
}

const COMPLETENESS = {
  truncated_start: 'no start', gap: 'gap', truncated_end: 'no end', recorder_cap: 'cut',
};
export const completeness = (name) => COMPLETENESS[name] ?? name;

export const shortType = (type) => (type ?? '').split(';')[0].replace(/^(application|text)\//, '').trim();
