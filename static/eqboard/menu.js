/* The menus in the header of every page: choosing how it looks, and closing again. */
(() => {
  const root = document.documentElement;
  const menus = document.querySelectorAll("details.menu");

  /* What is chosen for this browser: `data-choice` names the attribute of the page, and where it is kept. */

  function stored(name) {
    try {
      return localStorage.getItem(`eqboard-${name}`) || "auto";
    } catch {
      return "auto";
    }
  }

  function keep(name, value) {
    try {
      localStorage.setItem(`eqboard-${name}`, value);
    } catch {
      /* no storage: it lasts as long as the page */
    }
  }

  function show(choice, value) {
    const { choice: name } = choice.dataset;
    if (value === "auto") delete root.dataset[name];
    else root.dataset[name] = value;
    for (const button of choice.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === value));
    }
  }

  for (const choice of document.querySelectorAll("[data-choice]")) {
    const { choice: name } = choice.dataset;
    choice.hidden = false;
    show(choice, stored(name));
    choice.addEventListener("click", ({ target }) => {
      const value = target.closest("button")?.value;
      if (!value) return;
      keep(name, value);
      show(choice, value);
    });
  }

  /* Closing, and going through a menu by arrows */

  function close(menu) {
    const hadFocus = menu.contains(document.activeElement);
    menu.open = false;
    if (hadFocus) menu.querySelector("summary").focus();
  }

  function onKey(event) {
    const open = [...menus].find((menu) => menu.open);
    if (!open) return;
    if (event.key === "Escape") {
      event.preventDefault(); // one step: nothing else is closed with it
      return close(open);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !open.contains(document.activeElement)) return;
    const stops = [...open.querySelectorAll("summary, a, button")].filter((each) => each.offsetParent !== null);
    const place = stops.indexOf(document.activeElement) + step;
    stops[(place + stops.length) % stops.length].focus();
    event.preventDefault();
  }

  document.addEventListener("click", ({ target }) => {
    for (const menu of menus) {
      if (menu.open && (!menu.contains(target) || target.closest("[data-open], [data-palette-open]"))) menu.open = false;
    }
  });
  document.addEventListener("keydown", onKey, { capture: true }); // before the page's own keys
})();
