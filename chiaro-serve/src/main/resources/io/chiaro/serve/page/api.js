// Answers of the server, or an error whose message is for people.
export async function json(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) {
    const error = body.error;
    throw new Error(typeof error === 'string' ? error : error.message);
  }
  return body;
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
