// Writing a query: i quotes the row the cursor is on, or the words selected in it; each quotation keeps its entry and version.
const form = document.querySelector("form[data-query]");
const list = form.querySelector("[data-indicators]");
const blank = form.querySelector("template[data-indicator]");
const count = document.querySelector("[data-count]");

function counted() {
  const many = list.children.length;
  count.textContent = many === 1 ? "1 indicator" : `${many} indicators`;
}

function announce(words) {
  document.dispatchEvent(new CustomEvent("muniment:announce", { detail: words }));
}

// Words selected within one row; those of several rows are of no single place.
function selected(row) {
  const selection = window.getSelection();
  const words = selection && !selection.isCollapsed ? selection.toString().trim() : "";
  const within = row.querySelector(".quotable");
  return words && within.contains(selection.anchorNode) && within.contains(selection.focusNode) ? words : "";
}

function quote(row) {
  const words = selected(row) || row.querySelector(".quotable").textContent.trim();
  const item = blank.content.firstElementChild.cloneNode(true);
  item.querySelector("[data-quote]").textContent = words;
  item.querySelector("[data-from]").textContent = `${row.dataset.title}, ${row.dataset.on}`;
  item.querySelector("[data-prior]").hidden = !("prior" in row.dataset);
  item.querySelector("[name=entry]").value = row.dataset.entry;
  item.querySelector("[name=entry_version]").value = row.dataset.version;
  item.querySelector("[name=quote]").value = words;
  list.append(item);
  window.getSelection()?.removeAllRanges();
  counted();
  announce(`Indicator ${list.children.length}: ${words}`);
}

// The row of the selection, else that of the cursor.
function row() {
  const selection = window.getSelection();
  const node = selection && !selection.isCollapsed ? selection.anchorNode : document.activeElement;
  const element = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  return element?.closest?.("tr[data-source]");
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-pick]")) quote(event.target.closest("tr[data-source]"));
  const drop = event.target.closest("[data-drop]");
  if (drop) { drop.closest("li").remove(); counted(); announce("Taken out"); }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "i" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (document.body.dataset.keys === "off" || localStorage.getItem("muniment.letter-keys") === "off") return;
  const found = row();
  if (!found) return;
  quote(found);
  event.preventDefault();
  event.stopImmediatePropagation();
});

// Only the fields of the chosen form are asked for.
function fitting() {
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== form.elements.form.value;
}
form.elements.form.addEventListener("change", fitting);
document.body.addEventListener("htmx:afterSettle", (event) => {
  const first = event.detail.target?.id === "reading" && event.detail.target.querySelector("tbody tr");
  if (!first) return;
  first.tabIndex = 0;
  first.focus();
});
fitting();
counted();
