// SPDX-License-Identifier: MIT
// The drawings under the graph follow its zoom, and say what lies under the pointer.
"use strict";
(function () {
  const { duration } = window.pastmon;
  const panel = document.querySelector(".graph");
  const layers = panel && panel.querySelector(".layers");
  if (!layers) return;
  let view = null;

  const box = document.createElement("div");
  box.className = "layer-box";
  box.hidden = true;
  layers.append(box);

  function tell(event, rows) {
    box.replaceChildren(...rows.map(([text, kind]) => {
      const row = document.createElement("div");
      if (kind) {
        const key = document.createElement("span");
        key.className = "swatch " + kind;
        row.append(key);
      }
      row.append(text);
      return row;
    }));
    box.hidden = rows.length === 0;
    const frame = layers.getBoundingClientRect();
    const x = event.clientX - frame.left, y = event.clientY - frame.top;
    box.style.left = Math.max(0, x + 16 + box.offsetWidth > frame.width ? x - box.offsetWidth - 12 : x + 16) + "px";
    box.style.top = y + 14 + "px";
  }

  /// Where the pointer is: seconds, and its height as a share from the bottom.
  function place(event, plot, range) {
    const frame = plot.getBoundingClientRect();
    const from = view ? view.from / 1000 : range.from, to = view ? view.to / 1000 : range.to;
    return { at: from + (to - from) * (event.clientX - frame.left) / frame.width, up: 1 - (event.clientY - frame.top) / frame.height };
  }
  function when(start, step) {
    if (!view) return "";
    return view.formats.full.format(start * 1000) + " – " + view.formats.clock.format((start + step) * 1000);
  }

  function attach(area, data, words) {
    const plot = area.querySelector(".stretched");
    const height = plot.viewBox.baseVal.height;
    plot.querySelectorAll("title").forEach((title) => title.remove());
    plot.addEventListener("pointermove", (event) => tell(event, words(place(event, plot, data))));
    plot.addEventListener("pointerleave", () => { box.hidden = true; });
    panel.addEventListener("pastmon:range", (event) => {
      const scale = 1000 / (data.to - data.from);
      plot.setAttribute("viewBox", [(event.detail.from / 1000 - data.from) * scale, 0, (event.detail.to - event.detail.from) / 1000 * scale, height].join(" "));
    });
  }

  const heat = layers.querySelector("[data-heat]");
  if (heat) {
    const data = JSON.parse(heat.dataset.heat);
    const rows = data.edges.length - 1;
    const counts = new Map();
    for (let i = 0; i < data.cells.length; i += 3) counts.set(data.cells[i] * 1000 + data.cells[i + 1], data.cells[i + 2]);
    attach(heat, data, ({ at, up }) => {
      const column = Math.floor((at - data.start) / data.column);
      const row = Math.min(rows - 1, Math.max(0, Math.floor(up * rows)));
      const count = counts.get(column * 1000 + row);
      return [[when(data.start + column * data.column, data.column)], [duration(data.edges[row]) + " to " + duration(data.edges[row + 1]) + ": " + (count || "none")]];
    });
  }
  const verdict = layers.querySelector("[data-verdict]");
  if (verdict) {
    const data = JSON.parse(verdict.dataset.verdict);
    attach(verdict, data, ({ at }) => {
      const point = data.rows.find((row) => at >= row[0] && at < row[0] + data.step);
      if (!point) return [];
      const parts = data.titles.map((title, i) => [title + ": " + duration(point[i + 2]), "b-" + data.keys[i]]).filter((part, i) => point[i + 2] > 0).reverse();
      return [[when(point[0], data.step)], ...parts, [point[1].toLocaleString("en") + " transactions"]];
    });
  }

  const strips = layers.querySelectorAll(".time-strip");
  panel.addEventListener("pastmon:range", (event) => {
    view = event.detail;
    layers.style.setProperty("--plot-left", view.left + "px");
    layers.style.setProperty("--plot-right", Math.max(view.right, 0) + "px");
    for (const strip of strips) {
      const marks = view.marks(Math.max(2, Math.floor(strip.clientWidth / 62)));
      strip.replaceChildren(...marks.map((mark) => {
        const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
        text.setAttribute("x", 100 * (mark.v - view.from) / (view.to - view.from) + "%");
        text.setAttribute("y", "13");
        if (mark.strong) text.setAttribute("class", "strong");
        text.textContent = mark.label;
        return text;
      }));
    }
  });
})();
