// Points in a plane that can be moved and zoomed. Every frame is one array of pixels: tens of thousands of points are a few hundred
// thousand writes, where as many calls of the canvas would take many frames.
const EXTENT = 65535;
const CELLS = 128;
const REACH_PIXELS = 10;
const LARGEST_ZOOM = 400;
const STEP = 0.15;

function pixel(red, green, blue) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

// A colour of the style sheet as the array holds it.
export function cssPixel(colour) {
  const one = document.createElement('canvas');
  one.width = 1;
  one.height = 1;
  const context = one.getContext('2d');
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return pixel(red, green, blue);
}

// The points of each cell of a grid, one cell after another, for finding the one under the pointer.
function grid(x, y) {
  const starts = new Uint32Array(CELLS * CELLS + 1);
  const cell = (i) => Math.floor((y[i] * CELLS) / (EXTENT + 1)) * CELLS + Math.floor((x[i] * CELLS) / (EXTENT + 1));
  for (let i = 0; i < x.length; i++) {
    starts[cell(i) + 1]++;
  }
  for (let c = 0; c < CELLS * CELLS; c++) {
    starts[c + 1] += starts[c];
  }
  const points = new Uint32Array(x.length);
  const filled = starts.slice();
  for (let i = 0; i < x.length; i++) {
    points[filled[cell(i)]++] = i;
  }
  return { starts, points };
}

