/* What a desk does with the hand and the eye: focus, finding, dialogs, keys, plain words when something fails. */
(() => {
  const root = document.documentElement;
  const words = document.body.dataset;
  const byId = (id) => (id ? document.getElementById(id) : null);
  const all = (selector) => document.querySelectorAll(selector);

  /* What was under the hand stays there when its element is replaced */

  let held = {};

  function hold() {
    underPointer = rowUnderPointer();
    const active = document.activeElement;
    const open = [...all("#screen details[open]")].map((each) => each.id);
    const outcomes = [...all("#screen .mark .outcome")];
    held = { id: active?.id, row: active?.closest?.("#screen li")?.id, open, outcomes };
  }

  function restore() {
    for (const id of held.open ?? []) if (byId(id)) byId(id).open = true;
    if (document.activeElement === document.body) focusOn(held.id, held.row);
    for (const outcome of held.outcomes ?? []) if (!outcome.isConnected) outliveRow(outcome);
    if (rowUnderPointer() !== underPointer) shiftedAt = performance.now();
  }

  /** What becomes of an action is told even if the row it was pressed on has left. */
  function outliveRow(outcome, name = "") {
    const sentence = outcome.querySelector(".sentence");
    if (name && !sentence.textContent.includes(name)) {
      sentence.prepend(Object.assign(document.createElement("bdi"), { className: "outside", textContent: name }), ": ");
    }
    byId("notices")?.append(outcome);
    htmx.process(outcome);
  }

  function focusOn(id, row) {
    (byId(id) ?? byId(row)?.querySelector("[data-hand]"))?.focus({ preventScroll: true });
  }

  /* Nobody presses what has just slid under the pointer: it may act on somebody else */

  const SETTLED_MS = 400;
  let pointer = null;
  let underPointer;
  let shiftedAt = -SETTLED_MS;

  const rowUnderPointer = () => pointer && document.elementFromPoint(...pointer)?.closest("#screen li")?.id;

  function onPointer({ pointerType, clientX, clientY }) {
    pointer = pointerType === "mouse" ? [clientX, clientY] : null;
  }

  /** Off the queues, their order need not wait for the next message. */
  function onPointerOver({ target }) {
    if (!target.closest("#queues")) rankQueues();
  }

  function refuseSlip(event) {
    const isHand = event.detail && event.target.closest("[data-hand]"); // a key has no place to slip from
    if (!isHand || performance.now() - shiftedAt > SETTLED_MS) return;
    event.preventDefault();
    event.stopPropagation();
    notice(words.sayShifted);
  }

  /* Queues whose callers wait too long stand first. Under the hand their order is held, and that is said. */

  let ranks = new Map();

  function rankQueues() {
    const list = byId("queues");
    if (!list) return;
    const tiles = [...list.children];
    const level = (tile) => tile.dataset.level ?? "";
    const isHeld = list.matches(":hover, :focus-within");
    if (!isHeld) ranks = new Map(tiles.map((tile) => [tile.id, level(tile)]));
    for (const tile of tiles) tile.dataset.rank = ranks.get(tile.id) ?? "";
    list.toggleAttribute("data-held", isHeld && tiles.some((tile) => tile.dataset.rank !== level(tile)));
  }

  /* Finding */

  const find = byId("find");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  function filter() {
    if (!find || (!find.value && !("filtered" in root.dataset))) return;
    const wanted = fold(find.value).split(/\s+/).filter(Boolean);
    root.toggleAttribute("data-filtered", wanted.length > 0);
    for (const row of rows()) {
      const text = fold(ownWords(row));
      row.hidden = !wanted.every((word) => text.includes(word));
    }
    showAway(wanted.length > 0 && document.querySelector("#away > li:not([hidden])") !== null);
  }

  const rows = () => all("#screen :is(.rows, .people, .tiles) > li");

  /** What a row says, without the words on its buttons; of a queue, how it is called. */
  const ownWords = (row) => {
    const told = row.matches(".tile") ? ".tile-name, .extension" : ":not(.hand, .mark)";
    return [...row.children].filter((each) => each.matches(told)).map((each) => each.textContent).join(" ");
  };

  /** Agents who are signed out come into sight while one of them is found. */
  function showAway(isFound) {
    const box = byId("away-box");
    if (isFound && !box.open) box.dataset.opened = "";
    if (isFound) box.open = true;
    else if ("opened" in box.dataset) box.open = false;
    if (!isFound) delete box.dataset.opened;
  }

  /* Dialogs */

  const dialog = byId("dialog");
  let opener = {};

  function openDialog({ detail }) {
    const body = byId("dialog-body");
    if (detail.target !== body || dialog.open) return;
    if (!body.querySelector("form")) return notice(body.textContent.trim());
    const hand = detail.requestConfig?.elt;
    byId("dialog-notices").replaceChildren();
    opener = { id: hand?.id, row: hand?.id.replace(/-[a-z]+$/, "") };
    dialog.showModal();
    body.querySelector("input:checked, input, button")?.focus(); // htmx has used up any autofocus before it was shown
  }

  function closeAfter({ detail }) {
    const from = detail.elt.closest?.("dialog");
    if (from && detail.successful && detail.target !== byId("dialog-body")) from.close();
  }

  /** The row may leave while its dialog is open. The action is asked for all the same, and answered beside the board. */
  function onMissingTarget({ target: form }) {
    if (!form.closest("dialog")) return;
    form.setAttribute("hx-target", "#notices");
    form.setAttribute("hx-swap", "beforeend");
    htmx.trigger(form, "submit");
  }

  /** A mark's sentence is read out; the mark itself is replaced too often to be a live region. What went wrong needs
      more words than a row has room for, and stays until it is dismissed: it moves to the notices. */
  function settle({ target }) {
    const outcome = target.closest?.(".outcome") ?? target.querySelector?.(".mark .outcome");
    if (!outcome || ["asked", "accepted"].includes(outcome.dataset.state)) return;
    byId("say").textContent = outcome.querySelector(".sentence").textContent;
    const isGood = outcome.dataset.state === "confirmed";
    if (!isGood && outcome.closest(".mark")) outliveRow(outcome, outcome.closest("li")?.querySelector(".who")?.textContent);
  }

  /* Saying what went wrong */

  function notice(text) {
    const list = byId(dialog?.open ? "dialog-notices" : "notices"); // behind an open dialog nobody reads it
    if (!list || [...list.children].some((each) => each.firstChild.textContent === text)) return;
    const line = document.createElement("p");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "dismiss" });
    button.setAttribute("aria-label", words.sayDismiss);
    button.dataset.dismiss = "";
    line.className = "notice";
    line.append(Object.assign(document.createElement("span"), { textContent: text }), button);
    list.append(line);
  }

  /** Asking what became of an action is no action: it goes on by itself, and nothing has to be pressed again. */
  const isFollowUp = ({ detail }) => Boolean(detail.elt.closest?.(".outcome"));

  function onRefusal(event) {
    const { detail } = event;
    if (isFollowUp(event)) return;
    if (detail.xhr.responseText.includes('id="not-sent"')) return notice(words.sayOutdated);
    notice(detail.xhr.status === 403 ? words.sayForbidden : words.sayFailed);
  }

  function onSilence(event) {
    const { detail } = event;
    if (isFollowUp(event)) return;
    notice(detail.requestConfig?.verb === "get" ? words.sayNoAnswer : words.sayUnsure);
  }

  /** A refusal that brings its own sentence is shown where the action was; anything else in one of ours.
      A whole page where a piece was asked for is the sign-in page: the session has ended. */
  function onPiece({ detail }) {
    const { status, responseText } = detail.xhr;
    const isPage = /^\s*<!doctype/i.test(responseText);
    if (isPage && status < 400) location.reload();
    const isOurs = !isPage && (status < 400 || responseText.includes('class="outcome"'));
    detail.shouldSwap = detail.shouldSwap && isOurs;
    detail.isError = status >= 400 && !isOurs;
  }

  /* Keys */

  function onKey(event) {
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return clearFind();
    if (event.key === "Enter" && event.target === find) return goToFound(event);
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      "/": () => find?.focus(),
      "?": () => byId("keys")?.showModal(),
      p: () => event.target.closest("#screen li")?.querySelector("[data-hand]")?.click(),
    }[event.code === "KeyP" ? "p" : event.key]; // the key's place, as another script has no p
    if (!act) return;
    event.preventDefault();
    act();
  }

  function clearFind() {
    if (!find) return;
    find.value = "";
    find.blur();
    filter();
  }

  function goToFound(event) {
    event.preventDefault(); // it would press the button that it finds
    const found = [...rows()].filter((row) => find.value && !row.hidden);
    found.map((row) => row.querySelector("[data-hand]")).find(Boolean)?.focus();
  }

  function onClick({ target }) {
    target.closest("[data-close]")?.closest("dialog").close();
    byId(target.closest("[data-open]")?.dataset.open)?.showModal();
    target.closest("[data-dismiss]")?.parentElement.remove();
  }

  function afterMessage() {
    rankQueues();
    restore();
    filter();
  }

  const listeners = {
    "htmx:wsBeforeMessage": hold, "htmx:wsAfterMessage": afterMessage, "htmx:beforeSwap": onPiece,
    "htmx:afterRequest": closeAfter, "htmx:responseError": onRefusal, "htmx:sendError": onSilence,
    "htmx:timeout": onSilence, "htmx:targetError": onMissingTarget, keydown: onKey, click: onClick,
    pointermove: onPointer, pointerdown: onPointer, pointerover: onPointerOver,
  };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
  document.addEventListener("click", refuseSlip, { capture: true });
  document.addEventListener("htmx:afterSwap", openDialog);
  document.addEventListener("htmx:afterSwap", settle);
  find?.addEventListener("input", filter);
  dialog?.addEventListener("close", () => focusOn(opener.id, opener.row));
})();
