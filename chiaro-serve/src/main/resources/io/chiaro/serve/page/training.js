import { json } from './api.js';
import { lines } from './chart.js';
import { byId } from './dom.js';
import * as tabs from './tabs.js';

const EVERY_MILLISECONDS = 2000;
const LONGEST_MILLISECONDS = 60_000;
const LIST_MILLISECONDS = 10_000;
// A step or a validation of a large model may well take a minute.
const QUIET_SECONDS = 120;
const SERIES_IN_A_FIGURE = 8;
const select = byId('run');
const status = byId('training-status');
let shown = '';
let next = 0;
let events = [];
let timer = 0;
let listing = 0;
let failures = 0;
let isChosen = false;

function of(name) {
  return events.filter((event) => event.event === name);
}

function series(name, found, value) {
  return { name, points: found.map((event) => [event.step, value(event)]) };
}

function validation() {
  const judged = of('evaluated');
  const names = new Set(judged.flatMap((event) => Object.keys(event.metrics).map((metric) => `${event.name} ${metric}`)));
  return [...names].map((name) => ({
    name,
    points: judged
      .filter((event) => Object.keys(event.metrics).some((metric) => `${event.name} ${metric}` === name))
      .map((event) => [event.step, event.metrics[name.slice(event.name.length + 1)]]),
  }));
}

// An evaluation may have dozens of figures: each is drawn, in as many pictures as it takes.
function validations() {
  const all = validation();
  const figures = [];
  for (let at = 0; at === 0 || at < all.length; at += SERIES_IN_A_FIGURE) {
    const part = all.length <= SERIES_IN_A_FIGURE ? '' : ` ${at / SERIES_IN_A_FIGURE + 1} of ${Math.ceil(all.length / SERIES_IN_A_FIGURE)}`;
    figures.push(lines(`Validation${part}`, all.slice(at, at + SERIES_IN_A_FIGURE)));
  }
  return figures;
}

function ago(seconds) {
  const units = [['day', 86_400], ['hour', 3600], ['minute', 60]];
  const [unit, size] = units.find((one) => seconds >= one[1]) ?? units[2];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

// A run that was killed leaves no word of it: what is known is how long it has been silent.
function draw(age) {
  const steps = of('step-done');
  const checked = of('collapse-checked');
  const figures = [
    lines('Loss', [
      series('loss', steps, (event) => event.loss),
      series('by chance', steps, (event) => event['chance-loss']),
    ]),
    ...validations(),
    lines('Effective rank of the embeddings', [series('effective rank', checked, (event) => event.verdict['effective-rank'])]),
    lines('Spread of the embeddings', [
      series('standard deviation', checked, (event) => event.verdict['standard-deviation']),
      series('mean cosine', checked, (event) => event.verdict['mean-cosine']),
    ]),
    lines('Learning rate', [series('learning rate', steps, (event) => event['learning-rate'])]),
    lines('Gradient norm', [series('gradient norm', steps, (event) => event['gradient-norm'])]),
  ];
  byId('charts').replaceChildren(...figures);
  const last = steps[steps.length - 1];
  const finished = of('run-finished').pop();
  const over = finished !== undefined && finished === events[events.length - 1];
  const said = last === undefined ? 'No step is done yet.' : `Step ${last.step} of ${last.steps}, loss ${last.loss.toFixed(4)}.`;
  // Set only when it changes, or a reader of the screen would hear it every two seconds.
  const goes = age < QUIET_SECONDS ? 'Running.' : `No event for ${ago(age)}: it may have been ended.`;
  tell(status, `${said} ${over ? finished.message : goes}`);
  const verdict = checked[checked.length - 1]?.verdict;
  tell(byId('collapse'), verdict === undefined ? '' : `Collapse watch: ${verdict.level}, ${verdict.reason}.`);
  return over;
}

function tell(place, text) {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

let polling = null;

// One at a time: two would both take the same events for new.
function poll() {
  clearTimeout(timer);
  polling = (polling ?? Promise.resolve()).then(pollOnce);
  return polling;
}

async function pollOnce() {
  clearTimeout(timer);
  const name = select.value;
  if (name === '') {
    return;
  }
  if (name !== shown) {
    shown = name;
    next = 0;
    events = [];
  }
  try {
    let part;
    do {
      part = await json(`v1/runs/${encodeURIComponent(name)}/events/${next}`);
      if (name !== shown) {
        return;
      }
      // A run that was resumed from an earlier step has written its file anew.
      events = part.from === next ? events.concat(part.events) : part.events;
      next = part.next;
    } while (part.events.length > 0);
    failures = 0;
    if (!draw(part.age)) {
      again(poll, EVERY_MILLISECONDS);
    }
  } catch (error) {
    if (error.status === 400) {
      // A file that was written anew may be no longer than what was read of it.
      next = 0;
      events = [];
    }
    // A busy server refuses some requests; the run goes on all the same.
    const pause = Math.min(LONGEST_MILLISECONDS, EVERY_MILLISECONDS * 2 ** failures);
    failures += 1;
    tell(status, `${error.message} It is asked again in ${pause / 1000} seconds.`);
    again(poll, pause);
  }
}

function again(task, pause) {
  if (!byId('view-training').hidden) {
    clearTimeout(timer);
    timer = setTimeout(task, pause);
  }
}

// The newest run stands first, and is shown unless the reader has chosen another. While one looks, what is shown stays, and the list
// takes in new runs without changing its order.
function offer(runs, opening) {
  const before = select.value;
  const known = [...select.options].map((option) => option.value);
  const ordered = opening ? runs : [...runs.filter((name) => !known.includes(name)), ...known.filter((name) => runs.includes(name))];
  if (ordered.join('\n') !== known.join('\n')) {
    select.replaceChildren(...ordered.map((name) => new Option(name, name)));
  }
  const stays = runs.includes(before) && (isChosen || !opening);
  select.value = stays ? before : ordered[0] ?? '';
}

async function list(opening) {
  clearTimeout(listing);
  try {
    const runs = (await json('v1/runs')).data;
    offer(runs, opening);
    if (runs.length === 0) {
      tell(status, 'No training run is shown. Start the server with --runs DIR.');
    } else if (opening || select.value !== shown) {
      await poll();
    }
  } catch (error) {
    if (shown === '') {
      tell(status, error.message);
    }
  }
  if (!byId('view-training').hidden) {
    clearTimeout(listing);
    listing = setTimeout(() => list(shown === ''), LIST_MILLISECONDS);
  }
}

export function start() {
  byId('training-form').addEventListener('submit', (event) => event.preventDefault());
  select.addEventListener('change', () => {
    isChosen = true;
    poll();
  });
  tabs.whenShown(
    'training',
    () => list(true),
    () => {
      clearTimeout(timer);
      clearTimeout(listing);
    },
  );
}
