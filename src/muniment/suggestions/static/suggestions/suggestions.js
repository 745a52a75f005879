// "Search beside it": the suggestion's title goes into the search for diagnoses, to be made more special there.
document.addEventListener("click", (event) => {
  const wanted = event.target.closest("[data-search]");
  const box = wanted && document.getElementById("find-diagnosis");
  if (!box) return;
  box.value = wanted.dataset.search;
  box.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
});
