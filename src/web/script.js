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

// The search box suggests how to go on; an empty one offers what was asked lately in this browser.
const suggest = (box, list) => {
  const MOST = 8;
  const lately = () => {
    try {
      return JSON.parse(localStorage.getItem("lately")) || [];
    } catch {
      return [];
    }
  };
  let asked = 0;
  let chosen = -1;

  const close = () => {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
    chosen = -1;
  };

  const show = (rows) => {
    list.replaceChildren();
    rows.forEach((row, n) => {
      const line = document.createElement("li");
      line.id = `suggestion-${n}`;
      line.role = "option";
      line.dataset.typed = row.typed;
      const kind = document.createElement("span");
      kind.className = "meta";
      kind.textContent = list.dataset[row.kind] || "";
      line.append(kind, " ", row.shown);
      line.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(line);
      });
      list.append(line);
    });
    chosen = -1;
    list.hidden = rows.length === 0;
    box.setAttribute("aria-expanded", String(rows.length > 0));
  };

  const take = (line) => {
    box.value = line.dataset.typed;
    close();
    box.focus();
  };

  const look = async () => {
    const turn = ++asked;
    const typed = box.value;
    if (typed.trim() === "") {
      show(lately().slice(0, MOST).map((it) => ({ kind: "lately", typed: it, shown: it })));
      return;
    }
    const answer = await fetch(`/api/v1/suggest?q=${encodeURIComponent(typed)}`);
    // What was typed since has its own answer.
    if (turn !== asked || !answer.ok || document.activeElement !== box) return;
    show((await answer.json()).suggestions.slice(0, MOST * 2));
  };

  let waiting = 0;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 120);
  });
  box.addEventListener("focus", () => {
    if (box.value === "") look();
  });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    const lines = [...list.children];
    if (list.hidden || lines.length === 0) return;
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      chosen = (chosen + step + lines.length + (chosen < 0 && step < 0 ? 1 : 0)) % lines.length;
      lines.forEach((line, n) => line.setAttribute("aria-selected", String(n === chosen)));
      box.setAttribute("aria-activedescendant", lines[chosen].id);
      lines[chosen].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      take(lines[chosen]);
    }
  });
  box.form.addEventListener("submit", () => {
    const typed = box.value.trim();
    if (typed === "") return;
    try {
      const all = [typed, ...lately().filter((it) => it !== typed)].slice(0, MOST);
      localStorage.setItem("lately", JSON.stringify(all));
    } catch {
      // Without a place to keep them nothing is kept.
    }
  });
};
if (document.getElementById("suggestions")) {
  suggest(document.getElementById("find"), document.getElementById("suggestions"));
}

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
