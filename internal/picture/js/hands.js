// Hands: pointer, wheel, fingers and keys.

const pointers = new Map();
let dragged = false, spread = 0;

const placeIn = (event) => { const box = canvas.getBoundingClientRect(); return { x: event.clientX - box.left, y: event.clientY - box.top }; };

const middleOf = () => {
  const [a, b] = [...pointers.values()];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.hypot(a.x - b.x, a.y - b.y) };
};

const onDown = (event) => {
  if (event.button) return;
  pointers.set(event.pointerId, placeIn(event));
  canvas.setPointerCapture(event.pointerId);
  dragged = pointers.size > 1;
  if (pointers.size === 2) spread = middleOf().apart;
};

const onMove = (event) => {
  const now = placeIn(event), before = pointers.get(event.pointerId);
  if (!before) { point(now.x, now.y); return; }
  if (pointers.size === 2) {
    const old = middleOf();
    pointers.set(event.pointerId, now);
    const middle = middleOf();
    pan(old.x - middle.x, old.y - middle.y);
    if (spread > 0 && middle.apart > 0) zoom(middle.apart / spread, middle.x, middle.y, false);
    spread = middle.apart;
    return;
  }
  if (!dragged && Math.hypot(now.x - before.x, now.y - before.y) < 4) return;
  dragged = true;
  canvas.classList.add("drags");
  unpoint();
  pan(before.x - now.x, before.y - now.y);
  pointers.set(event.pointerId, now);
};

const onUp = (event) => {
  const had = pointers.delete(event.pointerId);
  if (pointers.size) return;
  canvas.classList.remove("drags");
  if (!had || dragged || event.type !== "pointerup") return;
  const at = placeIn(event), { host, among } = hostUnder(at.x, at.y);
  if (host >= 0) choose(host);
  if (host >= 0 && among > 1) show(host);
};

// onWheel zooms; when all is seen already, turning further out scrolls the page.
const onWheel = (event) => {
  const turn = event.deltaY * (event.deltaMode === 1 ? 16 : 1) || event.deltaX;
  if (turn > 0 && isFit()) return;
  event.preventDefault();
  const at = placeIn(event);
  zoom(Math.exp(-Math.max(-400, Math.min(400, turn)) * (event.ctrlKey ? 0.01 : 0.0022)), at.x, at.y, event.shiftKey);
};

// stepHost chooses the next or the previous host in order of rows.
const stepHost = (by) => {
  const plan = state.plan, row = state.chosen < 0 ? Math.max(0, Math.floor(view.top)) - (by > 0 ? 1 : -1) : state.rowOf[state.chosen];
  const host = state.hostAt[Math.max(0, Math.min(plan.hosts - 1, row + by))];
  unpoint();
  choose(host);
  const y = yOf(state.rowOf[host] + 0.5), x = xOf(plan.from[host]);
  if (rowHeight() < 12 || y < size.axis || y > size.height - size.foot || x < size.gutter || x > size.width - size.right) show(host);
};

const middle = () => ({ x: size.gutter + plotWidth() / 2, y: size.axis + plotHeight() / 2 });
const keys = {
  ArrowLeft: () => pan(-plotWidth() / 8, 0), ArrowRight: () => pan(plotWidth() / 8, 0),
  ArrowUp: () => pan(0, -plotHeight() / 8), ArrowDown: () => pan(0, plotHeight() / 8),
  PageUp: () => pan(0, -plotHeight()), PageDown: () => pan(0, plotHeight()),
  "+": (event) => zoom(1.6, middle().x, middle().y, event.shiftKey && event.code !== "Equal"), "=": () => zoom(1.6, middle().x, middle().y, false),
  "-": () => zoom(1 / 1.6, middle().x, middle().y, false), _: () => zoom(1 / 1.6, middle().x, middle().y, true),
  0: () => { fit(); redraw(); }, Home: () => { fit(); redraw(); },
  n: () => stepHost(1), p: () => stepHost(-1), Enter: () => { if (state.chosen >= 0) show(state.chosen); }, Escape: () => { choose(-1); unpoint(); },
};

const onKey = (event) => {
  const act = keys[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act(event);
};

const suggest = (event) => {
  const wanted = event.target.value.trim(), list = document.getElementById("found"), out = [];
  for (let i = 0; wanted && i < state.plan.hosts && out.length < 8; i++) if (state.plan.id[i].includes(wanted)) out.push(i);
  list.replaceChildren(...out.map((i) => { const option = element("option"); option.value = state.plan.id[i]; return option; }));
};

const openHands = () => {
  canvas.addEventListener("pointerdown", onDown);
  canvas.addEventListener("pointermove", onMove);
  canvas.addEventListener("pointerup", onUp);
  canvas.addEventListener("pointercancel", onUp);
  canvas.addEventListener("pointerleave", () => { if (!pointers.size) unpoint(); });
  canvas.addEventListener("wheel", onWheel, { passive: false });
  canvas.addEventListener("keydown", onKey);
  document.querySelector("[data-do=fit]").addEventListener("click", () => { fit(); redraw(); });
  document.querySelector("[data-do=in]").addEventListener("click", () => keys["="]());
  document.querySelector("[data-do=out]").addEventListener("click", () => keys["-"]());
  document.getElementById("order").addEventListener("change", (event) => { setOrder(event.target.value); redraw(); });
  document.getElementById("wanted").addEventListener("input", suggest);
  document.getElementById("search").addEventListener("submit", (event) => { event.preventDefault(); find(document.getElementById("wanted").value); });
};
