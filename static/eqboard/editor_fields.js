/* The fields of a draft, read and written: `data-key` says where in the JSON a field belongs. */

import { words } from "./editor_page.js";

function write(field, value) {
  if (field.type === "checkbox") field.checked = Boolean(value);
  else if (field.dataset.type === "boolean") field.value = String(Boolean(value));
  else if (field.dataset.blank !== undefined && Number(value) === Number(field.dataset.blank)) field.value = "";
  else field.value = value ?? "";
  if (field.value === "" && value !== null && value !== undefined && field.tagName === "SELECT") addGone(field, value);
}

/** What was chosen once and is not there now is kept, and said to be gone. */
function addGone(select, value) {
  select.add(new Option(`${value} (${words.sayGone})`, value, false, true));
}

function read(field) {
  if (field.type === "checkbox") return field.checked;
  const text = field.value.trim();
  if (field.dataset.type === "boolean") return text === "true";
  if (text === "") return field.dataset.blank === undefined ? null : Number(field.dataset.blank);
  return field.type === "number" || field.dataset.type === "number" ? Number(text) : text;
}

export function readAll(scope) {
  const values = {};
  for (const field of scope.querySelectorAll("[data-key]")) {
    const path = field.dataset.key.split(".");
    const holder = path.length > 1 ? (values[path[0]] ??= {}) : values;
    holder[path.at(-1)] = read(field);
  }
  return values;
}

export function writeAll(scope, values) {
  for (const field of scope.querySelectorAll("[data-key]")) {
    write(field, field.dataset.key.split(".").reduce((held, name) => held?.[name], values));
  }
}
