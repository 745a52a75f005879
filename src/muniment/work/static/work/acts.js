// An act that is opened takes the cursor to its first field, unless errors above it have it already.
for (const act of document.querySelectorAll("details.act")) {
  act.addEventListener("toggle", () => {
    if (act.open && !act.querySelector(".errors")) act.querySelector("input:not([type=hidden]), select")?.focus();
  });
}
