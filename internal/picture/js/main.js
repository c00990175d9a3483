// The page comes alive: one frame per change, never more.

let wanted = 0; // 0 nothing, 1 what follows the pointer, 2 everything

const frame = () => {
  const all = wanted === 2;
  wanted = 0;
  if (all) drawTimeline();
  if (all && state.pointed) point(state.pointed.x, state.pointed.y);
  drawCross();
  drawLoad();
};

const want = (what) => {
  if (wanted === 0) requestAnimationFrame(frame);
  wanted = Math.max(wanted, what);
};
const redraw = () => want(2);
const redrawCross = () => want(1);

// resize gives the canvases as many pixels as the screen has in their place.
const resize = () => {
  const stage = document.getElementById("stage"), whole = size.width === 0 || isFit();
  size.ratio = Math.max(1, devicePixelRatio || 1);
  size.axis = (isShifted(state.plan.start) ? 36 : 20) + 2 * tagRow;
  stage.style.height = "";
  stage.style.height = Math.min(stage.clientHeight, Math.max(150, size.axis + size.foot + state.plan.hosts * rowThickest)) + "px";
  size.width = stage.clientWidth;
  size.height = stage.clientHeight;
  size.gutter = Math.round(Math.min(200, size.width * 0.3));
  for (const one of [canvas, cross, loads]) {
    if (!one) continue;
    one.width = Math.round(size.width * size.ratio);
    one.height = Math.round((one === loads ? one.clientHeight : size.height) * size.ratio);
  }
  state.patterns = null;
  if (whole) fit(); else keepIn();
  wanted = 2;
  frame();
};

// restyle draws again in the colours that hold now.
const restyle = () => { readColours(); drawSwatches(); wanted = 2; frame(); };

const drawSwatches = () => {
  for (const swatch of document.querySelectorAll("[data-swatch]")) {
    const pen = swatch.getContext("2d"), what = swatch.dataset.swatch, { width, height } = swatch;
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = state.colours.lane;
    pen.fillRect(0, 0, width, height);
    if (what === "bar") {
      [0.35, 0.6, 0.8, 1].forEach((alpha, i) => { pen.globalAlpha = alpha; pen.fillStyle = state.colours.bar; pen.fillRect(i * width / 4, 4, width / 4, height - 8); });
      pen.globalAlpha = 1;
    } else if (what === "canary") {
      pen.beginPath(); diamond(pen, width / 2, height / 2, 11);
      pen.fillStyle = state.colours.canary; pen.strokeStyle = state.colours.ink; pen.lineWidth = 2;
      pen.fill(); pen.stroke();
    } else if (what === "tail") {
      pen.fillStyle = state.colours.tail; pen.fillRect(6, 6, width - 12, height - 12);
      pen.strokeStyle = state.colours.ink; pen.lineWidth = 2; pen.strokeRect(6, 6, width - 12, height - 12);
    } else {
      pen.fillStyle = pattern(pen, what); pen.fillRect(0, 0, width, height);
    }
  }
};

// measureDensity finds the greatest share of a part that is down at once: that is drawn in full.
const measureDensity = () => {
  state.scale = 0;
  for (const part of state.plan.parts) if (part.to - part.from > 20) state.scale = Math.max(state.scale, part.peak / (part.to - part.from));
  state.scale = state.scale || 1;
};

const printing = (on) => () => {
  if (on) document.documentElement.dataset.printing = ""; else delete document.documentElement.dataset.printing;
  restyle();
};

const openDrawing = () => {
  const plan = state.plan;
  document.getElementById("live").hidden = false;
  setLimits();
  setOrder("rack");
  measureDensity();
  state.edges = new Set(plan.parts.flatMap((part) => [part.from, part.to]));
  state.canaries = [];
  for (let i = 0; i < plan.hosts; i++) if (plan.canary[i]) state.canaries.push(i);
  openLoads();
  readColours();
  resize();
  drawSwatches();
  openHands();
  new ResizeObserver(resize).observe(document.getElementById("stage"));
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)", "print"]) matchMedia(query).addEventListener("change", restyle);
  addEventListener("beforeprint", printing(true));
  addEventListener("afterprint", printing(false));
};

// follow shows the host that the address names, as in plan.html#host=c-17.
const follow = () => {
  const name = new URLSearchParams(location.hash.slice(1)).get("host");
  if (name && find(name)) document.getElementById("drawing").scrollIntoView();
};

const open = async () => {
  openTimes();
  const plan = state.plan = await load();
  for (const own of document.querySelectorAll(".own")) if (isShifted(plan.start)) own.textContent = "; your own zone is told beside each host";
  if (plan.hosts > 0) {
    openDrawing();
    performance.mark("evenkeel:drawn");
    openTable();
    addEventListener("hashchange", follow);
    follow();
  }
  openBlocked();
  document.documentElement.dataset.ready = String(plan.hosts);
};

open().catch((fault) => {
  const note = element("p", "This browser could not make the drawing (" + fault.message + "). The tables say the same in words.");
  note.className = "note";
  document.querySelector("main").prepend(note);
  document.documentElement.dataset.failed = fault.message;
});