export class Plane {
  constructor(canvas, { hovered, chosen }) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: false });
    this.hovered = hovered;
    this.chosen = chosen;
    this.x = new Float32Array(0);
    this.y = new Float32Array(0);
    this.colours = new Uint32Array(0);
    this.rings = [];
    this.selected = -1;
    this.zoom = 1;
    this.centre = [EXTENT / 2, EXTENT / 2];
    this.paper = pixel(255, 255, 255);
    this.ink = '#000';
    this.asked = false;
    this.index = grid(this.x, this.y);
    this.listen();
  }

  points(x, y) {
    this.x = Float32Array.from(x);
    this.y = Float32Array.from(y);
    this.index = grid(this.x, this.y);
    this.rings = [];
    this.selected = -1;
    this.all();
  }

  colour(colours, paper, ink) {
    this.colours = colours;
    this.paper = cssPixel(paper);
    this.ink = ink;
    this.ask();
  }

  ring(points) {
    this.rings = points;
    this.ask();
  }

  select(point) {
    this.selected = point;
    this.ask();
  }

  all() {
    this.zoom = 1;
    this.centre = [EXTENT / 2, EXTENT / 2];
    this.ask();
  }

  look(point) {
    this.centre = [this.x[point], this.y[point]];
    this.zoom = Math.max(this.zoom, 6);
    this.select(point);
  }

  // Draws once before the next frame is shown, however often it is asked.
  ask() {
    if (!this.asked) {
      this.asked = true;
      requestAnimationFrame(() => {
        this.asked = false;
        this.draw();
      });
    }
  }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(this.canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round(this.canvas.clientHeight * ratio));
    if (this.image === undefined || width !== this.canvas.width || height !== this.canvas.height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.image = this.context.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    return ratio;
  }

  // Pixels of the canvas for one unit of the map.
  scale() {
    return (this.zoom * Math.min(this.canvas.width, this.canvas.height) * 0.95) / EXTENT;
  }

  draw() {
    const ratio = this.resize();
    const { width, height } = this.canvas;
    const scale = this.scale();
    const left = width / 2 - this.centre[0] * scale;
    const top = height / 2 - this.centre[1] * scale;
    const radius = Math.min(4, Math.max(1, Math.round(ratio * 0.8 * Math.sqrt(this.zoom))));
    const { x, y, colours, pixels } = this;
    pixels.fill(this.paper);
    for (let i = 0; i < x.length; i++) {
      const px = Math.round(x[i] * scale + left);
      const py = Math.round(y[i] * scale + top);
      if (px < radius || py < radius || px >= width - radius || py >= height - radius) {
        continue;
      }
      const colour = colours[i];
      for (let dy = -radius; dy <= radius; dy++) {
        // Discs, but for the smallest, which would be a cross.
        const reach = radius === 1 ? 1 : Math.floor(Math.sqrt(radius * radius - dy * dy) + 0.5);
        const from = (py + dy) * width + px;
        for (let at = from - reach; at <= from + reach; at++) {
          pixels[at] = colour;
        }
      }
    }
    this.context.putImageData(this.image, 0, 0);
    this.circles(scale, left, top, radius + 3 * ratio, ratio);
  }

  circles(scale, left, top, radius, ratio) {
    const { context } = this;
    context.strokeStyle = this.ink;
    const circle = (i, around, line) => {
      context.lineWidth = line * ratio;
      context.beginPath();
      context.arc(this.x[i] * scale + left, this.y[i] * scale + top, around, 0, 2 * Math.PI);
      context.stroke();
    };
    this.rings.forEach((i) => circle(i, radius, 1.5));
    if (this.selected >= 0) {
      circle(this.selected, radius + 3 * ratio, 3);
    }
  }

  // The point nearest to the middle of what is seen; -1 if there is none.
  middle() {
    let best = -1;
    let nearest = Infinity;
    for (let i = 0; i < this.x.length; i++) {
      const distance = (this.x[i] - this.centre[0]) ** 2 + (this.y[i] - this.centre[1]) ** 2;
      if (distance < nearest) {
        nearest = distance;
        best = i;
      }
    }
    return best;
  }

  // The point nearest to a place of the page, if one is near.
  at(clientX, clientY) {
    const ratio = window.devicePixelRatio || 1;
    const box = this.canvas.getBoundingClientRect();
    const scale = this.scale();
    const x = ((clientX - box.left) * ratio - this.canvas.width / 2) / scale + this.centre[0];
    const y = ((clientY - box.top) * ratio - this.canvas.height / 2) / scale + this.centre[1];
    const reach = (REACH_PIXELS * ratio) / scale;
    const cell = (value) => Math.min(CELLS - 1, Math.max(0, Math.floor((value * CELLS) / (EXTENT + 1))));
    let best = -1;
    let nearest = reach * reach;
    for (let row = cell(y - reach); row <= cell(y + reach); row++) {
      const end = this.index.starts[row * CELLS + cell(x + reach) + 1];
      for (let k = this.index.starts[row * CELLS + cell(x - reach)]; k < end; k++) {
        const i = this.index.points[k];
        const distance = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
        if (distance < nearest) {
          nearest = distance;
          best = i;
        }
      }
    }
    return best;
  }

  move(dx, dy) {
    const scale = this.scale();
    this.centre = [this.centre[0] - dx / scale, this.centre[1] - dy / scale].map((at) => Math.min(EXTENT, Math.max(0, at)));
    this.ask();
  }

  // What lies under a place of the canvas stays there.
  zoomBy(factor, px, py) {
    const before = this.scale();
    this.zoom = Math.min(LARGEST_ZOOM, Math.max(0.8, this.zoom * factor));
    const after = this.scale();
    const dx = px - this.canvas.width / 2;
    const dy = py - this.canvas.height / 2;
    this.centre = [this.centre[0] + dx / before - dx / after, this.centre[1] + dy / before - dy / after];
    this.ask();
  }

  listen() {
    const { canvas } = this;
    let drag = null;
    canvas.addEventListener('pointerdown', (event) => {
      drag = { x: event.clientX, y: event.clientY, far: 0 };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (drag === null) {
        this.hovered(this.at(event.clientX, event.clientY), event);
        return;
      }
      const ratio = window.devicePixelRatio || 1;
      drag.far += Math.abs(event.clientX - drag.x) + Math.abs(event.clientY - drag.y);
      this.move((event.clientX - drag.x) * ratio, (event.clientY - drag.y) * ratio);
      drag.x = event.clientX;
      drag.y = event.clientY;
    });
    canvas.addEventListener('pointerup', (event) => {
      const clicked = drag !== null && drag.far < 4;
      drag = null;
      if (clicked) {
        this.chosen(this.at(event.clientX, event.clientY));
      }
    });
    canvas.addEventListener('pointercancel', () => {
      drag = null;
    });
    canvas.addEventListener('pointerleave', () => this.hovered(-1));
    canvas.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        const ratio = window.devicePixelRatio || 1;
        const box = canvas.getBoundingClientRect();
        this.zoomBy(Math.exp(-event.deltaY / 400), (event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio);
      },
      { passive: false },
    );
    canvas.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => this.ask()).observe(canvas);
  }

  key(event) {
    const { width, height } = this.canvas;
    const moves = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key in moves) {
      this.move(moves[event.key][0] * width * STEP, moves[event.key][1] * height * STEP);
    } else if (event.key === '+' || event.key === '=' || event.key === '-') {
      this.zoomBy(event.key === '-' ? 1 / 1.4 : 1.4, width / 2, height / 2);
    } else if (event.key === '0') {
      this.all();
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.chosen(this.middle());
    } else {
      return;
    }
    event.preventDefault();
  }
}
