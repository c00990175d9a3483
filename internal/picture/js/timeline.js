// The timeline: regions, zones, racks and hosts down the side, time along the top. Rows thinner than a pixel and a
// half are counted into a picture, thicker ones drawn one by one; either way only what is seen is looked at.

const canvas = document.getElementById("timeline");
const cross = document.getElementById("cross");
const raster = { width: 0, height: 0, counts: null, image: null, pixels: null, canvas: null };

// shades fades a colour towards the card with fewer hosts down; what is there at all stays visible.
const shades = (colour) => {
  const out = new Uint32Array(256);
  for (let i = 1; i < 256; i++) out[i] = (colour & 0xffffff | Math.round(70 + 185 * Math.sqrt(i / 255)) << 24) >>> 0;
  return out;
};

const prepareRaster = (width, height) => {
  if (raster.width === width && raster.height === height) { raster.counts.fill(0); return; }
  raster.width = width; raster.height = height;
  raster.counts = new Int32Array((width + 1) * height);
  raster.canvas = new OffscreenCanvas(width, height);
  raster.image = new ImageData(width, height);
  raster.pixels = new Uint32Array(raster.image.data.buffer);
};

// drawCounted counts for every pixel the hosts down in it. An outage is at least a pixel wide.
const drawCounted = (pen) => {
  const plan = state.plan, ratio = size.ratio;
  const width = Math.round(plotWidth() * ratio), height = Math.round(plotHeight() * ratio), stride = width + 1;
  prepareRaster(width, height);
  const { counts, pixels } = raster;
  const perTime = width / (view.to - view.from), perRow = height / (view.bottom - view.top);
  const first = Math.max(0, Math.floor(view.top)), last = Math.min(plan.hosts, Math.ceil(view.bottom));
  for (let row = first; row < last; row++) {
    const host = state.hostAt[row];
    const x0 = Math.floor((plan.from[host] - view.from) * perTime), x1 = Math.max(x0 + 1, Math.floor((plan.to[host] - view.from) * perTime));
    if (x1 <= 0 || x0 >= width) continue;
    const y0 = Math.max(0, Math.floor((row - view.top) * perRow)), y1 = Math.min(height, Math.max(y0 + 1, Math.floor((row + 1 - view.top) * perRow)));
    for (let y = y0; y < y1; y++) {
      counts[y * stride + Math.max(0, x0)]++;
      counts[y * stride + Math.min(width, x1)]--;
    }
  }
  const bar = shades(state.colours.barRGB), tail = shades(state.colours.tailRGB);
  const bound = Math.min(width, Math.max(0, Math.ceil((plan.bound - view.from) * perTime)));
  const shade = 255 / (Math.max(1, 1 / perRow) * state.scale);
  for (let y = 0; y < height; y++) {
    let down = 0;
    for (let x = 0, at = y * stride, to = y * width; x < width; x++) {
      down += counts[at + x];
      pixels[to + x] = down === 0 ? 0 : (x < bound ? bar : tail)[Math.min(255, Math.ceil(down * shade))];
    }
  }
  raster.canvas.getContext("2d").putImageData(raster.image, 0, 0);
  pen.drawImage(raster.canvas, size.gutter, size.axis, width / ratio, height / ratio);
};

// drawBars draws the hosts that are seen one by one.
const drawBars = (pen) => {
  const plan = state.plan, thick = rowHeight(), gap = thick > 4 ? Math.min(3, thick * 0.15) : 0;
  const first = Math.max(0, Math.floor(view.top)), last = Math.min(plan.hosts, Math.ceil(view.bottom));
  pen.font = "11px " + state.colours.font;
  for (let row = first; row < last; row++) {
    const host = state.hostAt[row];
    if (plan.to[host] <= view.from || plan.from[host] >= view.to) continue;
    const y = yOf(row) + gap, height = Math.max(1, thick - 2 * gap), x0 = xOf(plan.from[host]), x1 = Math.max(x0 + 1, xOf(plan.to[host]));
    const cut = Math.min(x1, Math.max(x0, xOf(plan.bound)));
    pen.fillStyle = state.colours.bar;
    pen.fillRect(x0, y, cut - x0, height);
    pen.fillStyle = state.colours.tail;
    pen.fillRect(cut, y, x1 - cut, height);
    if (cut < x1 && height >= 6) { pen.strokeStyle = state.colours.ink; pen.strokeRect(cut + 0.5, y + 0.5, x1 - cut - 1, height - 1); }
    if (thick >= 16) barWords(pen, host, Math.max(x0, size.gutter) + (plan.canary[host] ? 13 : 6), x1 - 6, y + height / 2 + 4);
  }
};

