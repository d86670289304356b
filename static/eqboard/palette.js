/* The command palette: everything one can go to or do from here, by its name. It asks the server nothing; what it offers
   stands on the page already, and is pressed there. */

import { fold } from "./finding.js";

(() => {
  const byId = (id) => document.getElementById(id);
  const palette = byId("palette");
  const input = byId("palette-input");
  const list = byId("palette-list");
  if (!palette) return;
  const words = palette.dataset;
  const MOST = 50; // as many as one looks through
  const textOf = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";

  let commands = [];
  let shown = [];
  let chosen = 0;
  let opener = null; // the row that had the focus or the pointer

  /* What there is */

  function gather() {
    return [...here(), ...boards(), ...queues(), ...agents(), ...actions(), ...signOuts(), ...settings()];
  }

  const from = (selector) => [...document.querySelectorAll(selector)];

  function here() {
    const who = textOf(opener?.querySelector(".who"));
    const hands = [...(opener?.querySelectorAll("button[data-hand]") ?? [])];
    return hands.map((hand) => ({ group: "here", name: textOf(hand), detail: who, run: () => hand.click() }));
  }

  function boards() {
    return from("#boards-menu a").map((link) => ({
      group: "boards", name: textOf(link.querySelector("span") ?? link), detail: textOf(link.querySelector(".quiet")), run: () => link.click(),
    }));
  }

  function queues() {
    return from("#screen :is(.tile, .lines > .line)").map((row) => ({
      group: "queues", name: textOf(row.querySelector(".tile-name")), detail: textOf(row.querySelector(".extension")), run: () => goTo(row.id),
    }));
  }

  function agents() {
    return from("#screen .person[id]").map((row) => ({
      group: "agents", name: textOf(row.querySelector(".who")), detail: textOf(row.querySelector(".state-word")), run: () => goTo(row.id),
    }));
  }

  /** Every button of every row, by its own name and that of its row: "Pause Liam Brown". */
  function actions() {
    return from("#screen li[id] button[data-hand][aria-labelledby]:not([aria-disabled='true'], .opens)").map((hand) => ({
      group: "actions", name: nameOf(hand), detail: "", run: () => byId(hand.id)?.click(),
    }));
  }

  const nameOf = (hand) => hand.getAttribute("aria-labelledby").split(" ").map((id) => textOf(byId(id))).filter(Boolean).join(" ");

  /** To sign somebody out has no button in their row; the bar for several agents says whether one may at all. */
  function signOuts() {
    const several = document.querySelector("#together [data-one]");
    const rows = several ? from("#agents > .person[id]:not(:has(.others-too))") : [];
    return rows.map((row) => ({
      group: "actions", name: `${several.dataset.say} ${textOf(row.querySelector(".who"))}`, detail: "", run: () => signOut(several, row.id),
    }));
  }

  function signOut({ dataset }, id) {
    const path = dataset.one.replace("/0/", `/${id.replace(/^[a-z]+-/, "")}/`);
    htmx.ajax("GET", path, { source: byId(id), target: byId("dialog-body"), swap: "innerHTML" });
  }

  function settings() {
    const choices = from("#menu .choice:not([hidden]) button").map((button) => ({
      group: "more", name: textOf(button), detail: textOf(button.closest("fieldset").querySelector("legend")), run: () => button.click(),
    }));
    const pages = from("#menu :is(a, button).menu-item").map((each) => ({
      group: "more", name: textOf(each.firstChild), detail: "", run: () => each.click(),
    }));
    return [...pages, ...choices];
  }

  /** Any telephone, by the digits that are typed: eqboard has no list of them. */
  function telephone() {
    const [extension] = input.value.trim().match(/(?<!\S)[0-9*#]{2,20}$/) ?? [];
    if (!extension) return [];
    const path = words.telephone.replace("0", encodeURIComponent(extension));
    const open = () => document.dispatchEvent(new CustomEvent("eqboard:panel", { detail: path }));
    return [{ group: "more", name: words.sayExtension.replace("{n}", extension), detail: "", text: "", run: open }];
  }

  /** By its id: the row may have been replaced since. */
  function goTo(id) {
    const row = byId(id);
    if (!row) return;
    const folded = row.closest("details");
    if (folded) folded.open = true;
    const place = row.matches("[data-grip]") ? row : row.querySelector("[data-grip], [data-hand], button");
    place?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" });
  }

  /* Choosing */

  function search() {
    const wanted = fold(input.value).split(/\s+/).filter(Boolean);
    const known = commands.filter(({ text }) => wanted.every((word) => text.includes(word)));
    known.sort((one, other) => rank(one, wanted) - rank(other, wanted));
    const others = telephone();
    shown = inGroups([...known.slice(0, MOST - others.length), ...others]);
    chosen = 0;
    draw();
    byId("palette-none").hidden = shown.length > 0;
    byId("palette-count").textContent = words.sayFound.replace("{n}", known.length + others.length);
  }

  /** What begins with the words comes before what only contains them. */
  const rank = ({ text }, [first]) => (!first || text.startsWith(first) ? 0 : text.includes(` ${first}`) ? 1 : 2);

  /** Whoever is first stays first, and takes the others of the group along. */
  function inGroups(found) {
    const groups = new Map();
    for (const each of found) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
    return [...groups.values()].flat();
  }

  function draw() {
    list.replaceChildren();
    let group;
    shown.forEach((command, place) => {
      if (group?.dataset.name !== command.group) list.append((group = groupOf(command.group)));
      group.append(optionOf(command, place));
    });
    choose(0);
  }

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function groupOf(name) {
    const id = `palette-${name}`;
    const title = element("p", { id, class: "palette-title", role: "presentation" }, words[`say${name[0].toUpperCase()}${name.slice(1)}`]);
    return element("div", { role: "group", "aria-labelledby": id, "data-name": name }, title);
  }

  function optionOf({ name, detail }, place) {
    const parts = [element("bdi", { class: "outside" }, name), element("bdi", { class: "quiet" }, detail)];
    return element("div", { role: "option", id: `palette-${place}`, "aria-selected": "false" }, ...parts);
  }

  function choose(place) {
    const options = list.querySelectorAll("[role=option]");
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = options.length ? (place + options.length) % options.length : 0;
    options[chosen]?.setAttribute("aria-selected", "true");
    options[chosen]?.scrollIntoView({ block: "nearest" });
    if (options.length) input.setAttribute("aria-activedescendant", `palette-${chosen}`);
    else input.removeAttribute("aria-activedescendant");
  }

  function run(place) {
    const command = shown[place];
    if (!command) return;
    palette.close();
    command.run();
  }

  /* Opening */

  function open() {
    if (document.querySelector("dialog[open]")) return;
    opener = document.activeElement?.closest("#screen li") ?? document.querySelector("#screen li.person:hover");
    commands = gather().map((each) => ({ ...each, text: fold(`${each.name} ${each.detail}`) }));
    input.value = "";
    palette.showModal();
    search();
  }

  const STEPS = { ArrowDown: 1, ArrowUp: -1 };

  function onKey(event) {
    if (event.key in STEPS) choose(chosen + STEPS[event.key]);
    else if (event.key === "Enter" && !event.isComposing) run(chosen);
    else return;
    event.preventDefault();
  }

  document.addEventListener("keydown", (event) => {
    if (event.code !== "KeyK" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (palette.open) palette.close();
    else open();
  });
  document.addEventListener("click", ({ target }) => target.closest("[data-palette-open]") && open());
  input.addEventListener("input", search);
  input.addEventListener("keydown", onKey);
  list.addEventListener("click", ({ target }) => {
    const option = target.closest("[role=option]");
    if (option) run(Number(option.id.replace("palette-", "")));
  });
  palette.addEventListener("click", ({ target }) => target === palette && palette.close()); // beside it
})();
