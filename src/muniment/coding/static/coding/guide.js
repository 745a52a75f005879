// The guided path by keyboard: a key chooses, Backspace goes up a level, Esc closes. It only offers what can be saved.
// Whoever knows the code types on: keys pressed while a step is on its way wait for it, and go nowhere else.
const place = document.getElementById("guide");
let from = null; // where the cursor goes back to
let coming = false; // a step is on its way
let typed = []; // the keys that wait for it
let landing = ""; // of own codes: the one the cursor stays on

const choices = () => [...place.querySelectorAll("[data-choice]")];

function open(address) {
  const here = document.activeElement;
  if (!place.contains(here)) from = here?.matches("[data-code-search], [data-guide]") ? here : document.getElementById("find-diagnosis");
  coming = true;
  window.htmx.ajax("GET", address, { source: place, target: place, swap: "innerHTML" });
}

function close() {
  if (coming) window.htmx.trigger(place, "htmx:abort");
  coming = false;
  typed = [];
  place.replaceChildren();
  from?.focus();
}

// One waiting key may ask for the next step, for which the rest go on waiting; one that means nothing here ends the row.
function type() {
  while (typed.length && !coming && place.firstElementChild) if (!press(typed.shift())) typed = [];
  if (!coming) typed = [];
}

function press(key) {
  const all = choices();
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  const wanted = key === "Backspace" ? place.querySelector("[data-guide-up]") : all.find((one) => one.dataset.choice && one.dataset.choice === key.toLowerCase());
  if (step) all[Math.min(Math.max(all.indexOf(document.activeElement) + step, 0), all.length - 1)]?.focus();
  else if (key === "Escape") close();
  else if (key === "Enter" && place.contains(document.activeElement)) document.activeElement.click();
  else if (wanted) wanted.click();
  else return false;
  return true;
}

const meant = (event) => !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== " " && (event.key.length === 1 || ["ArrowDown", "ArrowUp", "Escape", "Backspace"].includes(event.key));

place.addEventListener("htmx:afterSwap", () => {
  coming = false;
  const kept = landing && place.querySelector(`[data-keep="${landing}"]`);
  landing = "";
  (kept || place.querySelector("[data-here]") || choices()[0])?.focus();
  place.scrollIntoView({ block: "nearest" });
  type();
});
place.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) return;
  coming = false;
  typed = [];
});

document.addEventListener("muniment:guide", (event) => open(event.detail));
document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-guide]");
  if (way && !way.matches("[role=option]")) open(way.dataset.guide);
  if (event.target.closest("[data-guide-close]") || event.target.closest("#guide [data-do]")) close();
});

document.addEventListener("keydown", (event) => {
  if (!coming || event.repeat || !(meant(event) || event.key === "Enter")) return;
  if (event.key === "Escape") close();
  else typed.push(event.key);
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });

// A coder's own codes: kept as a favourite, or taken out; the list comes anew with the cursor where it was.
function keep(choice, drop) {
  if (!choice.dataset.keep || drop !== ("kept" in choice.dataset)) return;
  landing = choice.dataset.keep;
  window.htmx.ajax("POST", landing, { source: document.getElementById("draft"), target: "#guide", swap: "innerHTML", values: drop ? { drop: "on" } : {} });
}

place.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-keep-click]")?.parentElement.querySelector("[data-keep]");
  if (choice) keep(choice, "kept" in choice.dataset);
});

// In a table the arrows go from cell to cell: up and down to the nearest row that has a code in that column.
function across(event) {
  const cell = document.activeElement.closest?.("#guide td, #guide tbody th");
  const row = cell?.parentElement;
  if (!row) return false;
  const rows = [...row.parentElement.children];
  const [down, right] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] || [0, 0];
  if (!down && !right) return false;
  let line = rows.indexOf(row);
  let column = cell.cellIndex;
  do {
    line += down;
    column += right;
    const next = rows[line]?.cells[column]?.querySelector("[data-choice]");
    if (next) { next.focus(); break; }
  } while (rows[line]?.cells[column]);
  return true;
}

place.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && event.shiftKey && document.activeElement.dataset.near) open(document.activeElement.dataset.near);
  else if (event.key === "+" || event.key === "-") keep(document.activeElement, event.key === "-");
  else if (!across(event)) {
    if (!meant(event)) return;
    press(event.key);
  }
  event.preventDefault();
  event.stopPropagation();
});
