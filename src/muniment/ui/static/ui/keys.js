// Keyboard: every key is declared in the markup (data-key, data-go, data-rows, data-back), so "?" can list what this screen has.
const typing = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const shown = (element) => element.checkVisibility?.() ?? true;
const find = (selector) => [...document.querySelectorAll(selector)].find(shown);
const offKey = "muniment.letter-keys";

function lettersOn() {
  return document.body.dataset.keys !== "off" && localStorage.getItem(offKey) !== "off";
}

function rows() {
  return [...document.querySelectorAll("[data-rows] tbody tr, ol[data-rows] > li, ul[data-rows] > li")].filter(shown);
}

function current() {
  return document.activeElement?.closest("[data-rows] tbody tr, ol[data-rows] > li, ul[data-rows] > li");
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(current());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  for (const row of all) row.tabIndex = row === next ? 0 : -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function open() {
  const row = current();
  if (!row || document.activeElement !== row) return false;
  const link = row.querySelector("[data-open]") ?? row.querySelector("a[href]"); // one selector of both takes whichever stands first
  link?.click();
  return Boolean(link);
}

function select() {
  const box = current()?.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

// A row that asks for a choice (select[data-choose]): a figure chooses, 0 takes it back, and the next row is there. One key a line.
const choices = (row) => row?.querySelector("select[data-choose]");
function choose(figure) {
  const row = current();
  const box = document.activeElement === row && choices(row);
  const option = box && box.options[Number(figure)];
  if (!option) return false;
  box.value = option.value;
  for (const kind of ["input", "change"]) box.dispatchEvent(new Event(kind, { bubbles: true }));
  document.dispatchEvent(new CustomEvent("muniment:announce", { detail: `${box.getAttribute("aria-label")}: ${option.textContent}` }));
  return move(1);
}

function back() {
  const link = find("[data-back]");
  link?.click();
  return Boolean(link);
}

function press(element) {
  if (element.matches("input, select, textarea, tr, summary:not([data-key-press])")) element.focus();
  else element.click();
  const opened = element.matches("summary") && element.parentElement.open && element.parentElement;
  if (opened) opened.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  return true;
}

function toggleTables() {
  const tables = [...document.querySelectorAll("[data-chart-table]")];
  const opening = tables.some((table) => !table.open);
  for (const table of tables) table.open = opening;
  return tables.length > 0;
}

function nameOf(element) {
  const words = element.dataset.keyLabel || element.getAttribute("aria-label") || element.cloneNode(true);
  if (typeof words === "string") return words;
  for (const kbd of words.querySelectorAll("kbd")) kbd.remove();
  return words.textContent.trim().replace(/\s+/g, " ");
}

function listed() {
  const lines = [];
  if (find("[data-find]")) lines.push(["/", "Find"]);
  if (rows().length) lines.push(["j k", "Next row, previous row"], ["Enter", "Open the row"]);
  if (rows().some((row) => row.querySelector("input[type=checkbox]"))) lines.push(["x", "Select the row"]);
  const asked = choices(rows().find(choices));
  if (asked) for (const [place, option] of [...asked.options].entries()) lines.push([String(place), place ? `${option.textContent}, and the next row` : "Take the choice of the row back"]);
  const taken = new Set();
  for (const element of [...document.querySelectorAll("[data-key]")].filter(shown)) {
    if (!taken.has(element.dataset.key)) lines.push([element.dataset.key, nameOf(element)]);
    taken.add(element.dataset.key);
  }
  for (const element of document.querySelectorAll("[data-keys-say]")) lines.push([element.dataset.keysSay, element.dataset.keysWords]);
  if (find("[data-chart-table]")) lines.push(["t", "Show or hide the tables"]);
  const led = new Map();  // a place of the bar stands in the menu of all places too
  for (const element of document.querySelectorAll("[data-go]")) if (!led.has(element.dataset.go)) led.set(element.dataset.go, element);
  for (const [letter, element] of led) lines.push([`g ${letter}`, element.matches("summary") ? nameOf(element) : `Go to ${nameOf(element)}`]);
  if (find("[data-back]")) lines.push(["Esc", nameOf(find("[data-back]"))]);
  lines.push(["?", "Show these keys"]);
  return lines;
}

function help() {
  const dialog = document.getElementById("keys");
  if (!dialog) return false;
  const list = dialog.querySelector("dl");
  list.replaceChildren(...listed().flatMap(([keys, words]) => {
    const [term, what] = [document.createElement("dt"), document.createElement("dd")];
    keys.split(" ").forEach((one, place) => {
      if (place) term.append(" ");
      term.append(Object.assign(document.createElement("kbd"), { textContent: one }));
    });
    what.textContent = words;
    return [term, what];
  }));
  dialog.querySelector("[data-keys-switch]").checked = lettersOn();
  if (!dialog.open) dialog.showModal();
  return true;
}

let going = 0;
function go(letter) {
  const place = document.querySelector(`[data-go="${CSS.escape(letter)}"]`);
  going = 0;
  if (place?.matches("summary")) { place.parentElement.open = true; place.parentElement.querySelector("a")?.focus(); } else place?.click();
  return Boolean(place);
}

function act(event) {
  if (event.key === "Enter") return open();
  if (event.key === "Escape") return back();
  if (!lettersOn()) return false;
  if (going && Date.now() - going < 1500) return go(event.key);
  if (event.key === "g" && document.querySelector("[data-go]")) { going = Date.now(); return true; }
  if (event.key === "/") { const box = find("[data-find]"); box?.focus(); box?.select?.(); return Boolean(box); }
  if (event.key === "?") return help();
  if (/^\d$/.test(event.key) && choose(event.key)) return true;
  const declared = find(`[data-key="${CSS.escape(event.key)}"]`);
  if (declared) return press(declared);
  if (event.key === "j") return move(1);
  if (event.key === "k") return move(-1);
  if (event.key === "x") return select();
  if (event.key === "t") return toggleTables();
  return false;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); event.preventDefault(); return; }
  if (document.querySelector("dialog[open]:modal")) return;
  if (typing(event.target)) { if (event.key === "Escape") event.target.blur(); return; }
  if (act(event)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (event.target.closest("[data-keys-help]")) help();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-switch]")) return;
  const on = event.target.checked;
  localStorage.setItem(offKey, on ? "on" : "off");
  if (on) document.body.dataset.keys = "on";
  document.dispatchEvent(new CustomEvent("muniment:announce", { detail: `Single-letter keys are ${on ? "on" : "off"}.` }));
});

// One row of a list can be reached with Tab; from there j and k move.
function reachable() {
  for (const list of document.querySelectorAll("[data-rows]")) {
    const own = [...list.querySelectorAll("tbody tr, :scope > li")];
    if (own.length && !own.some((row) => row.tabIndex === 0)) own.forEach((row, place) => { row.tabIndex = place ? -1 : 0; });
  }
}
reachable();
document.addEventListener("htmx:afterSettle", reachable);
document.querySelector("[data-first-focus]:not(.gallery *)")?.focus();
