/* Levels, of the server and of what ticks: each is announced once, when it begins or grows worse. A row has an id; a
   number of the floor is known by what it counts. */

const words = document.body.dataset;
const GRAVITY = { warning: 1, critical: 2 };
const HOLDERS = "#screen :is(li, [role=row])[id][data-level], #screen .totals .number[data-level]";
const MOST_SAID = 3;
let levels = null; // by what has one; null before the first look, which announces nothing

export function hearLevels() {
  const before = levels;
  const holders = [...document.querySelectorAll(HOLDERS)];
  levels = new Map(holders.map((holder) => [keyOf(holder), holder.dataset.level]));
  if (!before) return;
  const worse = holders.filter((holder) => GRAVITY[holder.dataset.level] > (GRAVITY[before.get(keyOf(holder))] ?? 0));
  for (const holder of worse) if (holder.dataset.level === "critical") emphasize(holder);
  const told = new Set(worse.map((holder) => holder.querySelector(".trouble")?.dataset.figure)); // by its queue
  const said = worse.filter(({ dataset }) => !told.has(dataset.figure ?? "")).map(sentenceFor).filter(Boolean);
  if (said.length) speak([...new Set(said)]); // a queue may have a tile and a line
}

const keyOf = (holder) => holder.id || holder.dataset.figure;

function sentenceFor(holder) {
  const name = nameOf(holder);
  return name && (holder.dataset.level === "critical" ? words.sayCritical : words.sayWarning).replace("{name}", name);
}

/** Callers have none: their queue tells of them. */
function nameOf(holder) {
  if (holder.matches(".row")) return "";
  const parts = holder.matches(".number") ? ".label, .window" : ".tile-name, .who";
  return [...holder.querySelectorAll(parts)].map((each) => each.textContent).join(" ");
}

/** By nothing but its opacity, which costs the page no painting. */
function emphasize(holder) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  holder.animate({ opacity: [0.2, 1] }, { duration: 600, easing: "ease-out" });
}

function speak(said) {
  const more = said.length - MOST_SAID;
  const sentences = more > 0 ? [...said.slice(0, MOST_SAID), words.sayMore.replace("{n}", more)] : said;
  const element = document.getElementById("say");
  if (element) element.textContent = sentences.join(". ");
}
