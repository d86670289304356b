/* The command palette: everything one can go to or do from here (commands.js), by its name. It asks the server nothing. */

import { gather, telephone } from "./commands.js";
import { fold } from "./finding.js";

(() => {
  const byId = (id) => document.getElementById(id);
  const palette = byId("palette");
  const input = byId("palette-input");
  const list = byId("palette-list");
  if (!palette) return;
  const words = palette.dataset;
  const MOST = 50; // as many as one looks through
  let commands = [];
  let shown = [];
  let chosen = 0;
  let opener = null; // the row that had the focus or the pointer

  /* Choosing */

  function search() {
    const wanted = fold(input.value).split(/\s+/).filter(Boolean);
    const known = commands.filter(({ text }) => wanted.every((word) => text.includes(word)));
    known.sort((one, other) => rank(one, wanted) - rank(other, wanted));
    const others = telephone(input.value);
    shown = inGroups([...known.slice(0, MOST - others.length), ...others]);
    chosen = 0;
    draw();
    byId("palette-none").hidden = shown.length > 0;
    byId("palette-count").textContent = words.sayFound.replace("{n}", known.length + others.length);
  }

  /** What begins with the words comes before what only contains them, and what makes no sense now comes last. */
  const rank = ({ text, why }, [first]) => (why ? 3 : 0) + (!first || text.startsWith(first) ? 0 : text.includes(` ${first}`) ? 1 : 2);

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

  function optionOf({ name, detail, why }, place) {
    const more = [detail, why].filter(Boolean).join(" · ");
    const parts = [element("bdi", { class: "outside" }, name), element("bdi", { class: "quiet" }, more)];
    const dulled = why ? { "aria-disabled": "true" } : {};
    return element("div", { role: "option", id: `palette-${place}`, "aria-selected": "false", ...dulled }, ...parts);
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
    commands = gather(opener).map((each) => ({ ...each, text: fold(`${each.name} ${each.detail} ${each.also}`) }));
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
