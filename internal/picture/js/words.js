// Words: how instants, lengths and places are told.

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (n) => String(n).padStart(2, "0");

// shifted returns a Date whose UTC fields are those of the reader's own zone.
const shifted = (seconds) => {
  const date = new Date(seconds * 1000);
  return new Date(seconds * 1000 - date.getTimezoneOffset() * 60000);
};
const isShifted = (seconds) => new Date(seconds * 1000).getTimezoneOffset() !== 0;
const clockOf = (date) => two(date.getUTCHours()) + ":" + two(date.getUTCMinutes());
const secondsOf = (date) => date.getUTCSeconds() ? ":" + two(date.getUTCSeconds()) : "";
const dayOf = (date) => weekdays[date.getUTCDay()] + " " + date.getUTCDate() + " " + months[date.getUTCMonth()];

const utcWords = (seconds) => { const d = new Date(seconds * 1000); return dayOf(d) + " " + clockOf(d) + secondsOf(d); };
const ownWords = (seconds) => { const d = shifted(seconds); return dayOf(d) + " " + clockOf(d) + secondsOf(d); };

// zoneName names the reader's own zone at an instant.
const zoneName = (seconds) => {
  const part = new Intl.DateTimeFormat("en", { timeZoneName: "short" }).formatToParts(new Date(seconds * 1000)).find((p) => p.type === "timeZoneName");
  return part ? part.value : "your time";
};

// bothWords tells an instant in UTC and in the reader's own zone.
const bothWords = (seconds) => utcWords(seconds) + " UTC" + (isShifted(seconds) ? " · " + ownWords(seconds) + " " + zoneName(seconds) : "");

const lasting = (seconds) => {
  if (seconds === 0) return "0s";
  const parts = [];
  let rest = Math.abs(seconds);
  for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]]) {
    const n = Math.floor(rest / size);
    if (n > 0) parts.push(n + unit);
    rest -= n * size;
  }
  return (seconds < 0 ? "-" : "") + parts.join(" ");
};

const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const counted = (n, noun) => grouped(n) + " " + noun + (n === 1 ? "" : "s");

// element makes an element with text and children; text is never markup.
const element = (name, text, ...children) => {
  const out = document.createElement(name);
  if (text) out.textContent = text;
  out.append(...children);
  return out;
};
