// The tables: hosts page by page, so that the document stays small, and the blocked hosts that are not in it yet.

const tableRows = 25;
const table = { list: null, page: 0, byStart: null };

// byStart returns all hosts in order of start, worked out when the table is first looked at.
const byStart = () => {
  const plan = state.plan;
  table.byStart ??= Uint32Array.from({ length: plan.hosts }, (_, i) => i).sort((a, b) => plan.from[a] - plan.from[b] || (plan.id[a] < plan.id[b] ? -1 : 1));
  return table.byStart;
};

const choosers = { all: () => true, canary: (i) => state.plan.canary[i] > 0, tail: (i) => state.plan.to[i] > state.plan.bound };

const filterHosts = () => {
  const keep = choosers[document.getElementById("which").value], wanted = document.getElementById("filter").value.trim();
  table.list = byStart().filter((i) => keep(i) && (!wanted || state.plan.id[i].includes(wanted) || placeOf(i).includes(wanted) || whyOf(i).includes(wanted)));
  table.page = 0;
  showRows();
};

const hostRow = (host) => {
  const plan = state.plan, name = element("button", plan.id[host]), first = element("th", "", name);
  name.type = "button";
  name.addEventListener("click", () => { choose(host); show(host); document.getElementById("drawing").scrollIntoView(); canvas.focus({ preventScroll: true }); });
  first.scope = "row";
  first.className = "id";
  if (plan.canary[host]) first.append(" ◆ canary");
  const cells = [placeOf(host), utcWords(plan.start + plan.from[host]), utcWords(plan.start + plan.to[host]), lasting(plan.to[host] - plan.from[host]), grouped(plan.down[host]), whyOf(host)].map((text) => element("td", text));
  for (const i of [1, 2, 3]) cells[i].className = "t";
  cells[4].className = "n";
  return element("tr", "", first, ...cells);
};

const showRows = () => {
  const from = table.page * tableRows, to = Math.min(table.list.length, from + tableRows);
  document.getElementById("rows").replaceChildren(...Array.from(table.list.subarray(from, to), hostRow));
  document.getElementById("page").textContent = table.list.length ? grouped(from + 1) + " to " + grouped(to) + " of " + counted(table.list.length, "host") : "No such host.";
  document.getElementById("earlier").disabled = table.page === 0;
  document.getElementById("later").disabled = to >= table.list.length;
};

const openTable = () => {
  document.getElementById("hosts").hidden = false;
  document.getElementById("which").addEventListener("change", filterHosts);
  document.getElementById("filter").addEventListener("input", filterHosts);
  document.getElementById("earlier").addEventListener("click", () => { table.page--; showRows(); });
  document.getElementById("later").addEventListener("click", () => { table.page++; showRows(); });
  filterHosts();
};

// openBlocked offers the blocked hosts that the page does not list yet, a hundred at a time.
const openBlocked = () => {
  const note = document.getElementById("blocked-more");
  if (!note) return;
  const body = document.querySelector("#blocked tbody"), plan = state.plan, button = element("button");
  button.type = "button";
  const offer = () => {
    const left = plan.blocked - body.rows.length;
    button.textContent = "Show " + grouped(Math.min(100, left)) + " more of " + grouped(left);
    note.hidden = left === 0;
  };
  button.addEventListener("click", () => {
    for (let i = body.rows.length, to = Math.min(plan.blocked, i + 100); i < to; i++) {
      const name = element("th", plan.blockedHosts[i]);
      name.scope = "row";
      name.className = "id";
      body.append(element("tr", "", name, element("td", plan.blockedReasons[i])));
    }
    offer();
  });
  note.replaceChildren(button);
  offer();
};

// openTimes tells every instant of the page in the reader's own zone too.
const openTimes = () => {
  for (const time of document.querySelectorAll("time")) {
    const seconds = Date.parse(time.dateTime) / 1000;
    if (!isShifted(seconds)) continue;
    const own = element("span", ownWords(seconds) + " " + zoneName(seconds));
    own.className = "local";
    time.append(" ", own);
  }
};
