import { json } from './api.js';
import { lines } from './chart.js';
import { byId } from './dom.js';
import * as tabs from './tabs.js';

const EVERY_MILLISECONDS = 2000;
const select = byId('run');
const status = byId('training-status');
let shown = '';
let next = 0;
let events = [];
let timer = 0;

function of(name) {
  return events.filter((event) => event.event === name);
}

function series(name, found, value) {
  return { name, points: found.map((event) => [event.step, value(event)]) };
}

function validation() {
  const judged = of('evaluated');
  const names = new Set(judged.flatMap((event) => Object.keys(event.metrics).map((metric) => `${event.name} ${metric}`)));
  return [...names].slice(0, 4).map((name) => ({
    name,
    points: judged
      .filter((event) => Object.keys(event.metrics).some((metric) => `${event.name} ${metric}` === name))
      .map((event) => [event.step, event.metrics[name.slice(event.name.length + 1)]]),
  }));
}

function draw() {
  const steps = of('step-done');
  const checked = of('collapse-checked');
  const figures = [
    lines('Loss', [
      series('loss', steps, (event) => event.loss),
      series('by chance', steps, (event) => event['chance-loss']),
    ]),
    lines('Validation', validation()),
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
  tell(status, over ? `${said} ${finished.message}` : `${said} Running.`);
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
    const over = draw();
    if (!byId('view-training').hidden && !over) {
      timer = setTimeout(poll, EVERY_MILLISECONDS);
    }
  } catch (error) {
    // A file that was written anew may be shorter than what was read of it.
    next = 0;
    events = [];
    tell(status, error.message);
  }
}

async function list() {
  try {
    const known = new Set([...select.options].map((option) => option.value));
    const runs = (await json('v1/runs')).data;
    runs.filter((name) => !known.has(name)).forEach((name) => select.append(new Option(name, name)));
    if (runs.length === 0) {
      tell(status, 'No training run is shown. Start the server with --runs DIR.');
      return;
    }
    await poll();
  } catch (error) {
    tell(status, error.message);
  }
}

export function start() {
  byId('training-form').addEventListener('submit', (event) => event.preventDefault());
  select.addEventListener('change', poll);
  tabs.whenShown('training', list, () => clearTimeout(timer));
}
