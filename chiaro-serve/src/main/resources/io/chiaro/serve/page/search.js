import { debounced, indexPath, latest, post } from './api.js';
import { byId } from './dom.js';
import { item } from './hits.js';
import * as tabs from './tabs.js';
import * as why from './why.js';

const PAUSE_MILLISECONDS = 200;
const HITS = 10;
// More than anybody reads in a list; passages are looked for in as much.
const MOST_CHARACTERS = 20_000;
const WAYS = ['vectors', 'words', 'hybrid'].map((by) => ({ name: by, asked: { by } }));
const RERANKED = { name: 'hybrid, reranked', asked: { by: 'hybrid', rerank: true } };
const query = byId('query');
const status = byId('status');
const columns = byId('columns');
const lists = [byId('first-hits'), byId('second-hits')];
const selects = [byId('first'), byId('second')];
const titles = [byId('first-title'), byId('second-title')];
const run = latest();
let asked = 0;
let systems = [];

function chosen(side) {
  return systems[Number(selects[side].value)];
}

function search(system, text, signal) {
  return post(
    indexPath(system.index, '/search'),
    { query: text, k: HITS, highlight: true, text_characters: MOST_CHARACTERS, ...system.asked },
    signal,
  ).then((answer) => answer.hits);
}

function elsewhere(hit, other) {
  if (other === undefined) {
    return '';
  }
  const at = other.findIndex((one) => one.id === hit.id);
  return at < 0 ? 'not in the other list' : `${at + 1} in the other list`;
}

function show(found) {
  byId('second-column').hidden = found.length < 2;
  lists.forEach((list, side) => {
    const hits = found[side] ?? [];
    list.replaceChildren(
      ...hits.map((hit, at) =>
        item(hit, at + 1, elsewhere(hit, found[1 - side]), (id) => why.open(chosen(side).index, query.value.trim(), id))),
    );
    titles[side].textContent = found.length > 1 ? chosen(side).name : '';
  });
}

function told(found) {
  const first = found[0].length === 0 ? 'Nothing found.' : `${found[0].length} hits, the best first.`;
  if (found.length < 2) {
    return first;
  }
  const ids = new Set(found[0].map((hit) => hit.id));
  const shared = found[1].filter((hit) => ids.has(hit.id)).length;
  return `${found[0].length} and ${found[1].length} hits, ${shared} in both.`;
}

// What is shown answers something older until the latest question has its answer.
function busy(is) {
  columns.setAttribute('aria-busy', String(is));
}

async function refresh() {
  const text = query.value.trim();
  asked += 1;
  const mine = asked;
  busy(true);
  try {
    await run(async (signal, isLatest) => {
      if (text === '' || systems.length === 0) {
        show([[]]);
        status.textContent = systems.length === 0 ? 'The server has no index. Start it with --index or --indexes.' : '';
        return;
      }
      const sides = selects[1].value === '' ? [chosen(0)] : [chosen(0), chosen(1)];
      const found = await Promise.all(sides.map((system) => search(system, text, signal)));
      if (isLatest()) {
        show(found);
        status.textContent = told(found);
      }
    });
  } catch (error) {
    show([[]]);
    status.textContent = error.message;
  } finally {
    if (mine === asked) {
      busy(false);
    }
  }
}

const later = debounced(PAUSE_MILLISECONDS, refresh);

function typed() {
  asked += 1;
  busy(true);
  later();
}

// Goes along a list, or over to the same place of the other.
function move(event) {
  const side = lists.findIndex((list) => list.contains(document.activeElement));
  const items = lists.map((list) => [...list.children]);
  if (side < 0) {
    items[0][0]?.focus();
    return;
  }
  const at = items[side].findIndex((one) => one.contains(document.activeElement));
  if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
    const other = items[event.key === 'ArrowLeft' ? 0 : 1];
    other[Math.min(at, other.length - 1)]?.focus();
    return;
  }
  const to = at + (event.key === 'ArrowDown' ? 1 : -1);
  if (to < 0) {
    query.focus();
  } else {
    items[side][to]?.focus();
  }
}

function keys(event) {
  if (document.querySelector('dialog[open]') !== null || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const writing = event.target.matches('input, select, textarea');
  const inHits = lists.some((list) => list.contains(document.activeElement));
  if (event.key === '/' && !writing) {
    event.preventDefault();
    tabs.open('search');
    query.select();
    query.focus();
  } else if (event.key === 'ArrowDown' && document.activeElement === query) {
    event.preventDefault();
    move(event);
  } else if (event.key.startsWith('Arrow') && inHits) {
    event.preventDefault();
    move(event);
  } else if (event.key === 'Escape' && inHits) {
    query.focus();
  }
}

export function start(indexes, model) {
  const many = new Set(indexes.map((index) => index.model)).size > 1;
  const ways = model.reranker === undefined ? WAYS : [...WAYS, RERANKED];
  systems = indexes.flatMap((index) =>
    ways.map(({ name, asked: how }) => ({
      index: index.name,
      asked: how,
      name: `${index.name}${many ? ` (${index.model})` : ''}, ${name}`,
    })));
  selects[1].append(new Option('nothing', ''));
  systems.forEach((system, at) => selects.forEach((select) => select.append(new Option(system.name, at))));
  // A second model is served to be compared.
  const other = indexes.findIndex((index) => index.model_hash !== model.model_sha);
  const own = indexes.findIndex((index) => index.model_hash === model.model_sha);
  if (other >= 0 && own >= 0) {
    selects[0].value = String(own * ways.length);
    selects[1].value = String(other * ways.length);
  }
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    refresh();
  });
  query.addEventListener('input', typed);
  selects.forEach((select) => select.addEventListener('change', refresh));
  document.addEventListener('keydown', keys);
  // An address may carry a query, so that a search can be passed on.
  query.value = new URLSearchParams(location.search).get('query') ?? '';
  query.focus();
  return refresh();
}
