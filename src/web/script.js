// Comforts; every page works without them.
"use strict";

// Ctrl+K goes to the search box.
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    const box = document.getElementById("find");
    box.focus();
    box.select();
  }
});

// One box marks all of a page.
for (const all of document.querySelectorAll("input[data-all]")) {
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    const boxes = all.form.querySelectorAll(`ul input[name="${all.dataset.all}"]`);
    for (const box of boxes) box.checked = all.checked;
  });
}

// Files dropped on a form are chosen in it.
for (const form of document.querySelectorAll("form.drop")) {
  const files = form.querySelector("input[type=file]");
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer.files.length > 0) files.files = event.dataTransfer.files;
  });
  // A second press while the first is under way would send everything again.
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    const bar = form.querySelector("progress");
    if (bar) {
      bar.hidden = false;
      bar.removeAttribute("value");
    }
  });
}