// barWords writes into a bar when its host is down, as far as there is room.
const barWords = (pen, host, left, right, y) => {
  const plan = state.plan, clock = (t) => clockOf(new Date((plan.start + t) * 1000));
  const times = clock(plan.from[host]) + "–" + clock(plan.to[host]);
  pen.fillStyle = state.colours.card;
  for (const words of [times + "  " + lasting(plan.to[host] - plan.from[host]), times, clock(plan.from[host])]) {
    if (pen.measureText(words).width <= right - left) { pen.fillText(words, left, y); return; }
  }
};

const diamond = (pen, x, y, r) => { pen.moveTo(x, y - r); pen.lineTo(x + r, y); pen.lineTo(x, y + r); pen.lineTo(x - r, y); pen.closePath(); };

// drawCanaries marks canaries by their shape, at any zoom; those that would hide one another are one mark.
const drawCanaries = (pen) => {
  const plan = state.plan, seen = new Set(), radius = Math.min(8, Math.max(5, rowHeight() / 3));
  pen.beginPath();
  for (const host of state.canaries) {
    const x = xOf(plan.from[host]), y = yOf(state.rowOf[host] + 0.5);
    const key = Math.round(x / 3) + ":" + Math.round(y / 3);
    if (x < size.gutter - 9 || x > size.width || y < size.axis || y > size.height || seen.has(key)) continue;
    seen.add(key);
    diamond(pen, x, y, radius);
  }
  pen.fillStyle = state.colours.canary;
  pen.strokeStyle = state.colours.ink;
  pen.lineWidth = 1.25;
  pen.fill();
  pen.stroke();
  pen.lineWidth = 1;
};

// drawBands draws freezes and bakes. In order of start the rows of a part are shuffled, so a band that does not
// cover whole parts is drawn host by host.
const drawBands = (pen) => {
  const edges = state.edges;
  for (const band of state.plan.bands) {
    const x0 = Math.max(size.gutter, xOf(band.from)), x1 = Math.min(size.width - size.right, xOf(band.to));
    if (x1 <= x0) continue;
    pen.fillStyle = pattern(pen, band.kind === "freeze" ? "freeze" : "bake");
    for (const [from, to] of band.rows) {
      const spans = state.order === "rack" || (edges.has(from) && edges.has(to)) ? [[from, to]] : Array.from({ length: to - from }, (_, i) => [state.rowOf[from + i], state.rowOf[from + i] + 1]);
      for (const [top, bottom] of spans) {
        const y0 = Math.max(size.axis, yOf(top)), y1 = Math.min(size.height - size.foot, yOf(bottom));
        if (y1 <= y0) continue;
        pen.fillRect(x0, y0, x1 - x0, Math.max(1, y1 - y0));
        bandLabel(pen, [band.text, band.kind === "freeze" ? "freeze" : "bake"], x0, y0, x1 - x0, y1 - y0);
      }
    }
  }
};

// bandLabel writes the first of some texts that there is room for.
const bandLabel = (pen, texts, x, y, width, height) => {
  if (height < 16) return;
  pen.save();
  pen.font = "11px " + state.colours.font;
  const text = texts.find((one) => pen.measureText(one).width + 8 <= width);
  if (text) {
    pen.fillStyle = state.colours.card;
    pen.fillRect(x + 2, y + 2, pen.measureText(text).width + 6, 15);
    pen.fillStyle = state.colours.dim;
    pen.fillText(text, x + 5, y + 13);
  }
  pen.restore();
};

// drawLanes shades every second part and rules between parts, and between racks when they can be told apart.
const drawLanes = (pen) => {
  const plan = state.plan, right = size.width - size.right;
  plan.parts.forEach((part, i) => {
    const y0 = Math.max(size.axis, yOf(part.from)), y1 = Math.min(size.height - size.foot, yOf(part.to));
    if (y1 <= y0) return;
    if (i % 2 === 0) { pen.fillStyle = state.colours.lane; pen.fillRect(size.gutter, y0, right - size.gutter, y1 - y0); }
  });
  pen.fillStyle = state.colours.line;
  if (state.order === "rack" && rowHeight() >= 3) {
    for (let i = sectionOfRack(view.top); i < plan.racks && plan.rackTo[i] <= view.bottom; i++) pen.fillRect(0.6 * size.gutter, Math.round(yOf(plan.rackTo[i])), right - 0.6 * size.gutter, 1);
  }
  pen.fillStyle = state.colours.dim;
  for (const region of plan.regions) {
    const y = yOf(region.to);
    if (y > size.axis && y < size.height - size.foot) pen.fillRect(0, Math.round(y), right, 1);
  }
};

const sectionOfRack = (row) => above(state.plan.rackTo, Math.max(0, row));

