// The guided path by keyboard: a key chooses, Backspace goes up a level, Esc closes. It only offers what can be saved.
const place = document.getElementById("guide");
let from = null; // where the cursor goes back to

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
  choices()[0]?.focus();
  place.scrollIntoView({ block: "nearest" });
});

document.addEventListener("muniment:guide", (event) => open(event.detail));
document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-guide]");
  if (way && !way.matches("[role=option]")) open(way.dataset.guide);
  if (event.target.closest("[data-guide-close]") || event.target.closest("#guide [data-do]")) close();
});

place.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const all = choices();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) all[Math.min(Math.max(all.indexOf(document.activeElement) + step, 0), all.length - 1)]?.focus();
  else if (event.key === "Escape") close();
  else if (event.key === "Backspace") place.querySelector("[data-guide-up]")?.click();
  else if (event.key.length === 1 && event.key !== " ") all.find((one) => one.dataset.choice === event.key.toLowerCase())?.click();
  else return;
  event.preventDefault();
  event.stopPropagation();
});
