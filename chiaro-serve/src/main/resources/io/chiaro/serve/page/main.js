import { json } from './api.js';
import { byId } from './dom.js';
import * as key from './key.js';
import * as map from './map.js';
import * as model from './model.js';
import * as reports from './reports.js';
import * as search from './search.js';
import * as tabs from './tabs.js';
import * as theme from './theme.js';
import * as training from './training.js';
import * as why from './why.js';

theme.start();
key.start();
why.start();
training.start();
reports.start();
tabs.start();

const problem = byId('problem');
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 30_000;

// What the server is, which the views of search, map and model begin with. The others work without.
function begin(info, list) {
  byId('name').textContent = info.model_id;
  // First, since the map looks for what the address asks for.
  const searched = search.start(list.data, info);
  map.start(list.data);
  model.start(info);
  return searched;
}

async function ask(pause) {
  let answers;
  try {
    answers = await Promise.all([json('info'), json('v1/indexes')]);
  } catch (error) {
    byId('problem-text').textContent = error.message;
    problem.hidden = false;
    // Whoever has no key now has none in two seconds either; everything else may pass.
    const timer = error.status === 401 ? 0 : setTimeout(() => ask(Math.min(LONGEST_PAUSE, pause * 2)), pause);
    byId('problem-again').onclick = () => {
      clearTimeout(timer);
      ask(FIRST_PAUSE);
    };
    return;
  }
  problem.hidden = true;
  await begin(...answers);
}

await ask(FIRST_PAUSE);
document.documentElement.dataset.ready = 'true';
