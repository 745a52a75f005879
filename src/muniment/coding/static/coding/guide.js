// The guided path by keyboard: a key chooses, Backspace goes up a level, Esc closes. It only offers what can be saved.
const place = document.getElementById("guide");
let from = null; // where the cursor goes back to
let landing = ""; // of own codes: the one the cursor stays on

const choices = () => [...place.querySelectorAll("[data-choice]")];

function open(address) {
  const here = document.activeElement;
  if (!place.contains(here)) from = here?.matches("[data-code-search], [data-guide]") ? here : document.getElementById("find-diagnosis");
  window.htmx.ajax("GET", address, { target: "#guide", swap: "innerHTML" });
}

function close() {
  place.replaceChildren();
  from?.focus();
}

place.addEventListener("htmx:afterSettle", () => {
  const kept = landing && place.querySelector(`[data-keep="${landing}"]`);
  landing = "";
  (kept || place.querySelector("[data-here]") || choices()[0])?.focus();
  place.scrollIntoView({ block: "nearest" });
});

document.addEventListener("muniment:guide", (event) => open(event.detail));
document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-guide]");
  if (way && !way.matches("[role=option]")) open(way.dataset.guide);
  if (event.target.closest("[data-guide-close]") || event.target.closest("#guide [data-do]")) close();
});

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
  const all = choices();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Enter" && event.shiftKey && document.activeElement.dataset.near) open(document.activeElement.dataset.near);
  else if (event.key === "+" || event.key === "-") keep(document.activeElement, event.key === "-");
  else if (!across(event) && !other(event, all, step)) return;
  event.preventDefault();
  event.stopPropagation();
});

function other(event, all, step) {
  if (step) all[Math.min(Math.max(all.indexOf(document.activeElement) + step, 0), all.length - 1)]?.focus();
  else if (event.key === "Escape") close();
  else if (event.key === "Backspace") place.querySelector("[data-guide-up]")?.click();
  else if (event.key.length === 1 && event.key !== " ") all.find((one) => one.dataset.choice === event.key.toLowerCase())?.click();
  else return false;
  return true;
}
