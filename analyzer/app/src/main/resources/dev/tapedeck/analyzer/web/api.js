// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// Questions to the server. Everything is relative to the page's address, which holds the token.

export class Problem extends Error {
  constructor(status, text, position) {
    super(text);
    this.status = status;
    this.position = position;
  }
}

function url(name, parameters) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters ?? {})) {
    if (value !== undefined && value !== null) query.set(key, value);
  }
  const text = query.toString();
  return 'api/' + name + (text ? '?' + text : '');
}

async function get(name, parameters, signal) {
  let response;
  try {
    response = await fetch(url(name, parameters), { signal, cache: 'no-store', credentials: 'omit' });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new Problem(0, 'The server has ended. Start it again with “analyzer serve”.');
  }
  if (!response.ok) {
    const text = await response.text();
    if (response.headers.get('Content-Type') === 'application/json') {
      const body = JSON.parse(text);
      throw new Problem(response.status, body.problem, body.position);
    }
    throw new Problem(response.status, text.trim());
  }
  return response;
}

export const json = async (name, parameters, signal) => (await get(name, parameters, signal)).json();

/** Bytes of a body: {bytes, total}. */
export async function bytes(parameters, signal) {
  const response = await get('body', parameters, signal);
  return { bytes: new Uint8Array(await response.arrayBuffer()), total: Number(response.headers.get('X-Total-Bytes')) };
}

export const text = async (name, parameters) => (await get(name, parameters)).text();

/** Has the browser save what the server sends as an attachment. */
export function save(name, parameters, fileName) {
  const link = document.createElement('a');
  link.href = url(name, parameters);
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
}
