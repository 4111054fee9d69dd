const query = document.getElementById('query');
const index = document.getElementById('index');
const hits = document.getElementById('hits');
const status = document.getElementById('status');
const PAUSE_MILLISECONDS = 200;

let timer = 0;
let running = null;

async function json(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) {
    const error = body.error;
    throw new Error(typeof error === 'string' ? error : error.message);
  }
  return body;
}

// Texts come from documents: they are put in as text and never as markup.
function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// The passages stand in the text in their order; what lies between them is not marked.
function marked(hit) {
  const text = element('p', 'text', '');
  let at = 0;
  for (const { pieces } of hit.passages) {
    const passage = pieces.map((piece) => piece.text).join('');
    const start = hit.text.indexOf(passage, at);
    text.append(hit.text.slice(at, start));
    text.append(...pieces.map((piece) => (piece.match ? element('mark', '', piece.text) : piece.text)));
    at = start + passage.length;
  }
  text.append(hit.text.slice(at));
  return text;
}

function show(found) {
  hits.replaceChildren(...found.map((hit) => {
    const item = document.createElement('li');
    item.tabIndex = -1;
    const about = element('p', 'about', '');
    about.append(element('span', 'id', hit.id), element('span', 'score', hit.score.toFixed(4)));
    item.append(marked(hit), about);
    return item;
  }));
}

async function search() {
  clearTimeout(timer);
  // Of two searches only the later counts, whichever answers first.
  running?.abort();
  const text = query.value.trim();
  if (text === '' || index.value === '') {
    running = null;
    show([]);
    status.textContent = '';
    return;
  }
  const mine = new AbortController();
  running = mine;
  try {
    const answer = await json(`v1/indexes/${encodeURIComponent(index.value)}/search`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: text, k: 10, highlight: true }),
      signal: mine.signal,
    });
    show(answer.hits);
    status.textContent = answer.hits.length === 0 ? 'Nothing found.' : `${answer.hits.length} hits, the nearest first.`;
  } catch (error) {
    if (error.name !== 'AbortError') {
      show([]);
      status.textContent = error.message;
    }
  }
}

function move(step) {
  const items = [...hits.children];
  const at = items.indexOf(document.activeElement);
  const to = at + step;
  if (to < 0) {
    query.focus();
  } else if (to < items.length) {
    items[to].focus();
  }
}

document.getElementById('form').addEventListener('submit', (event) => {
  event.preventDefault();
  search();
});
query.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(search, PAUSE_MILLISECONDS);
});
index.addEventListener('change', search);
document.addEventListener('keydown', (event) => {
  const inHits = hits.contains(document.activeElement);
  if (event.key === '/' && document.activeElement !== query) {
    event.preventDefault();
    query.select();
    query.focus();
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && (inHits || document.activeElement === query)) {
    event.preventDefault();
    move(event.key === 'ArrowDown' ? 1 : -1);
  } else if (event.key === 'Escape' && inHits) {
    query.focus();
  }
});

try {
  const [model, list] = await Promise.all([json('v1/models'), json('v1/indexes')]);
  document.getElementById('model').textContent = model.data[0].id;
  for (const entry of list.data) {
    index.append(new Option(`${entry.name} (${entry.documents.toLocaleString()})`, entry.name));
  }
  if (list.data.length === 0) {
    status.textContent = 'The server has no index. Start it with --index.';
  }
  // An address may carry a query, so that a search can be passed on.
  query.value = new URLSearchParams(location.search).get('query') ?? '';
  await search();
} catch (error) {
  status.textContent = error.message;
}
