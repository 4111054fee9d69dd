import * as key from './key.js';

// What a proxy says in place of a server is a page, and what a server says that ends is nothing: neither is for people.
async function answer(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    throw error.name === 'AbortError' ? error : new Error('The server cannot be reached.');
  }
  try {
    return { response, body: await response.json() };
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    const message = response.ok ? 'The answer of the server broke off.' : `The server does not answer (${response.status}).`;
    throw Object.assign(new Error(message), { status: response.status });
  }
}

// Answers of the server, or an error whose message is for people.
export async function json(path, options = {}) {
  for (;;) {
    const sent = key.current();
    const headers = sent === '' ? options.headers : { ...options.headers, Authorization: `Bearer ${sent}` };
    const { response, body } = await answer(path, { ...options, headers });
    if (response.ok) {
      return body;
    }
    if (response.status === 401) {
      if (await key.another(sent)) {
        continue;
      }
      throw Object.assign(new Error('The server wants a key. The button Key takes one.'), { status: 401 });
    }
    const error = body?.error;
    const message = typeof error === 'string' ? error : error?.message ?? `The server does not answer (${response.status}).`;
    throw Object.assign(new Error(response.status === 403 ? `This may not be done here: ${message}` : message), {
      status: response.status,
    });
  }
}

export function post(path, body, signal) {
  return json(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
}

export function indexPath(name, what) {
  return `v1/indexes/${encodeURIComponent(name)}${what}`;
}

// Runs the latest of several tasks: an older one is told to stop, and never heard of again.
export function latest() {
  let running = null;
  return async (task) => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    try {
      return await task(mine.signal, () => running === mine);
    } catch (error) {
      if (error.name === 'AbortError' || running !== mine) {
        return undefined;
      }
      throw error;
    }
  };
}

// Waits until nothing more is typed.
export function debounced(pause, action) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, pause);
  };
}
