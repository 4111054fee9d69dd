// What a side of the search can be: an index and a way of searching it. A key tells one from all others, also in an address.
const WAYS = ['vectors', 'words', 'hybrid'].map((by) => ({ name: by, asked: { by } }));
const SPARSE = { name: 'sparse', asked: { by: 'sparse' } };
const RERANKED = { name: 'hybrid, reranked', asked: { by: 'hybrid', rerank: true } };

// The weights of an index are compared with those of a query, which only the encoder that made them gives.
function isWeighed(index, model) {
  return index.sparse_model_hash !== undefined && index.sparse_model_hash === model.sparse?.model_sha;
}

function ways(index, model) {
  return [...WAYS, ...(isWeighed(index, model) ? [SPARSE] : []), ...(model.reranker === undefined ? [] : [RERANKED])];
}

function key(index, way) {
  return `${index.name}/${way.name}`;
}

export function systemsOf(indexes, model) {
  const many = new Set(indexes.map((index) => index.model)).size > 1;
  return indexes.flatMap((index) =>
    ways(index, model).map((way) => ({
      key: key(index, way),
      index: index.name,
      asked: way.asked,
      name: `${index.name}${many ? ` (${index.model})` : ''}, ${way.name}`,
    })));
}

// The keys of both sides where nobody has chosen: a second model is served to be compared.
export function usual(indexes, model) {
  const own = indexes.find((index) => index.model_hash === model.model_sha);
  const other = indexes.find((index) => index.model_hash !== model.model_sha);
  const first = own ?? other;
  const second = own === undefined ? undefined : other;
  return [first, second].map((index) => (index === undefined ? '' : key(index, WAYS[0])));
}
