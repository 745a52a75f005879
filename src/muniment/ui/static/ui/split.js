// The divider of a workspace: dragged, or moved with the arrow keys; its place is remembered for this kind of screen.
const least = 20;
const most = 80;

function place(split, divider, percent) {
  const value = Math.min(most, Math.max(least, Math.round(percent)));
  split.style.setProperty("--left", `${value}%`);
  divider.setAttribute("aria-valuenow", String(value));
  return value;
}

function drag(split, divider, keep) {
  divider.addEventListener("pointerdown", (event) => {
    divider.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const box = split.getBoundingClientRect();
    keep(place(split, divider, (100 * (event.clientX - box.left)) / box.width));
  });
}

function steer(split, divider, keep) {
  divider.addEventListener("keydown", (event) => {
    const now = Number(divider.getAttribute("aria-valuenow"));
    const next = { ArrowLeft: now - 2, ArrowRight: now + 2, Home: least, End: most }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    keep(place(split, divider, next));
  });
}

function prepare(split) {
  const panes = split.querySelectorAll(":scope > .pane");
  if (panes.length !== 2 || split.querySelector(":scope > .divider")) return;
  const divider = document.createElement("div");
  divider.className = "divider";
  divider.tabIndex = 0;
  const attributes = { role: "separator", "aria-orientation": "vertical", "aria-label": "Divider between the halves", "aria-valuemin": least, "aria-valuemax": most };
  for (const [name, value] of Object.entries(attributes)) divider.setAttribute(name, value);
  panes[0].after(divider);
  const memory = `muniment.split.${split.dataset.split}`;
  const keep = (value) => localStorage.setItem(memory, value);
  place(split, divider, Number(localStorage.getItem(memory)) || 58);
  drag(split, divider, keep);
  steer(split, divider, keep);
}

document.querySelectorAll("[data-split]").forEach(prepare);
document.addEventListener("htmx:afterSettle", () => document.querySelectorAll("[data-split]").forEach(prepare));