// tickStep returns the distance of the marks on the axis, in seconds.
const tickStep = () => {
  const least = (view.to - view.from) * 92 / plotWidth();
  const steps = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000, 31536000, 315360000];
  return steps.find((s) => s >= least) ?? 3153600000;
};

const drawAxis = (pen) => {
  const plan = state.plan, step = tickStep(), own = isShifted(plan.start);
  const first = Math.ceil((plan.start + view.from) / step) * step;
  pen.font = "11px " + state.colours.font;
  pen.fillStyle = state.colours.dim;
  pen.textAlign = "right";
  pen.fillText("UTC", size.gutter - 8, 14);
  if (own) label(pen, zoneName(plan.start), size.gutter - 8, 30, size.gutter - 10);
  let day = "";
  for (let t = first; t <= plan.start + view.to; t += step) {
    const x = Math.round(xOf(t - plan.start));
    if (x < size.gutter) continue;
    pen.fillStyle = state.colours.line;
    pen.fillRect(x, size.axis - 4, 1, size.height - size.axis - size.foot + 4);
    pen.fillRect(x, 4, 1, 12);
    pen.fillStyle = state.colours.ink;
    pen.textAlign = "left";
    const date = new Date(t * 1000), today = dayOf(date);
    const text = today === day && step < 86400 ? clockOf(date) : today.slice(4) + (step < 86400 ? " " + clockOf(date) : "");
    if (x + 3 + pen.measureText(text).width <= size.width) pen.fillText(text, x + 3, 14);
    day = today;
    pen.fillStyle = state.colours.dim;
    if (own) pen.fillText(clockOf(shifted(t)), x + 3, 30);
  }
};

// drawLine draws an instant that all rows share, with its name: the first of some that there is room for.
const drawLine = (pen, t, words, colour, dash, y) => {
  const x = xOf(t);
  if (x < size.gutter || x > size.width - size.right) return;
  pen.strokeStyle = pen.fillStyle = state.colours[colour];
  pen.lineWidth = 2;
  pen.setLineDash(dash);
  pen.beginPath(); pen.moveTo(x, y + 1); pen.lineTo(x, size.height - size.foot); pen.stroke();
  pen.setLineDash([]);
  pen.lineWidth = 1;
  tag(pen, words, x, y, colour);
};

// tag writes the first of some words for which there is room beside a line, on a patch of their own.
const tag = (pen, words, x, y, colour) => {
  pen.font = "600 11px " + state.colours.font;
  for (const text of words) {
    const width = pen.measureText(text).width + 8, left = x + 4 + width > size.width - size.right ? x - 4 - width : x + 4;
    if (left < 0) continue;
    pen.fillStyle = state.colours.card;
    pen.fillRect(left, y, width, 16);
    pen.fillStyle = state.colours[colour];
    pen.textAlign = "left";
    pen.fillText(text, left + 4, y + 12);
    return;
  }
};

const drawLines = (pen) => {
  const plan = state.plan, row = size.axis - 2 * tagRow, bound = "bound " + utcWords(plan.start + plan.bound);
  drawLine(pen, plan.bound, [bound + ": no plan is done before", bound, "bound"], "ink", [2, 4], row + tagRow);
  if (plan.deadline === null) return;
  const words = "deadline " + utcWords(plan.start + plan.deadline);
  drawLine(pen, plan.deadline, [words, "deadline"], "bad", [8, 5], row);
  if (plan.deadline > view.to) tag(pen, [words + " →", "deadline →"], size.width - size.right + 2, row, "bad");
};

// drawGutter writes the two levels of names that can be read at this zoom.
const drawGutter = (pen) => {
  const plan = state.plan, thick = rowHeight(), split = Math.round(0.42 * size.gutter), top = Math.max(0, view.top);
  pen.fillStyle = state.colours.card;
  pen.fillRect(0, size.axis, size.gutter, size.height - size.axis);
  pen.fillStyle = state.colours.line;
  pen.fillRect(size.gutter - 1, size.axis, 1, size.height - size.axis - size.foot);
  pen.textAlign = "left";
  const names = (list, x, width, bold, most) => {
    pen.font = (bold ? "650 " : "") + "11px " + state.colours.font;
    pen.fillStyle = bold ? state.colours.ink : state.colours.dim;
    for (let i = sectionAt(list, top), room = -99; i < list.length && list[i].from < view.bottom && most-- > 0; i++) {
      const y0 = Math.max(size.axis, yOf(list[i].from)), y1 = Math.min(size.height - size.foot, yOf(list[i].to));
      if (y1 - y0 < 11 || y0 < room) continue;
      label(pen, list[i].name, x, y0 + Math.min(12, (y1 - y0) / 2 + 4), width);
      room = y0 + 12;
    }
  };
  const racks = thick * plan.hosts / Math.max(1, plan.racks) >= 14 && state.order === "rack";
  if (thick >= 12) {
    names(racks ? seenRacks() : plan.parts, 6, split - 8, true, 999);
    pen.font = "11px " + state.colours.font;
    for (let row = Math.floor(top); row < Math.min(plan.hosts, view.bottom); row++) {
      const host = state.hostAt[row];
      pen.fillStyle = host === state.chosen ? state.colours.ink : state.colours.dim;
      if (yOf(row + 0.5) > size.axis + 4) label(pen, plan.id[host], split, yOf(row + 0.5) + 4, size.gutter - split - 4);
    }
  } else if (racks) {
    names(plan.parts, 6, split - 8, true, 999);
    names(seenRacks(), split, size.gutter - split - 4, false, 999);
  } else {
    names(plan.regions, 6, split - 8, true, 999);
    names(plan.parts, split, size.gutter - split - 4, false, 999);
  }
};

