(function () {
  "use strict";
  var most = 100;
  var box = document.getElementById("q");
  var told = document.getElementById("told");
  var hits = document.getElementById("hits");
  var list;
  function fold(text) {
    if (text.normalize) { text = text.normalize("NFKC"); }
    return text.toLowerCase().replace(/[〔〕\[\]【】()\s]/g, "");
  }
  try {
    list = JSON.parse(document.getElementById("list").textContent);
  } catch (e) {
    return;
  }
  var texts = [];
  for (var i = 0; i < list.length; i++) {
    texts.push(fold(list[i].n + " " + list[i].t + " " + list[i].s + " " + list[i].w));
  }
  function find() {
    var words = box.value.split(/\s+/).map(fold).filter(function (it) { return it; });
    while (hits.firstChild) { hits.removeChild(hits.firstChild); }
    if (!words.length) { told.textContent = ""; return; }
    var found = 0;
    for (var i = 0; i < list.length; i++) {
      var all = words.every(function (it) { return texts[i].indexOf(it) >= 0; });
      if (all && found++ < most) { show(list[i]); }
    }
    told.textContent = found ? "找到 " + found + " 件" + (found > most ? "，列出前 " + most + " 件，请再加一个词" : "") : "没有找到。可换一个词，或从下面的指标逐级查看。";
  }
  function show(piece) {
    var line = document.createElement("li");
    var link = document.createElement("a");
    var rest = document.createElement("div");
    link.href = piece.h;
    link.textContent = piece.n + " " + piece.t;
    rest.textContent = piece.s;
    rest.className = "meta";
    line.appendChild(link);
    line.appendChild(rest);
    hits.appendChild(line);
  }
  var form = document.getElementById("search");
  form.hidden = false;
  form.onsubmit = function () { find(); return false; };
  box.oninput = find;
  find();
})();
