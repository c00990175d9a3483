// The load: how much of one limit is used over time, under the timeline and along the same axis.

const loads = document.getElementById("loads");
const loadBox = document.getElementById("load");
const loadTop = 12, loadFoot = 14;

const loadNow = () => state.plan.loads[state.load];

// usedAt returns how much of a load is used at an instant.
const usedAt = (load, t) => { const i = above(load.at, t); return i === 0 ? 0 : load.used[i - 1]; };

// mostIn returns for every pixel the most that is used in its time: a short peak must not vanish in a wide view.
const mostIn = (load, width) => {
  const most = new Float64Array(width), span = (view.to - view.from) / width;
  let next = above(load.at, view.from), used = next ? load.used[next - 1] : 0;
  for (let x = 0; x < width; x++) {
    const end = view.from + (x + 1) * span;
    most[x] = used;
    for (; next < load.at.length && load.at[next] < end; next++) {
      used = load.used[next];
      if (used > most[x]) most[x] = used;
    }
  }
  return most;
};

const drawLoad = () => {
  if (!loads || state.plan.loads.length === 0) return;
  const load = loadNow(), height = loads.clientHeight, base = height - loadFoot, pen = loads.getContext("2d");
  pen.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
  pen.fillStyle = state.colours.card;
  pen.fillRect(0, 0, size.width, height);
  const top = Math.max(load.peak, load.allowed <= 4 * load.peak ? load.allowed : 0, 1), scale = (base - loadTop) / top;
  const width = Math.round(plotWidth()), most = mostIn(load, width);
  pen.beginPath(); pen.moveTo(size.gutter, base);
  for (let x = 0; x < width; x++) { pen.lineTo(size.gutter + x, base - most[x] * scale); pen.lineTo(size.gutter + x + 1, base - most[x] * scale); }
  pen.lineTo(size.gutter + width, base); pen.closePath();
  pen.fillStyle = state.colours.bar;
  pen.fill();
  pen.fillStyle = state.colours.line;
  pen.fillRect(size.gutter, base, width, 1);
  pen.font = "11px " + state.colours.font;
  pen.fillStyle = state.colours.dim;
  pen.textAlign = "right";
  pen.fillText("0", size.gutter - 8, base + 4);
  if (load.allowed <= top) {
    const y = Math.round(base - load.allowed * scale) + 0.5;
    pen.strokeStyle = state.colours.ink;
    pen.setLineDash([3, 3]);
    pen.beginPath(); pen.moveTo(size.gutter, y); pen.lineTo(size.gutter + width, y); pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = state.colours.ink;
    pen.fillText("allowed " + grouped(load.allowed), size.gutter - 8, Math.max(11, y + 4));
  } else {
    pen.fillText("peak " + grouped(load.peak) + " of " + grouped(load.allowed), size.gutter - 8, loadTop + 4);
  }
  pen.textAlign = "left";
  drawLoadCross(pen, height);
};

const drawLoadCross = (pen, height) => {
  const used = document.getElementById("used"), load = loadNow(), point = state.pointed;
  if (!point || point.x < size.gutter) { used.textContent = "at most " + grouped(load.peak) + " of " + grouped(load.allowed); return; }
  pen.strokeStyle = state.colours.dim;
  pen.setLineDash([3, 3]);
  pen.beginPath(); pen.moveTo(point.x, 0); pen.lineTo(point.x, height); pen.stroke();
  pen.setLineDash([]);
  const t = Math.floor(timeAt(point.x));
  used.textContent = grouped(usedAt(load, t)) + " of " + grouped(load.allowed) + " at " + bothWords(state.plan.start + t);
};

const chooseLoad = (i) => { state.load = i; loadBox.value = String(i); redraw(); };

const openLoads = () => {
  if (!loadBox) return;
  const wide = ["fleet", "region", "zone", "last"], scopes = element("optgroup"), others = element("optgroup");
  scopes.label = "Fleet, regions, zones";
  others.label = "Racks, cohorts, tenants, groups: the fullest";
  state.plan.loads.forEach((load, i) => {
    const option = element("option", load.name + " (peak " + grouped(load.peak) + " of " + grouped(load.allowed) + ")");
    option.value = String(i);
    (wide.includes(load.kind) ? scopes : others).append(option);
  });
  loadBox.append(...[scopes, others].filter((group) => group.children.length));
  loadBox.addEventListener("change", () => chooseLoad(Number(loadBox.value)));
};
