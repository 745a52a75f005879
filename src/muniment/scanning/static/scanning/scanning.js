// Pages of a scan: one is current; [ and ] or PageUp and PageDown move, + and - change its size, the rest acts on it.
const list = document.querySelector("[data-pages]");
const leaves = () => [...list.querySelectorAll(".leaf")];
let at = 0;
let zoom = Number(sessionStorage.getItem("muniment.scan.zoom")) || 100;

function show(place, focus) {
  const all = leaves();
  at = Math.min(Math.max(place, 0), all.length - 1);
  all[at]?.scrollIntoView({ block: "start" });
  if (focus) all[at]?.focus({ preventScroll: true });
}

function resize(by) {
  zoom = Math.min(300, Math.max(40, zoom + by));
  sessionStorage.setItem("muniment.scan.zoom", String(zoom));
  list.style.setProperty("--zoom", `${zoom}%`);
}

function act(name) {
  if (name === "back") show(at - 1, true);
  else if (name === "forth") show(at + 1, true);
  else if (name === "smaller") resize(-20);
  else if (name === "larger") resize(20);
  else leaves()[at]?.querySelector(`form[data-act="${name}"] button`)?.click();
}

document.addEventListener("click", (event) => {
  const wanted = event.target.closest("[data-do]");
  if (wanted) act(wanted.dataset.do);
});

list.addEventListener("focusin", (event) => { at = Math.max(0, leaves().indexOf(event.target.closest(".leaf"))); });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "PageDown" || event.key === "PageUp") {
    show(at + (event.key === "PageDown" ? 1 : -1), false);
    event.preventDefault();
  }
  if (event.key === "Enter" && event.target.matches("#index select, #index input[type=radio], #index input[type=checkbox]")) {
    event.target.form.requestSubmit();
    event.preventDefault();
  }
}, true);

// Choosing one of several patients is asked of the server like typing one.
document.addEventListener("change", (event) => {
  if (event.target.matches("#whose input[type=radio]")) htmx.trigger("#id_patient", "chosen");
});

resize(0);
const wanted = new URLSearchParams(location.search).get("page");
const found = wanted ? leaves().findIndex((leaf) => leaf.dataset.page === wanted) : -1;
if (found >= 0) show(found, false);
