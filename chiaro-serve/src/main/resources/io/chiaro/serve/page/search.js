import { debounced, indexPath, latest, post } from './api.js';
import { byId } from './dom.js';
import { item } from './hits.js';
import { systemsOf, usual } from './systems.js';
import * as tabs from './tabs.js';
import * as why from './why.js';

const PAUSE_MILLISECONDS = 200;
const HITS = 10;
// More than anybody reads in a list; passages are looked for in as much.
const MOST_CHARACTERS = 20_000;
const query = byId('query');
const status = byId('status');
const columns = byId('columns');
const lists = [byId('first-hits'), byId('second-hits')];
const selects = [byId('first'), byId('second')];
const titles = [byId('first-title'), byId('second-title')];
const mores = [byId('first-more'), byId('second-more')];
const run = latest();
let asked = 0;
let systems = [];
let unchosen = ['', ''];
// What each side shows, and from where the next page begins.
let sides = [];
let mostHits = HITS;

function chosen(side) {
  return systems.find((system) => system.key === selects[side].value);
}

function search(system, text, from, signal) {
  return post(
    indexPath(system.index, '/search'),
    { query: text, k: HITS, from, highlight: true, text_characters: MOST_CHARACTERS, ...system.asked },
    signal,
  ).then((answer) => answer.hits);
}

function elsewhere(id, other) {
  if (other === undefined) {
    return '';
  }
  const at = other.hits.findIndex((one) => one.id === id);
  return at < 0 ? 'not in the other list' : `${at + 1} in the other list`;
}

// Shows the hits of a side from one on, behind those before.
function append(side, first) {
  const { system, text, hits } = sides[side];
  lists[side].append(
    ...hits.slice(first).map((hit, at) =>
      item(hit, first + at + 1, elsewhere(hit.id, sides[1 - side]), (id) => why.open(system.index, text, id))),
  );
}

function offer(side, last) {
  mores[side].hidden = last.length < HITS || sides[side].next + HITS > mostHits;
}

function show(shown) {
  sides = shown.map((side) => ({ ...side, next: side.hits.length }));
  byId('second-column').hidden = sides.length < 2;
  lists.forEach((list, side) => {
    list.replaceChildren();
    titles[side].textContent = sides.length > 1 ? sides[side].system.name : '';
    mores[side].hidden = true;
  });
  sides.forEach((side, at) => {
    append(at, 0);
    offer(at, side.hits);
  });
}

function told() {
  const [first, second] = sides.map((side) => side.hits);
  if (second === undefined) {
    return first.length === 0 ? 'Nothing found.' : `${first.length} hits, the best first.`;
  }
  const ids = new Set(first.map((hit) => hit.id));
  const shared = second.filter((hit) => ids.has(hit.id)).length;
  return `${first.length} and ${second.length} hits, ${shared} in both.`;
}

async function more(at) {
  const mine = asked;
  const side = sides[at];
  if (side.isAsking) {
    return;
  }
  side.isAsking = true;
  try {
    const found = await search(side.system, side.text, side.next);
    if (mine !== asked) {
      return; // Something else was asked for meanwhile.
    }
    side.next += found.length;
    // What changed in the index between two pages may show a document twice.
    const known = new Set(side.hits.map((hit) => hit.id));
    const before = side.hits.length;
    side.hits.push(...found.filter((hit) => !known.has(hit.id)));
    append(at, before);
    offer(at, found);
    for (const line of sides.length > 1 ? lists[1 - at].children : []) {
      line.querySelector('.elsewhere').textContent = elsewhere(line.dataset.id, side);
    }
    lists[at].children[before]?.focus();
    status.textContent = told();
  } catch (error) {
    status.textContent = error.message;
  } finally {
    side.isAsking = false;
  }
}

// What is shown answers something older until the latest question has its answer.
function busy(is) {
  columns.setAttribute('aria-busy', String(is));
}

// The address holds what is asked for, so that it can be kept and passed on; each letter is no step to go back by.
function keep() {
  const text = query.value.trim();
  const asking = text === '' ? '' : `?${new URLSearchParams({ query: text, first: selects[0].value, second: selects[1].value })}`;
  history.replaceState(null, '', `${location.pathname}${asking}${location.hash}`);
}

// What the address holds; what it leaves out, or what is not served, is as usual. True if that is something else than before.
function recall() {
  const fields = [query, ...selects];
  const before = fields.map((one) => one.value).join('\n');
  const asking = new URLSearchParams(location.search);
  query.value = asking.get('query') ?? '';
  selects.forEach((select, side) => {
    const wanted = asking.get(['first', 'second'][side]);
    const known = [...select.options].some((option) => option.value === wanted);
    select.value = known ? wanted : unchosen[side];
  });
  return fields.map((one) => one.value).join('\n') !== before;
}

async function refresh() {
  const text = query.value.trim();
  keep();
  asked += 1;
  const mine = asked;
  busy(true);
  try {
    await run(async (signal, isLatest) => {
      if (text === '' || systems.length === 0) {
        show([]);
        status.textContent = systems.length === 0 ? 'The server has no index. Start it with --index or --indexes.' : '';
        return;
      }
      const asking = selects[1].value === '' ? [chosen(0)] : [chosen(0), chosen(1)];
      const found = await Promise.all(asking.map((system) => search(system, text, 0, signal)));
      if (isLatest()) {
        show(found.map((hits, side) => ({ system: asking[side], text, hits })));
        status.textContent = told();
      }
    });
  } catch (error) {
    show([]);
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
  mostHits = model.max_hits;
  systems = systemsOf(indexes, model);
  unchosen = usual(indexes, model);
  selects[1].append(new Option('nothing', ''));
  systems.forEach((system) => selects.forEach((select) => select.append(new Option(system.name, system.key))));
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    refresh();
  });
  mores.forEach((button, at) => button.addEventListener('click', () => more(at)));
  query.addEventListener('input', typed);
  selects.forEach((select) => select.addEventListener('change', refresh));
  document.addEventListener('keydown', keys);
  recall();
  if (document.activeElement === document.body) {
    query.focus();
  }
  const searched = refresh();
  tabs.whenShown('search', (isBack) => {
    if (!isBack) {
      keep();
    } else if (recall()) {
      refresh();
    }
  });
  return searched;
}
