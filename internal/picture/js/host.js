// One host: what is told of it beside the pointer, below the drawing, and to a screen reader.

const card = document.getElementById("card");
const chosenBox = document.getElementById("chosen");
const told = document.getElementById("told");

const placeOf = (host) => {
  const plan = state.plan, part = plan.parts[sectionAt(plan.parts, host)], rack = plan.rackName[rackOf(host)];
  return plan.regions[part.region].name + " / " + part.name + (rack ? " / " + rack : "");
};

const whyOf = (host) => state.plan.reason[host] ? state.plan.reasons[state.plan.reason[host] - 1] : "";

// facts returns what is known of a host, as pairs.
const facts = (host) => {
  const plan = state.plan, at = (t) => bothWords(plan.start + t);
  const out = [
    ["Where", placeOf(host)],
    ["Down from", at(plan.from[host])],
    ["until", at(plan.to[host]) + ", " + lasting(plan.to[host] - plan.from[host])],
    ["Promised", "between " + at(plan.windowFrom[host]) + " and " + at(plan.windowTo[host])],
    ["Guests", grouped(plan.down[host]) + " down" + (plan.moved[host] ? ", " + grouped(plan.moved[host]) + " moved off first" : "") + ", of " + counted(plan.tenants[host], "tenant")],
  ];
  if (whyOf(host)) out.push(["Not earlier", whyOf(host)]);
  if (plan.to[host] > plan.bound) out.push(["Tail", "ends " + lasting(plan.to[host] - plan.bound) + " after the bound"]);
  return out;
};

const describe = (host) => {
  const list = element("dl");
  list.className = "facts";
  for (const [name, value] of facts(host)) list.append(element("dt", name), element("dd", value));
  return [element("h3", (state.plan.canary[host] ? "◆ canary " : "") + state.plan.id[host]), list];
};

// hostUnder returns the host at a point of the drawing, -1 for none. Where a line holds many hosts it is one that is
// down then, and among says how many share the line.
const hostUnder = (x, y) => {
  const plan = state.plan;
  if (x < size.gutter || y < size.axis || y > size.height - size.foot) return { host: -1, among: 0 };
  const first = Math.floor(rowAtY(y)), rows = Math.max(1, Math.ceil(1 / rowHeight())), t = timeAt(x), slack = 2 * (view.to - view.from) / plotWidth();
  if (first >= plan.hosts || first < 0) return { host: -1, among: 0 };
  if (rowHeight() >= 3) return { host: state.hostAt[first], among: 1 };
  let host = -1, among = 0;
  for (let row = first; row < Math.min(plan.hosts, first + rows); row++) {
    const h = state.hostAt[row];
    among++;
    if (host < 0 && plan.from[h] - slack <= t && t < plan.to[h] + slack) host = h;
  }
  return { host, among };
};

// sectionFacts tells of the part under a point where no host is down.
const sectionFacts = (x, y) => {
  const plan = state.plan, row = Math.floor(rowAtY(y)), t = timeAt(x);
  if (row < 0 || row >= plan.hosts) return null;
  const part = plan.parts[sectionAt(plan.parts, row)];
  let down = 0, first = Infinity, last = 0;
  for (let i = part.from; i < part.to; i++) {
    if (plan.from[i] <= t && t < plan.to[i]) down++;
    first = Math.min(first, plan.from[i]);
    last = Math.max(last, plan.to[i]);
  }
  const list = element("dl");
  list.className = "facts";
  const held = plan.bands.filter((b) => b.from <= t && t < b.to && b.rows.some(([from, to]) => from <= row && row < to)).map((b) => b.text);
  for (const [name, value] of [["Hosts", counted(part.to - part.from, "host") + ", " + grouped(down) + " down at " + bothWords(plan.start + Math.floor(t))],
    ["First start", bothWords(plan.start + first)], ["Last end", bothWords(plan.start + last)], ["Held by", held.join("; ")]]) {
    if (value) list.append(element("dt", name), element("dd", value));
  }
  return [element("h3", plan.regions[part.region].name + " / " + part.name), list];
};

// point shows beside the pointer what is under it.
const point = (x, y) => {
  state.pointed = { x, y };
  const { host, among } = hostUnder(x, y);
  const what = host >= 0 ? describe(host) : x >= size.gutter && y >= size.axis ? sectionFacts(x, y) : null;
  card.hidden = !what;
  if (what) {
    card.replaceChildren(...what);
    if (host >= 0 && among > 1) card.append(element("p", "One of " + counted(among, "host") + " in this line; zoom in to tell them apart."));
    const width = card.offsetWidth, height = card.offsetHeight;
    card.style.left = Math.max(4, x + 18 + width > size.width ? x - 18 - width : x + 18) + "px";
    card.style.top = Math.max(4, Math.min(size.height - height - 4, y + 14)) + "px";
  }
  redrawCross();
};

const unpoint = () => { state.pointed = null; card.hidden = true; redrawCross(); };

// choose keeps a host below the drawing.
const choose = (host) => {
  state.chosen = host;
  chosenBox.hidden = host < 0;
  if (host >= 0) {
    chosenBox.replaceChildren(...describe(host));
    const limit = state.plan.limit[host];
    if (limit && loadBox) {
      const button = element("button", "Show the load of this limit");
      button.type = "button";
      button.addEventListener("click", () => chooseLoad(limit - 1));
      chosenBox.append(button);
    }
  }
  redraw();
};

// find shows the host with that name, else the first whose name has it.
const find = (name) => {
  const plan = state.plan, wanted = name.trim();
  if (!wanted) return false;
  let host = plan.id.indexOf(wanted);
  if (host < 0) host = plan.id.findIndex((id) => id.includes(wanted));
  if (host < 0) {
    const blocked = plan.blockedHosts.indexOf(wanted);
    told.textContent = blocked < 0 ? "No planned host has " + wanted + " in its name." : wanted + " is blocked: " + plan.blockedReasons[blocked];
    return false;
  }
  told.textContent = plan.id[host] === wanted ? "" : "No host is named " + wanted + "; this is the first whose name has it.";
  unpoint();
  choose(host);
  show(host);
  return true;
};
