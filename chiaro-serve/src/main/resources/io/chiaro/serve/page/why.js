import { indexPath, latest, post } from './api.js';
import { byId, element, foreign, shown, table } from './dom.js';
import { showOnMap } from './map.js';
import * as texts from './texts.js';

const dialog = byId('why');
const body = byId('why-body');
const run = latest();

// The rest adds little, and a text may have hundreds.
const MOST_TOKENS = 20;
const NEIGHBOUR_CHARACTERS = 300;

function rank(side) {
  return side.rank === undefined ? 'beyond the first 100' : String(side.rank);
}

function share(value, whole) {
  const meter = element('meter');
  meter.max = Math.max(whole, 1e-6);
  meter.value = value;
  meter.setAttribute('aria-label', 'Share of the score');
  return meter;
}

// The meters are seen beside their numbers; who hears the table wants a name for them.
function meterHead() {
  return element('span', 'unseen', 'Share of the score');
}

function words(found) {
  if (found.matches.length === 0) {
    return element('p', '', 'No word of the query stands in it.');
  }
  return table(
    'Matching words',
    ['Word', 'Times in the query', 'Adds to BM25', meterHead()],
    found.matches.map((match) => [match.word, match.times, match.share.toFixed(4), share(match.share, found.score)]),
  );
}

// Where a token stands that both sparse vectors weigh: an encoder also weighs tokens that it only expects.
function stands(match) {
  if (match.in_query && match.in_document) {
    return 'query and text';
  }
  if (match.in_query) {
    return 'query';
  }
  return match.in_document ? 'text' : 'neither';
}

function tokens(found) {
  if (found.matches.length === 0) {
    return [element('p', '', 'The sparse vectors have no token in common.')];
  }
  const first = found.matches.slice(0, MOST_TOKENS);
  const parts = [
    table(
      'Matching tokens',
      ['Token', 'Stands in', 'Weight in the query', 'Weight in the text', 'Product', meterHead()],
      first.map((match) => [
        match.token,
        stands(match),
        match.query_weight.toFixed(4),
        match.document_weight.toFixed(4),
        match.share.toFixed(4),
        share(match.share, found.score),
      ]),
    ),
  ];
  if (found.matches.length > first.length) {
    const rest = found.matches.slice(MOST_TOKENS).reduce((sum, match) => sum + match.share, 0);
    parts.push(element('p', '', `${found.matches.length - first.length} more tokens add ${rest.toFixed(4)}.`));
  }
  return parts;
}

function scores(answer) {
  const sparse = answer.tokens === undefined ? [] : [['sparse vectors (product)', answer.tokens.score, rank(answer.tokens)]];
  return table('Scores', ['By', 'Score', 'Rank'], [
    ['words (BM25)', answer.words.score, rank(answer.words)],
    ['vectors (cosine)', answer.vectors.score, rank(answer.vectors)],
    ...sparse,
    [`both (by ${answer.hybrid.fusion}, ${shown(answer.hybrid.vector_weight)} vectors)`, answer.hybrid.score, rank(answer.hybrid)],
  ]);
}

function neighbours(index, query, found) {
  const list = element('ol');
  for (const hit of found) {
    const line = element('li', 'hit');
    const next = element('button', '', `${hit.id} (${hit.score.toFixed(4)})`);
    next.type = 'button';
    next.addEventListener('click', () => open(index, query, hit.id));
    line.append(foreign('p', 'text', hit.cut ? `${hit.text} …` : hit.text), next);
    list.append(line);
  }
  return list;
}

function metadata(values) {
  return table('Metadata', ['Name', 'Value'], Object.entries(values).map(([name, value]) => [name, [value].flat().join(', ')]));
}

function show(index, query, answer) {
  byId('why-title').textContent = `Why ${answer.id}`;
  const parts = [...texts.shown(answer), scores(answer), words(answer.words)];
  if (answer.tokens !== undefined) {
    parts.push(...tokens(answer.tokens));
  }
  if (answer.metadata !== undefined) {
    parts.push(metadata(answer.metadata));
  }
  parts.push(element('h3', '', 'Nearest to it'), neighbours(index, query, answer.neighbours));
  const map = element('button', '', 'Show on the map');
  map.type = 'button';
  map.addEventListener('click', () => {
    dialog.close();
    showOnMap(index, answer.id);
  });
  parts.push(map);
  body.replaceChildren(...parts);
}

export async function open(index, query, id) {
  byId('why-title').textContent = `Why ${id}`;
  body.replaceChildren(element('p', '', 'Asking …'));
  if (!dialog.open) {
    dialog.showModal();
  }
  try {
    const answer = await run((signal) => post(indexPath(index, '/explain'), { query, id, text_characters: NEIGHBOUR_CHARACTERS }, signal));
    if (answer !== undefined) {
      show(index, query, answer);
    }
  } catch (error) {
    body.replaceChildren(element('p', '', error.message));
  }
}

export function start() {
  byId('why-close').addEventListener('click', () => dialog.close());
}