// seenRacks returns the racks in view as sections; a host without a rack is a nameless rack of its own.
const seenRacks = () => {
  const plan = state.plan, out = [];
  for (let i = sectionOfRack(view.top); i < plan.racks; i++) {
    const from = i ? plan.rackTo[i - 1] : 0;
    if (from >= view.bottom) break;
    const part = plan.parts[sectionAt(plan.parts, from)];
    out.push({ name: rowHeight() >= 12 ? part.name + (plan.rackName[i] ? " " + plan.rackName[i] : "") : plan.rackName[i], from, to: plan.rackTo[i] });
  }
  return out.length ? out : [{ name: "", from: 0, to: 0 }];
};

// drawPlace shows at the edges which part of the whole is seen.
const drawPlace = (pen) => {
  if (isFit()) return;
  const span = limits.to - limits.from, rows = rowsFitting();
  pen.fillStyle = state.colours.line;
  pen.fillRect(size.gutter, size.height - 6, plotWidth(), 4);
  pen.fillRect(size.width - 8, size.axis, 4, plotHeight());
  pen.fillStyle = state.colours.dim;
  pen.fillRect(size.gutter + (view.from - limits.from) / span * plotWidth(), size.height - 6, Math.max(12, (view.to - view.from) / span * plotWidth()), 4);
  pen.fillRect(size.width - 8, size.axis + view.top / rows * plotHeight(), 4, Math.max(12, (view.bottom - view.top) / rows * plotHeight()));
};

const drawTimeline = () => {
  const pen = canvas.getContext("2d");
  pen.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
  pen.fillStyle = state.colours.card;
  pen.fillRect(0, 0, size.width, size.height);
  pen.save();
  pen.beginPath(); pen.rect(0, size.axis, size.width, plotHeight()); pen.clip();
  drawLanes(pen);
  drawBands(pen);
  pen.restore();
  drawAxis(pen);
  pen.save();
  pen.beginPath(); pen.rect(size.gutter, size.axis, plotWidth(), plotHeight()); pen.clip();
  if (rowHeight() * size.ratio < 1.5) drawCounted(pen); else drawBars(pen);
  pen.restore();
  drawCanaries(pen);
  drawGutter(pen);
  drawLines(pen);
  drawPlace(pen);
};

// drawCross draws what follows the pointer, on a canvas of its own, so that the hosts need not be drawn again.
const drawCross = () => {
  const pen = cross.getContext("2d"), plan = state.plan;
  pen.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
  pen.clearRect(0, 0, size.width, size.height);
  const host = state.chosen;
  if (host >= 0) {
    const y0 = yOf(state.rowOf[host]), x0 = xOf(plan.from[host]), x1 = xOf(plan.to[host]), thick = Math.max(6, rowHeight());
    const middle = y0 + rowHeight() / 2;
    if (middle > size.axis && middle < size.height - size.foot) {
      pen.strokeStyle = state.colours.ink;
      pen.lineWidth = 2;
      pen.strokeRect(x0 - 3, middle - thick / 2 - 2, Math.max(6, x1 - x0 + 6), thick + 4);
      pen.fillStyle = state.colours.ink;
      pen.beginPath(); pen.moveTo(size.gutter, middle); pen.lineTo(size.gutter - 7, middle - 5); pen.lineTo(size.gutter - 7, middle + 5); pen.fill();
    }
  }
  const point = state.pointed;
  if (!point || point.x < size.gutter) return;
  pen.strokeStyle = state.colours.dim;
  pen.lineWidth = 1;
  pen.setLineDash([3, 3]);
  pen.beginPath(); pen.moveTo(point.x, size.axis); pen.lineTo(point.x, size.height - size.foot); pen.stroke();
  pen.setLineDash([]);
  tag(pen, [clockOf(new Date((plan.start + timeAt(point.x)) * 1000)) + " UTC"], point.x, size.axis - 2 * tagRow - 1, "mark");
};
