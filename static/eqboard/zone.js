/* Times of day, in the board's zone. */

const timeZone = knownZone(document.body.dataset.timeZone);

/** A zone that the browser does not know must not cost the page its truth. */
function knownZone(name) {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name || undefined }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

const format = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone };
const clockTime = new Intl.DateTimeFormat(document.documentElement.lang, format);
const wallTime = new Intl.DateTimeFormat(document.documentElement.lang, { ...format, second: undefined });
export const atTime = (seconds) => clockTime.format(seconds * 1000);

/** What a clock on the wall shows. */
export const wallTimeAt = (seconds) => wallTime.format(seconds * 1000);
