/* A cell has room for a name and a time; the rest lies beside it, where there is room, until Escape. */

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
export function onCell({ target }) {
  const cell = target.closest?.(".cell") ?? document.activeElement?.closest(".cell");
  for (const each of document.querySelectorAll(".cell[data-open]")) if (each !== cell) delete each.dataset.open;
  if (!cell || "open" in cell.dataset) return;
  cell.dataset.open = "";
  showBeside(cell);
}

export function dismissCell() {
  const cell = document.querySelector(".cell[data-open]");
  if (cell) delete cell.dataset.open;
  return cell !== null;
}
