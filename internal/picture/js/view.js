// The view: which time and which rows are seen, and in which colours.

const view = { from: 0, to: 1, top: 0, bottom: 1 };
const state = { plan: null, order: "rack", rowOf: null, hostAt: null, chosen: -1, pointed: null, load: 0, scale: 1, colours: null };
const size = { width: 0, height: 0, gutter: 0, axis: 40, foot: 10, right: 12, ratio: 1 };
const limits = { from: 0, to: 1 };
const tagRow = 17; // above the rows stand the marks of time and two rows of tags

const plotWidth = () => Math.max(1, size.width - size.gutter - size.right);
const plotHeight = () => Math.max(1, size.height - size.axis - size.foot);
const xOf = (t) => size.gutter + (t - view.from) / (view.to - view.from) * plotWidth();
const yOf = (row) => size.axis + (row - view.top) / (view.bottom - view.top) * plotHeight();
const timeAt = (x) => view.from + (x - size.gutter) / plotWidth() * (view.to - view.from);
const rowAtY = (y) => view.top + (y - size.axis) / plotHeight() * (view.bottom - view.top);
const rowHeight = () => plotHeight() / (view.bottom - view.top);

// near says whether an instant can be shown with the whole plan without pressing it together.
const near = (t) => t * 3 <= state.plan.finish * 4;

// setLimits finds how far the view may go: the plan, its bakes and its deadline when that is near.
const setLimits = () => {
  const plan = state.plan;
  let to = Math.max(plan.finish, plan.bound);
  if (plan.deadline !== null && near(plan.deadline)) to = Math.max(to, plan.deadline);
  limits.from = -0.015 * to;
  limits.to = 1.03 * to + 1;
};

// Few rows do not fill the height: a bar as thick as a hand tells no more than a thin one.
const rowThickest = 34;
const rowsFitting = () => Math.max(state.plan.hosts, plotHeight() / rowThickest);

const fit = () => { view.from = limits.from; view.to = limits.to; view.top = 0; view.bottom = rowsFitting(); };
const isFit = () => view.from <= limits.from && view.to >= limits.to && view.top <= 0 && view.bottom >= rowsFitting();

const keepIn = () => {
  const rows = rowsFitting();
  const width = Math.min(Math.max(view.to - view.from, 60), limits.to - limits.from);
  view.from = Math.min(Math.max(view.from, limits.from), limits.to - width);
  view.to = view.from + width;
  const height = Math.min(Math.max(view.bottom - view.top, plotHeight() / rowThickest), rows);
  view.top = Math.min(Math.max(view.top, 0), rows - height);
  view.bottom = view.top + height;
};

// zoom makes what is seen 1/factor as large and keeps the point at x, y where it is.
const zoom = (factor, x, y, timeOnly) => {
  const t = timeAt(x), row = rowAtY(y);
  view.from = t - (t - view.from) / factor;
  view.to = t + (view.to - t) / factor;
  if (!timeOnly) {
    view.top = row - (row - view.top) / factor;
    view.bottom = row + (view.bottom - row) / factor;
  }
  keepIn();
  redraw();
};

const pan = (dx, dy) => {
  const dt = dx / plotWidth() * (view.to - view.from), rows = dy / plotHeight() * (view.bottom - view.top);
  view.from += dt; view.to += dt; view.top += rows; view.bottom += rows;
  keepIn();
  redraw();
};

// show brings a host into the middle, near enough to be read.
const show = (host) => {
  const plan = state.plan, row = state.rowOf[host] + 0.5;
  const rows = Math.min(view.bottom - view.top, plotHeight() / 18);
  const time = Math.min(view.to - view.from, Math.max(8 * (plan.to[host] - plan.from[host]), 3600));
  const middle = (plan.from[host] + plan.to[host]) / 2;
  view.top = row - rows / 2; view.bottom = row + rows / 2; view.from = middle - time / 2; view.to = middle + time / 2;
  keepIn();
  redraw();
};

// setOrder lays the hosts of each part out by rack, as the data has them, or by start.
const setOrder = (order) => {
  const plan = state.plan;
  state.order = order;
  state.hostAt = Uint32Array.from({ length: plan.hosts }, (_, i) => i);
  if (order === "start") {
    for (const part of plan.parts) {
      state.hostAt.subarray(part.from, part.to).sort((a, b) => plan.from[a] - plan.from[b] || plan.to[a] - plan.to[b] || a - b);
    }
  }
  state.rowOf = new Uint32Array(plan.hosts);
  for (let row = 0; row < plan.hosts; row++) state.rowOf[state.hostAt[row]] = row;
};

// partAt and the like: the section that holds a row.
const sectionAt = (list, row) => {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].to > row) high = middle; else low = middle + 1;
  }
  return Math.min(low, list.length - 1);
};
const rackOf = (host) => above(state.plan.rackTo, host);

// readColours takes the colours of the style in force, so that light, dark, print and forced colours are one drawing.
// An element resolves them: a canvas knows nothing of the colours that a reader forces.
const readColours = () => {
  const style = getComputedStyle(document.documentElement), probe = document.getElementById("stage").appendChild(element("i"));
  const colours = { font: getComputedStyle(document.body).fontFamily };
  probe.style.forcedColorAdjust = "none";
  for (const name of ["ink", "dim", "paper", "card", "lane", "line", "bad", "mark", "bar", "tail", "canary"]) {
    probe.style.color = style.getPropertyValue("--" + name).trim();
    const value = getComputedStyle(probe).color, [r, g, b] = value.match(/[\d.]+/g).map(Number);
    colours[name] = value;
    colours[name + "RGB"] = (255 << 24 | b << 16 | g << 8 | r) >>> 0;
  }
  probe.remove();
  state.colours = colours;
  state.patterns = null;
};

// pattern returns a fill that says without colour what it means: lines for a freeze, dots for a bake.
const pattern = (context, name) => {
  state.patterns ??= {};
  if (state.patterns[name]) return state.patterns[name];
  const unit = (name === "freeze" ? 8 : 6) * size.ratio;
  const tile = new OffscreenCanvas(unit, unit), pen = tile.getContext("2d");
  pen.fillStyle = pen.strokeStyle = state.colours.dim;
  if (name === "freeze") {
    pen.lineWidth = 1.6 * size.ratio;
    for (const shift of [-unit, 0, unit]) { pen.beginPath(); pen.moveTo(shift - 1, unit + 1); pen.lineTo(shift + unit + 1, -1); pen.stroke(); }
  } else {
    pen.globalAlpha = 0.75;
    pen.beginPath(); pen.arc(unit / 2, unit / 2, 0.9 * size.ratio, 0, 7); pen.fill();
  }
  const made = context.createPattern(tile, "repeat");
  made.setTransform(new DOMMatrix().scale(1 / size.ratio));
  state.patterns[name] = made;
  return made;
};

// label writes text cut to a width.
const label = (pen, text, x, y, width) => {
  if (pen.measureText(text).width > width) {
    let low = 0, high = text.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (pen.measureText(text.slice(0, middle) + "…").width <= width) low = middle; else high = middle - 1;
    }
    if (low === 0) return;
    text = text.slice(0, low) + "…";
  }
  pen.fillText(text, x, y);
};
