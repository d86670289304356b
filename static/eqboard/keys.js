/* The keyboard on the desk: finding, keys of one letter, arrows within lists, and what a cell shows of its agent. */
(() => {
  const root = document.documentElement;
  const byId = (id) => (id ? document.getElementById(id) : null);
  const all = (selector) => document.querySelectorAll(selector);
  const find = byId("find");

  /* Finding */

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const ROWS = ":is([data-roving], .tiles, .lines, .plans) > :not([data-gone])";
  const rows = () => [...all(`#screen ${ROWS}`)];

  function filter() {
    if (!find || (!find.value && !("filtered" in root.dataset))) return;
    const wanted = fold(find.value).split(/\s+/).filter(Boolean);
    root.toggleAttribute("data-filtered", wanted.length > 0);
    for (const row of rows()) {
      const text = fold(ownWords(row));
      row.hidden = !wanted.every((word) => text.includes(word));
    }
    countFound();
    showAway(wanted.length > 0 && document.querySelector("#away > li:not([hidden])") !== null);
  }

  function countFound() {
    if (!("filtered" in root.dataset)) return;
    for (const part of all("#screen .part")) part.dataset.found = countShown(part);
  }

  const countShown = (part) => [...part.querySelectorAll(ROWS)].filter(({ hidden }) => !hidden).length;

  /** What a row says, without the words on its buttons; of a queue, how it is called. */
  function ownWords(row) {
    if (row.matches(".tile, .line, .plan")) return [...row.querySelectorAll(".tile-name, .who, .extension")].map(textOf).join(" ");
    const ours = new Set([...row.querySelectorAll(".hand, .hand *, .mark, .mark *")]);
    const texts = [...row.querySelectorAll("*")].filter((each) => !ours.has(each)).flatMap((each) => [...each.childNodes]);
    return texts.filter((each) => each.nodeType === Node.TEXT_NODE).map((each) => each.data).join(" ");
  }

  const textOf = (element) => element.textContent;

  /** Agents who are signed out come into sight while one of them is found. */
  function showAway(isFound) {
    const box = byId("away-box");
    if (!box) return;
    if (isFound && !box.open) box.dataset.opened = "";
    if (isFound) box.open = true;
    else if ("opened" in box.dataset) box.open = false;
    if (!isFound) delete box.dataset.opened;
  }

  function clearFind() {
    find.value = "";
    find.blur();
    filter();
  }

  function goToFound(event) {
    event.preventDefault(); // it would press the button that it finds
    const found = rows().filter((row) => find.value && !row.hidden);
    const places = found.map((row) => row.querySelector("[data-hand]") ?? gripOf(row) ?? row.querySelector("button"));
    places.find(Boolean)?.focus();
  }

  /* Arrows: each list is one stop of the tab key, and within it the arrows go to what lies in their direction. */

  const gripOf = (row) => (row?.matches("[data-grip]") ? row : row?.querySelector("[data-grip]"));
  const rowOf = (element) => element.closest?.("[data-roving] > *");
  const isSeen = (row) => row.offsetParent !== null;

  /** The stop of a list is where one was last. */
  function stopAt(row) {
    for (const each of row.parentElement.querySelectorAll("[tabindex='0']")) each.tabIndex = -1;
    for (const each of [gripOf(row), ...row.querySelectorAll("[data-hand]")]) if (each) each.tabIndex = 0;
  }

  function keepStops() {
    for (const list of all("#screen [data-roving]")) {
      if (list.firstElementChild && !list.querySelector("[tabindex='0']")) stopAt(list.firstElementChild);
    }
  }

  /** Rows of callers stand under each other, in their order: the first who is late may be pinned over others. */
  function inColumn(seen, row, key) {
    seen.sort((one, other) => Number(one.style.order) - Number(other.style.order));
    const step = { ArrowDown: 1, ArrowUp: -1 }[key] ?? 0;
    return { Home: seen[0], End: seen.at(-1) }[key] ?? seen[seen.indexOf(row) + step];
  }

  function neighbour(row, key) {
    const seen = [...row.parentElement.children].filter(isSeen);
    if (row.matches(".row")) return inColumn(seen, row, key);
    const places = seen.map((each) => ({ row: each, box: each.getBoundingClientRect() }));
    const isMirrored = getComputedStyle(row).direction === "rtl";
    const from = row.getBoundingClientRect();
    const side = { ArrowLeft: isMirrored ? 1 : -1, ArrowRight: isMirrored ? -1 : 1 }[key];
    const begin = (box) => (isMirrored ? -box.right : box.left);
    places.sort((one, other) => one.box.top - other.box.top || begin(one.box) - begin(other.box));
    if (key === "Home") return places[0].row;
    if (key === "End") return places.at(-1).row;
    if (side) return places[places.findIndex((each) => each.row === row) + side]?.row;
    const isUp = key === "ArrowUp";
    const beyond = places.filter(({ box }) => (isUp ? box.bottom <= from.top + 1 : box.top >= from.bottom - 1));
    const distance = ({ box }) => Math.abs(box.top - from.top) * 1000 + Math.abs(box.left - from.left);
    return beyond.sort((one, other) => distance(one) - distance(other))[0]?.row;
  }

  function goOn(event) {
    const row = rowOf(event.target);
    const next = row && neighbour(row, event.key);
    if (!row) return;
    event.preventDefault();
    gripOf(next)?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  /* A cell has room for a name and a time; the rest lies beside it, where there is room, until Escape */

  function showBeside(cell) {
    const more = cell.querySelector(".more");
    if (!more) return;
    const { left, right, bottom } = cell.getBoundingClientRect();
    const isMirrored = getComputedStyle(cell).direction === "rtl";
    const room = isMirrored ? right : innerWidth - left;
    const flips = [bottom + more.offsetHeight > innerHeight && "up", more.offsetWidth + 16 > room && "back"];
    cell.dataset.flip = flips.filter(Boolean).join(" ");
  }

  /** One at a time: where the pointer is, else where the focus is. */
  function onCell({ target }) {
    const cell = target.closest?.(".cell") ?? document.activeElement?.closest(".cell");
    for (const each of all(".cell[data-open]")) if (each !== cell) delete each.dataset.open;
    if (!cell || "open" in cell.dataset) return;
    cell.dataset.open = "";
    showBeside(cell);
  }

  function dismissCell() {
    const cell = document.querySelector(".cell[data-open]");
    if (cell) delete cell.dataset.open;
    return cell !== null;
  }

  /* Keys of one letter can be switched off: whoever speaks to their computer would press them by chance (WCAG 2.1.4) */

  const SWITCH = "eqboard-keys";
  const toggle = byId("keys-on");

  function stored() {
    try {
      return localStorage.getItem(SWITCH);
    } catch {
      return null;
    }
  }

  function switchKeys(isOn) {
    root.toggleAttribute("data-no-keys", !isOn);
    if (toggle) toggle.checked = isOn;
    try {
      localStorage.setItem(SWITCH, isOn ? "on" : "off");
    } catch {
      /* no storage: it lasts as long as the page */
    }
  }

  const LETTERS = {
    "/": () => find?.focus(),
    "?": () => byId("keys")?.showModal(),
    b: () => openBoards(),
    p: (target) => pauseIn(target.closest("#screen .person")),
  };

  function pauseIn(person) {
    if (!person) return document.dispatchEvent(new CustomEvent("eqboard:nobody"));
    person.querySelector("[data-hand]")?.click();
  }

  function openBoards() {
    const menu = byId("boards-menu");
    if (!menu) return;
    menu.open = true;
    (menu.querySelector("[aria-current]") ?? menu.querySelector("a"))?.focus();
  }

  /** By the key's place where another script has no such letter. */
  const letterOf = ({ key, code }) => (LETTERS[key] ? key : { KeyP: "p", KeyB: "b" }[code]);

  const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];

  function onKey(event) {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return goBack(event);
    if (event.key === "Enter" && event.target === find) return goToFound(event);
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (ARROWS.includes(event.key)) return goOn(event);
    const act = "noKeys" in root.dataset ? null : LETTERS[letterOf(event)];
    if (!act) return;
    event.preventDefault();
    act(event.target);
  }

  /** One step: first what a cell shows, then what is looked for. */
  function goBack(event) {
    if (dismissCell()) return event.preventDefault();
    if (find?.value || document.activeElement === find) clearFind();
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", ({ target }) => rowOf(target) && stopAt(rowOf(target)));
  document.addEventListener("focusin", onCell);
  document.addEventListener("pointerover", onCell);
  document.addEventListener("htmx:wsAfterMessage", filter); // before rows.js arranges them
  document.addEventListener("eqboard:shown", countFound); // those that left are gone by then
  document.addEventListener("eqboard:shown", keepStops);
  find?.addEventListener("input", filter);
  toggle?.addEventListener("change", () => switchKeys(toggle.checked));
  switchKeys(stored() !== "off");
  keepStops();
})();
