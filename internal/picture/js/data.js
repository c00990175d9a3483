// The data: base64 of a deflated block with a JSON head and columns of varints, in the order in which they are written.

const unpack = async () => {
  const text = atob(document.getElementById("data").textContent);
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < packed.length; i++) packed[i] = text.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

const reader = (bytes) => {
  let at = 0;
  const decoder = new TextDecoder();
  const number = () => {
    for (let n = 0, weight = 1; ; weight *= 128) {
      const b = bytes[at++];
      if (b < 128) return n + b * weight;
      n += (b - 128) * weight;
    }
  };
  const signed = () => { const n = number(); return n % 2 ? -(n + 1) / 2 : n / 2; };
  const text = () => { const length = number(); at += length; return decoder.decode(bytes.subarray(at - length, at)); };
  const column = (length, read) => {
    const out = new Float64Array(length);
    for (let i = 0; i < length; i++) out[i] = read();
    return out;
  };
  return {
    number, signed, text,
    numbers: (length) => column(length, number),
    signeds: (length) => column(length, signed),
    texts: (length) => { const all = text(); return length ? all.split("\n") : []; },
  };
};

// load returns the plan: columns by host in order of rack, and lists. Instants are seconds from plan.start.
const load = async () => {
  const read = reader(await unpack());
  const plan = JSON.parse(read.text());
  const n = plan.hosts;
  plan.from = read.signeds(n);
  for (let i = 1; i < n; i++) plan.from[i] += plan.from[i - 1];
  plan.to = read.signeds(n);
  for (let i = 0; i < n; i++) plan.to[i] += plan.from[i];
  plan.windowFrom = read.signeds(n);
  plan.windowTo = read.signeds(n);
  for (let i = 0; i < n; i++) { plan.windowFrom[i] += plan.from[i]; plan.windowTo[i] += plan.to[i]; }
  plan.down = read.numbers(n);
  plan.moved = read.numbers(n);
  plan.tenants = read.numbers(n);
  plan.canary = read.numbers(n);
  plan.reason = read.numbers(n);
  plan.limit = read.numbers(n);
  plan.id = read.texts(n);
  plan.rackTo = read.numbers(plan.racks);
  for (let i = 1; i < plan.racks; i++) plan.rackTo[i] += plan.rackTo[i - 1];
  plan.rackName = read.texts(plan.racks);
  plan.reasons = read.texts(plan.words);
  for (const band of plan.bands) {
    band.rows = [];
    for (let i = 0, at = 0; i < band.runs; i++) {
      const from = at + read.number();
      at = from + read.number();
      band.rows.push([from, at]);
    }
  }
  for (const load of plan.loads) {
    load.at = new Float64Array(load.steps);
    load.used = new Float64Array(load.steps);
    for (let i = 0, at = 0, used = 0; i < load.steps; i++) {
      load.at[i] = at += read.signed();
      load.used[i] = used += read.signed();
    }
  }
  plan.blockedHosts = read.texts(plan.blocked);
  plan.blockedReasons = read.texts(plan.blocked);
  return plan;
};

// above returns the first place in a sorted list whose value is greater than x.
const above = (list, x) => {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] > x) high = middle; else low = middle + 1;
  }
  return low;
};
