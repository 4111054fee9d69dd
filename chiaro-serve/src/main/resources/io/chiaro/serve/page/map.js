import { debounced, indexPath, json, latest, post } from './api.js';
import { byId, element, foreign } from './dom.js';
import { cssPixel, Plane } from './plane.js';
import * as tabs from './tabs.js';
import * as texts from './texts.js';
import * as theme from './theme.js';

const FOUND = 50;
const PAUSE_MILLISECONDS = 200;
const LOOK_MILLISECONDS = 3000;
const NO_MAP = 'No index has a map. chiaro index --into DIR --map draws one, as does POST v1/indexes/NAME/map.';
const select = byId('map-index');
const colour = byId('map-colour');
const query = byId('map-query');
const status = byId('map-status');
const tip = byId('tip');
const hits = byId('map-hits');
const run = latest();
const show = latest();
let plane = null;
let map = null;
let shownIndex = '';
let positions = new Map();
let timer = 0;

function field() {
  return map?.fields[Number(colour.value)];
}

// Colours far apart on the circle, in two shades, which dark and light paper both bear.
function hue(at, count) {
  return `hsl(${Math.round((360 * at) / count)} 65% ${theme.isDark() ? 65 : 42}%)`;
}

function style(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function paint() {
  if (map === null) {
    return;
  }
  const chosen = colour.value === '' ? undefined : field();
  const plain = cssPixel(style('--second'));
  const none = cssPixel(style('--line'));
  const colours = new Uint32Array(map.x.length).fill(plain);
  const legend = [];
  if (chosen !== undefined) {
    const palette = chosen.values.map((_, at) => hue(at, chosen.values.length));
    const pixels = palette.map(cssPixel);
    chosen.codes.forEach((code, i) => {
      colours[i] = code < 0 ? none : pixels[code];
    });
    chosen.values.forEach((value, at) => {
      const line = foreign('li', '', value);
      const swatch = element('span', 'swatch');
      swatch.style.background = palette[at];
      line.prepend(swatch);
      legend.push(line);
    });
  }
  byId('legend').replaceChildren(...legend);
  plane.colour(colours, style('--paper'), style('--ink'));
}

function hovered(point, event) {
  tip.hidden = point < 0;
  if (point < 0) {
    return;
  }
  tip.textContent = `${map.ids[point]}: ${map.labels[point]}`;
  const box = byId('plane').getBoundingClientRect();
  const x = Math.min(event.clientX - box.left + 12, box.width - 340);
  tip.style.transform = `translate(${Math.max(0, x)}px, ${event.clientY - box.top + 14}px)`;
}

async function chosen(point) {
  const place = byId('map-document');
  if (point < 0) {
    plane.select(-1);
    place.replaceChildren();
    return;
  }
  plane.select(point);
  const id = map.ids[point];
  try {
    const found = await show((signal) => json(indexPath(shownIndex, `/documents/${encodeURIComponent(id)}`), { signal }));
    if (found !== undefined) {
      place.replaceChildren(foreign('h2', '', found.id), ...texts.shown(found));
    }
  } catch {
    // An id with a slash fits into no path, and a document may be gone: what the map knows is shown.
    place.replaceChildren(foreign('h2', '', id), foreign('p', 'text', map.labels[point]));
  }
}

async function find() {
  const text = query.value.trim();
  try {
    await run(async (signal, isLatest) => {
      const found =
        text === '' || map === null
          ? []
          : (await post(indexPath(shownIndex, '/search'), { query: text, k: FOUND, by: 'hybrid', text_characters: 1 }, signal)).hits;
      if (!isLatest()) {
        return;
      }
      const here = found.filter((hit) => positions.has(hit.id));
      plane?.ring(here.map((hit) => positions.get(hit.id)));
      hits.replaceChildren(...here.map(line));
      if (text !== '' && map !== null) {
        status.textContent = `${here.length} of the ${found.length} best are on the map.`;
      }
    });
  } catch (error) {
    status.textContent = error.message;
  }
}

function line(hit) {
  const made = element('li');
  const button = foreign('button', '', `${hit.id}: ${map.labels[positions.get(hit.id)]}`);
  button.type = 'button';
  button.addEventListener('click', () => {
    plane.look(positions.get(hit.id));
    chosen(positions.get(hit.id));
  });
  made.append(button);
  return made;
}

function said() {
  const drawn = map.ids.length + map.gone;
  const part = drawn < map.documents ? ` of ${map.documents.toLocaleString()}, evenly over the index` : '';
  return `${map.ids.length.toLocaleString()} documents${part}.`;
}

// Not in the status, where what is found would take its place.
function warn() {
  const gone = map.gone > 0 ? `, and ${map.gone.toLocaleString()} that it showed are gone` : '';
  byId('map-stale').textContent = `The index has changed since the map was drawn${gone}.`;
  byId('map-stale').hidden = !map.stale;
}

async function load() {
  if (select.value === '' || select.value === shownIndex) {
    return;
  }
  const wanted = select.value;
  status.textContent = 'Loading …';
  try {
    const loaded = await json(indexPath(wanted, '/map'));
    if (wanted !== select.value) {
      return; // Another was chosen while this one came.
    }
    map = loaded;
    shownIndex = wanted;
    positions = new Map(map.ids.map((id, at) => [id, at]));
    colour.replaceChildren(new Option('nothing', ''), ...map.fields.map((one, at) => new Option(one.name, at)));
    colour.value = map.fields.length > 0 ? '0' : '';
    plane ??= new Plane(byId('canvas'), { hovered, chosen });
    plane.points(map.x, map.y);
    byId('map-document').replaceChildren();
    paint();
    status.textContent = said();
    warn();
    await find();
  } catch (error) {
    status.textContent = error.message;
  }
}

// Takes in the maps that are there. True if one that nobody has seen yet is being drawn.
function offer(indexes) {
  const known = new Set([...select.options].map((option) => option.value));
  indexes.filter((index) => index.map && !known.has(index.name)).forEach((index) => select.append(new Option(index.name, index.name)));
  const drawn = (how) => indexes.filter((index) => !index.map && index.map_drawing === how).map((index) => index.name).join(', ');
  const coming = drawn('under-way');
  const failed = drawn('failed');
  if (select.options.length === 0) {
    let said = NO_MAP;
    if (coming !== '') {
      said = `The map of ${coming} is being drawn. Of a large index that takes minutes.`;
    } else if (failed !== '') {
      said = `The map of ${failed} could not be drawn. The log of the server says why.`;
    }
    if (status.textContent !== said) {
      status.textContent = said; // Set only when it changes, or a reader of the screen would hear it again and again.
    }
  }
  return coming !== '';
}

// Looks which maps there are, and again while one is being drawn and somebody waits for it.
async function look() {
  clearTimeout(timer);
  let waits = true;
  try {
    waits = offer((await json('v1/indexes')).data);
    await load();
  } catch (error) {
    status.textContent = error.message;
  }
  if (waits && !byId('view-map').hidden) {
    clearTimeout(timer);
    timer = setTimeout(look, LOOK_MILLISECONDS);
  }
}

// Opens the map at a document.
export async function showOnMap(index, id) {
  tabs.open('map', true);
  if (![...select.options].some((option) => option.value === index)) {
    status.textContent = `The index ${index} has no map. chiaro index --into DIR --map draws one, as does POST v1/indexes/NAME/map.`;
    return;
  }
  select.value = index;
  await load();
  if (positions.has(id)) {
    plane.look(positions.get(id));
    chosen(positions.get(id));
  } else {
    status.textContent = `${id} is not among the documents that the map shows.`;
  }
}

export function start(indexes) {
  offer(indexes);
  byId('map-form').addEventListener('submit', (event) => event.preventDefault());
  select.addEventListener('change', load);
  colour.addEventListener('change', paint);
  query.addEventListener('input', debounced(PAUSE_MILLISECONDS, find));
  theme.whenChanged(paint);
  tabs.whenShown(
    'map',
    () => {
      // Words that were searched for are looked for here as well.
      if (query.value === '') {
        query.value = byId('query').value.trim();
        find();
      }
      look();
      plane?.ask();
    },
    () => clearTimeout(timer),
  );
}
