import { element } from './dom.js';

const NAMESPACE = 'http://www.w3.org/2000/svg';
const WIDTH = 460;
const HEIGHT = 220;
const LEFT = 58;
const BOTTOM = 26;
const TOP = 8;
const MOST_POINTS = 600;

function svg(name, attributes, text) {
  const made = document.createElementNS(NAMESPACE, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

function brief(value) {
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 100000) ? value.toExponential(1) : String(Number(value.toPrecision(4)));
}

// Of many steps the mean of each stretch is drawn: single steps would be narrower than a line.
function thinned(points) {
  if (points.length <= MOST_POINTS) {
    return points;
  }
  const size = points.length / MOST_POINTS;
  return Array.from({ length: MOST_POINTS }, (_, at) => {
    const part = points.slice(Math.floor(at * size), Math.floor((at + 1) * size));
    return [part[part.length - 1][0], part.reduce((sum, point) => sum + point[1], 0) / part.length];
  });
}

// Lines over steps: [{ name, points: [[step, value], ...] }]. Values that are no numbers leave gaps.
export function lines(title, series) {
  const drawn = series
    .map((one) => ({ name: one.name, points: thinned(one.points.filter((point) => Number.isFinite(point[1]))) }))
    .filter((one) => one.points.length > 0);
  const figure = element('figure');
  figure.append(element('figcaption', '', title));
  if (drawn.length === 0) {
    figure.append(element('p', 'quiet', 'Nothing yet.'));
    return figure;
  }
  const all = drawn.flatMap((one) => one.points);
  const reach = (at) => all.reduce(([low, high], point) => [Math.min(low, point[at]), Math.max(high, point[at])], [Infinity, -Infinity]);
  const [first, last] = reach(0);
  const [low, high] = reach(1);
  const x = (step) => LEFT + ((step - first) / Math.max(1e-9, last - first)) * (WIDTH - LEFT - 8);
  const y = (value) => (high === low ? HEIGHT / 2 : TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM));
  const said = drawn.map((one) => `${one.name} ${brief(one.points[one.points.length - 1][1])} at the end`).join(', ');
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `${title}: ${said}` });
  for (const share of [0, 0.5, 1]) {
    const value = low + share * (high - low);
    picture.append(
      svg('line', { class: 'axis', x1: LEFT, x2: WIDTH - 8, y1: y(value), y2: y(value) }),
      svg('text', { x: LEFT - 6, y: y(value) + 4, 'text-anchor': 'end' }, brief(value)),
    );
  }
  picture.append(
    svg('text', { x: LEFT, y: HEIGHT - 6 }, String(first)),
    svg('text', { x: WIDTH - 8, y: HEIGHT - 6, 'text-anchor': 'end' }, `step ${last}`),
  );
  drawn.forEach((one, at) => {
    const points = one.points.map((point) => `${x(point[0]).toFixed(1)},${y(point[1]).toFixed(1)}`).join(' ');
    picture.append(svg('polyline', { class: `line line-${at % 4}${at % 8 < 4 ? '' : ' dashed'}`, points }));
    if (one.points.length === 1) {
      picture.append(svg('circle', { class: `line line-${at % 4}`, cx: x(one.points[0][0]), cy: y(one.points[0][1]), r: 3 }));
    }
  });
  const key = element('p', 'key');
  drawn.forEach((one, at) => {
    key.append(element('span', `key-${at % 4}`, at % 8 < 4 ? '— ' : '- - '), `${one.name} ${brief(one.points[one.points.length - 1][1])}  `);
  });
  figure.append(picture, key);
  return figure;
}
