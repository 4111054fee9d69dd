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
try {
  const [info, list] = await Promise.all([json('info'), json('v1/indexes')]);
  byId('name').textContent = info.model_id;
  model.start(info);
  map.start(list.data);
  const searched = search.start(list.data, info);
  tabs.start();
  await searched;
} catch (error) {
  byId('status').textContent = error.message;
}
document.documentElement.dataset.ready = 'true';
