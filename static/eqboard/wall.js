/* How much a wall shows. All screens of a board get the same page; how large its type must be, and so how much of it
   fits, depends on the screen and on how far away it is looked at. What does not fit is hidden whole and summed up. */
(() => {
  const root = document.documentElement;
  const wall = document.getElementById("wall");
  const byId = (id) => document.getElementById(id);
  const isPreview = window !== top; // in the editor

  /* The type */

  const CAPITAL_PER_DISTANCE = 0.0058; // 20 minutes of arc: what is legible for every word (ui.md, The wall)
  const CAPITAL_EM = 0.71; // the capitals of Heebo
  const MM_PER_INCH = 25.4;
  const SCALES = [1, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3]; // where everything fits, the type grows as far as it can
  const FIGURE_EM = 8.35; // a number of the floor, with what it is held against
  const NARROW_EM = 7; // the same where it may stand on two lines
  const GAP_EM = 1;
  const EDGE_EM = 0.7; // of a tile: the line at its side, and a little room
  const LEAST_EM = { inline: 14, block: 12 }; // a screen that holds less than one number, and what is left out, is of no use

  /** The smallest type in CSS pixels for the distance; and whether so little fits that it has to be smaller. */
  function smallest() {
    const capital = Number(wall.dataset.meters) * 1000 * CAPITAL_PER_DISTANCE;
    const pixelsPerMm = Math.hypot(screen.width, screen.height) / (Number(wall.dataset.inches) * MM_PER_INCH);
    const wanted = (capital / CAPITAL_EM) * pixelsPerMm;
    const most = Math.min(innerWidth / LEAST_EM.inline, innerHeight / LEAST_EM.block);
    return { pixels: Math.min(wanted, most), isTooFar: wanted > most };
  }

  function setWord(pixels) {
    document.body.style.setProperty("--word", `${Math.ceil(pixels * 10) / 10}px`);
    columnsKnown.clear();
    arrangeFigures(grid().clientWidth / pixels);
    arrangeTiles(pixels);
  }

  /** As many columns as hold the numbers, and no more rows than that takes; evenly filled. */
  function arrangeFigures(ems) {
    const count = longestRun();
    const fitting = (em) => Math.floor((ems + GAP_EM) / (em + GAP_EM));
    const most = Math.max(1, fitting(FIGURE_EM), Math.min(2, fitting(NARROW_EM)));
    const columns = Math.max(1, Math.ceil(count / Math.ceil(count / most)) || 1);
    grid().style.setProperty("--columns", columns);
    const isNarrow = columns > Math.max(1, fitting(FIGURE_EM));
    grid().style.setProperty("--duration-span", isNarrow ? 2 : 1);
    grid().style.setProperty("--note-lines", isNarrow ? 2 : 1); // a level takes one of its own
  }

  /** Tiles so wide that the numbers of each stand side by side. */
  function arrangeTiles(pixels) {
    const list = document.querySelector(".wall-tiles");
    if (!list) return;
    [list.parentElement, ...list.children].forEach((each) => hide(each, false));
    list.toggleAttribute("data-measured", true);
    const widths = [...list.querySelectorAll(".wall-figures")].map((each) => each.offsetWidth);
    list.toggleAttribute("data-measured", false);
    list.style.setProperty("--tile", `${Math.ceil(Math.max(0, ...widths) + pixels * EDGE_EM)}px`);
  }

  /** How many numbers stand side by side at most, without a part between them that takes whole rows. */
  function longestRun() {
    const lengths = [0];
    for (const element of grid().children) {
      const count = element.querySelectorAll(":scope > .wall-figure").length;
      if (count) lengths[lengths.length - 1] += count;
      else lengths.push(0);
    }
    return Math.max(...lengths);
  }

  const grid = () => document.querySelector(".wall-grid");
  const bottomOf = (element) => element.getBoundingClientRect().bottom;

  /** By the boxes, for letters reach a little beyond their lines. */
  function fits() {
    const boxes = [...grid().querySelectorAll(":scope > *, .wall-totals > *")].filter((each) => !each.hidden);
    return Math.max(0, ...boxes.map(bottomOf)) <= bottomOf(grid()) + 1;
  }

  /* The parts of the board. Each can show itself in steps: 0 is nothing of it, `most` is all. */

  const RESERVED_ROWS = 3; // for callers, who come and go: nothing else moves for them
  const MOST_ROWS = 12;

  const hide = (element, isHidden) => element.hidden === isHidden || (element.hidden = isHidden);

  const columnsKnown = new Map(); // by the list's id: they change with the type only

  /** How many columns a list has, or would have if it were shown. */
  function columnsOf(list) {
    if (!columnsKnown.has(list.id)) columnsKnown.set(list.id, countColumns(list));
    return columnsKnown.get(list.id);
  }

  function countColumns(list) {
    const hidden = [list, list.parentElement].filter((each) => each.hidden);
    hidden.forEach((each) => hide(each, false));
    const columns = getComputedStyle(list).gridTemplateColumns.split(" ").length;
    hidden.forEach((each) => hide(each, true));
    return columns;
  }

  const KINDS = { totals, tiles, waiting, agents, abandoned: single, budget: single };

  function totals(element) {
    const items = [...element.children];
    const show = (step) => items.forEach((item, place) => hide(item, place >= step));
    return { element, items, show, wish: items.length, most: items.length };
  }

  function single(element) {
    return { element, items: [element], show: (step) => hide(element, step < 1), wish: 1, most: 1 };
  }

  function tiles(element) {
    const list = element.querySelector(".wall-tiles");
    const items = [...list.children];
    const columns = columnsOf(list);
    const rows = Math.max(1, Math.ceil(items.length / columns));
    const show = (step) => {
      hide(element, step < 1);
      choose(items, step * columns);
    };
    return { element, items, show, wish: rows, most: rows };
  }

  function waiting(element) {
    const list = element.querySelector(".wall-callers");
    const items = [...list.children];
    const show = (step) => {
      hide(element, step < 1);
      list.style.setProperty("--rows", step);
      items.forEach((item, place) => hide(item, place >= step)); // each takes a row, or more with a long name
      const beyond = items.slice(0, step).findIndex((item) => bottomOf(item) > bottomOf(list) + 1);
      if (beyond >= 0) items.slice(beyond, step).forEach((item) => hide(item, true));
    };
    const isSpared = hasBanner() && !items.length; // the banner takes the place of "No callers are waiting"
    return { element, items, show, wish: isSpared ? 0 : RESERVED_ROWS, most: isSpared ? 0 : MOST_ROWS };
  }

  const hasBanner = () => document.querySelector("#screen .banner") !== null;

  function agents(element) {
    const list = element.querySelector(".wall-people");
    const items = [...list.children];
    const columns = columnsOf(list);
    const show = (step) => {
      hide(element, step < 1);
      hide(list, step < 2);
      choose(items, Math.max(0, step - 1) * columns);
    };
    return { element, items, show, wish: 1, most: 1 + Math.ceil(items.length / columns) };
  }

  /* Which of them: those in trouble before the others. Among equals whoever is in sight stays, and whoever is in sight
     keeps the place: a newcomer gets that of one who goes. Where all are in sight, they stand in the board's order. */

  let places = new Map(); // of those in sight, by id

  function choose(items, count) {
    const isAll = count >= items.length;
    const ranked = items.map((item, place) => ({ item, key: importance(item, place) }));
    ranked.sort((one, other) => compare(one.key, other.key));
    const inSight = new Set(ranked.slice(0, count).map(({ item }) => item));
    const taken = isAll ? new Map() : placesFor(items.filter((item) => inSight.has(item)), count);
    for (const item of items) {
      hide(item, !inSight.has(item));
      setPlace(item, taken.get(item));
    }
  }

  function placesFor(items, count) {
    const kept = items.map((item) => [item, places.get(item.id)]).filter(([, place]) => place < count);
    const held = new Set(kept.map(([, place]) => place));
    const free = [...Array(count).keys()].filter((place) => !held.has(place));
    const isKept = new Map(kept);
    return new Map(items.map((item) => [item, isKept.get(item) ?? free.shift()]));
  }

  function setPlace(item, place) {
    const text = place === undefined ? "" : String(place);
    if (item.style.order !== text) item.style.order = text;
  }

  const placesNow = (items) => items.filter((item) => !item.hidden && item.style.order).map((item) => [item.id, Number(item.style.order)]);

  function importance(item, place) {
    const since = Number(item.querySelector("time[data-since]")?.dataset.since ?? Infinity);
    return [Number(item.dataset.rank), places.has(item.id) ? 0 : 1, since, place];
  }

  function compare(one, other) {
    const place = one.findIndex((each, at) => each !== other[at]);
    return place < 0 ? 0 : one[place] < other[place] ? -1 : 1;
  }

  const parts = () => [...grid().children].map((element) => ({ kind: element.dataset.kind, ...KINDS[element.dataset.kind](element) }));

  /* The plan: how large the type is, and how many steps of each part are shown. It holds until the screen, the board or
     the number of queues changes, so that callers and agents who come and go move nothing. */

  let plan = { basis: "", steps: {} };

  function basis() {
    const steady = [...grid().children].map(({ dataset, children, firstElementChild }) => {
      const counted = { totals: children, tiles: firstElementChild?.children }[dataset.kind];
      return [dataset.kind, counted?.length];
    });
    const isSpared = hasBanner() && !byId("waiting")?.children.length;
    const beside = [...document.querySelectorAll(".wall-top, #screen .banner")].map((each) => each.offsetHeight);
    const { inches, meters } = wall.dataset;
    return JSON.stringify([innerWidth, innerHeight, screen.width, screen.height, inches, meters, beside, steady, isSpared]);
  }

  function makePlan() {
    const { pixels } = smallest();
    const scale = largestScale(pixels);
    if (scale) isRoomFor(pixels * scale);
    else shareOut(pixels);
    growEvenly(parts());
  }

  /** 0: not even in the smallest type is there room for everything. */
  function largestScale(pixels) {
    const tooLarge = SCALES.findIndex((scale) => !isRoomFor(pixels * scale));
    return tooLarge < 0 ? SCALES.at(-1) : (SCALES[tooLarge - 1] ?? 0);
  }

  /** Whether everything can be shown in type of this size. The steps stay as they are then. */
  function isRoomFor(pixels) {
    setWord(pixels);
    const all = parts();
    plan.steps = Object.fromEntries(all.map(({ kind, wish }) => [kind, wish]));
    all.forEach(({ kind, show }) => show(plan.steps[kind]));
    sumUp(all);
    return fits();
  }

  /** In the order of the board: of the numbers of the floor as many as fit, of each other part the beginning. Beside a
      banner callers come last, for they may be long gone. */
  function shareOut(pixels) {
    setWord(pixels);
    plan.steps = {};
    const all = parts();
    all.forEach(({ show }) => show(0));
    const isLast = ({ kind }) => hasBanner() && kind === "waiting";
    for (const part of [...all.filter((each) => !isLast(each)), ...all.filter(isLast)]) {
      let most = part.kind === "totals" ? part.most : Math.min(1, part.most);
      while (most > 0 && grow(all, part, 1)) most -= 1;
    }
  }

  function growEvenly(all) {
    let growing = all;
    while (growing.length) growing = growing.filter((part) => grow(all, part, 1));
  }

  /** Show so many steps more of a part, if they fit. */
  function grow(all, part, by) {
    const before = plan.steps[part.kind] ?? 0;
    if (before >= part.most) return false;
    plan.steps[part.kind] = before + by;
    part.show(before + by);
    sumUp(all);
    if (fits()) return true;
    plan.steps[part.kind] = before;
    part.show(before);
    sumUp(all);
    return false;
  }

  /** What is there now, by the plan. */
  function fill() {
    const all = parts();
    all.forEach(({ kind, show }) => show(plan.steps[kind] ?? 0));
    sumUp(all);
    places = new Map(all.flatMap(({ items }) => placesNow(items)));
    return fits();
  }

  function fit() {
    if (!grid()) return;
    const now = basis();
    if (now !== plan.basis || !fill()) {
      makePlan();
      fill();
      plan.basis = basis();
    }
    root.dataset.fitted = "";
  }

  /* What does not fit, in words */

  let speech = { source: "" };

  function say(phrase, n) {
    const source = wall.dataset.phrases;
    if (speech.source !== source) speech = { source, forms: JSON.parse(source), rules: new Intl.PluralRules(root.lang) };
    const forms = speech.forms[phrase];
    return (forms[speech.rules.select(n)] ?? forms.other).replace("{n}", n);
  }

  const sum = (items, name) => items.reduce((total, item) => total + Number(item.dataset[name] ?? 0), 0);

  function sumUp(all) {
    const more = byId("more");
    const left = (kind) => all.find((part) => part.kind === kind)?.items.filter(isOut) ?? [];
    const unsent = (name) => Number(more.dataset[name]);
    const has = (kind) => all.some((part) => part.kind === kind);
    const figures = left("totals").length + left("budget").length;
    const queues = has("tiles") ? left("tiles").length + unsent("queues") : 0;
    const waits = sum(left("tiles"), "waiting") + unsent("waiting");
    const callers = has("waiting") ? left("waiting").length + unsent("callers") : 0;
    const late = left("waiting").filter((item) => "level" in item.dataset).length + unsent("late");
    const people = agentsLeft(all, unsent("agents"));
    const gone = sum(left("abandoned").map((element) => element.firstElementChild), "count");
    write(more, [
      figures && ["", say("figures", figures)],
      queues && ["calls agents", [say("queues", queues), ...(waits && !callers ? [say("waiting", waits)] : [])].join(", ")],
      callers && ["calls", [say("callers", callers), ...(late ? [say("late", late)] : [])].join(", ")],
      people && ["agents", say("agents", people)],
      gone && ["calls", say("abandoned", gone)],
      smallest().isTooFar && ["", wall.dataset.sayFar],
    ]);
  }

  const isOut = (item) => item.closest("[hidden]") !== null;

  /** Agents of whom nothing is said: where their states are counted, only those that a list of names leaves out. */
  function agentsLeft(all, unsent) {
    const part = all.find(({ kind }) => kind === "agents");
    if (!part) return 0;
    const out = part.items.filter(isOut).length;
    const isCounted = !part.element.hidden && out === part.items.length;
    return isCounted ? 0 : out + unsent;
  }

  function write(more, lines) {
    const wanted = lines.filter(Boolean);
    const text = wanted.map(([, words]) => words).join("\n");
    if (more.dataset.said === text) return;
    more.dataset.said = text;
    more.replaceChildren(...wanted.map(([part, words]) => {
      const line = document.createElement("span");
      if (part) line.dataset.part = part;
      line.textContent = words;
      return line;
    }));
  }

  /* The sign of life: it changes with every reading of the floor, and stands still when none comes */

  let readAt = null;

  function beat() {
    const sources = JSON.parse(byId("pulse")?.dataset.sources || "{}");
    const newest = sources.calls?.at ?? null;
    if (newest === readAt) return;
    readAt = newest;
    root.dataset.beat = root.dataset.beat === "1" ? "0" : "1";
  }

  function refresh() {
    beat();
    fit();
  }

  document.addEventListener(isPreview ? "htmx:wsAfterMessage" : "eqboard:shown", refresh);
  addEventListener("resize", fit);
  document.fonts.addEventListener("loadingdone", () => {
    plan.basis = "";
    fit();
  });
  new ResizeObserver(fit).observe(document.querySelector(".wall-top"));
  refresh();
})();
