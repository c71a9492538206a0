// SPDX-License-Identifier: MIT
// A metric over time: what stands in data-graph, and in the table below. Zooming and moving are tried out here; the
// links of the page make them last.
"use strict";
(function () {
  const { css, inUnit, draw, time } = window.pastmon;
  const kBefore = "~";  // behind the key of a line that is compared with

  /// Values by time for each line. A step without data is NaN, a gap; null means that another line has a point there.
  function chartRows(series, names) {
    const rows = new Map();
    const half = series.step / 2;
    const put = (list, suffix) => {
      const places = series.columns.map((column) => names.indexOf(column + suffix));
      let previous = null;
      const at = (seconds) => {
        const x = (seconds + half) * 1000;
        if (!rows.has(x)) rows.set(x, names.map(() => null));
        return rows.get(x);
      };
      for (const row of list) {
        if (previous !== null && row[0] - previous > series.step) {
          const gap = at(previous + series.step);
          places.forEach((place) => { if (place >= 0) gap[place] = NaN; });
        }
        const values = at(row[0]);
        places.forEach((place, i) => { if (place >= 0) values[place] = row[i]; });
        previous = row[0];
      }
    };
    put(series.rows, "");
    if (series.before) put(series.before.rows, kBefore);
    return [...rows.entries()].sort((a, b) => a[0] - b[0]).map(([x, values]) => [new Date(x), ...values]);
  }

  function valueText(series, line, value) {
    const text = line.right ? inUnit("count", value) : inUnit(series.unit, value);
    return line.rate ? text + (series.unit === "bytes" && !line.right ? "/s" : " /s") : text;
  }

  function legendText(data, series, lines, formats) {
    if (data.x === undefined || data.x === null) return "";
    const box = document.createElement("div");
    const start = data.x - series.step * 500;
    const when = document.createElement("span");
    when.className = "when";
    when.textContent = formats.full.format(start) + " – " + formats.clock.format(start + series.step * 1000);
    box.append(when);
    for (const shown of data.series) {
      if (shown.y === undefined || shown.y === null || Number.isNaN(shown.y)) continue;
      const before = shown.label.endsWith(kBefore);
      const line = lines.find((one) => one.key === (before ? shown.label.slice(0, -1) : shown.label));
      const row = document.createElement("div");
      const key = document.createElement("span");
      key.className = "key-line l-" + line.key + (before ? " dashed" : "");
      row.append(key, line.title + (before ? " " + series.before.title : "") + ": " + valueText(series, line, shown.y));
      box.append(row);
    }
    const count = series.columns.indexOf("count");
    const row = count < 0 || lines.some((line) => line.key === "count") ? null : series.rows.find((r) => r[0] * 1000 === start);
    if (row) box.append("Count: " + row[count].toLocaleString("en"));
    return box.innerHTML;
  }

  /// Behind the lines: what not to trust, and where days begin.
  function paintUnder(context, area, graph, shades, strong) {
    context.save();
    context.globalAlpha = 0.13;
    context.fillStyle = css("--bad");
    for (const [from, to] of shades) {
      const left = Math.max(graph.toDomXCoord(from * 1000), area.x);
      const right = Math.min(graph.toDomXCoord(to * 1000), area.x + area.w);
      if (right >= area.x && left <= area.x + area.w) context.fillRect(left, area.y, Math.max(right - left, 2), area.h);
    }
    context.globalAlpha = 1;
    context.strokeStyle = css("--muted");
    context.lineWidth = 0.5;
    for (const ms of strong) {
      const x = Math.round(graph.toDomXCoord(ms)) + 0.5;
      context.beginPath();
      context.moveTo(x, area.y);
      context.lineTo(x, area.y + area.h);
      context.stroke();
    }
    context.restore();
  }

  function drawGraph(area) {
    const whole = JSON.parse(area.dataset.graph);
    const panel = area.closest(".graph");
    const formats = time.makeFormats(whole.zone);
    const lines = whole.lines;
    const names = lines.map((line) => line.key).concat(whole.before ? lines.map((line) => line.key + kBefore) : []);
    const lineOf = (name) => lines.find((line) => line.key === name.replace(kBefore, ""));
    const range = [whole.from * 1000, whole.to * 1000];
    const right = lines.find((line) => line.right);
    const keep = panel.querySelector(".keep");
    const reset = panel.querySelector(".reset");
    let series = whole;
    let strong = [];
    let asked = 0;
    let timer = null;

    const perLine = {};
    for (const name of names) perLine[name] = { axis: lineOf(name).right ? "y2" : "y", strokePattern: name.endsWith(kBefore) ? [5, 4] : null };
    const label = (line) => (value) => valueText(whole, line, value);
    const left = lines.find((line) => !line.right) || right;
    const few = () => series.rows.length < 60;
    const graph = new Dygraph(area, chartRows(series, names), {
      labels: ["time", ...names], series: perLine, dateWindow: range, includeZero: true,
      connectSeparatedPoints: true, drawGapEdgePoints: true, drawPoints: few(), pointSize: 2.5, strokeWidth: 1.8,
      highlightCircleSize: 4, legend: "follow", legendFormatter: (data) => legendText(data, series, lines, formats), hideOverlayOnMouseOut: true,
      axes: {
        x: { axisLabelWidth: 60, ticker: (from, to, pixels) => {
          const marks = time.ticks(formats, from, to, Math.max(2, Math.floor(pixels / 62)));
          strong = marks.filter((mark) => mark.strong).map((mark) => mark.v);
          return marks;
        } },
        y: { axisLabelFormatter: label(left), valueFormatter: label(left), axisLabelWidth: 66 },
        y2: { axisLabelFormatter: label(right || left), valueFormatter: label(right || left), axisLabelWidth: 58, independentTicks: true, drawGrid: false },
      },
      underlayCallback: (context, box, g) => paintUnder(context, box, g, whole.shades, strong),
      drawCallback: (g) => moved(g),
    });
    const paint = () => graph.updateOptions({ colors: names.map((name) => css("--l-" + lineOf(name).key)), gridLineColor: css("--g-grid"), axisLineColor: css("--line") });

    function show(next) {
      series = next;
      graph.updateOptions({ file: chartRows(series, names), drawPoints: few() });
    }
    const look = (from, to) => graph.updateOptions({ dateWindow: [from, to] });

    function withRange(address, from, to) {
      const url = new URL(address, location.href);
      for (const name of ["range", "step"]) url.searchParams.delete(name);
      url.searchParams.set("from", time.formTime(formats, from));
      url.searchParams.set("to", time.formTime(formats, to + 59999));
      return url.pathname + url.search;
    }

    // Coarse steps become finer inside what was zoomed into, and what lies outside is fetched.
    function fetchRange(from, to) {
      const outside = from < series.from * 1000 - 1 || to > series.to * 1000 + 1;
      const finer = series.step > 300 && (to - from) < (series.to - series.from) * 600;
      if (!outside && !finer) return;
      const mine = ++asked;
      area.dataset.loading = "yes";
      const url = new URL(area.dataset.api, location.href);
      url.searchParams.set("lines", whole.columns.slice(1).join(","));
      fetch(withRange(url, from, to)).then((answer) => (answer.ok ? answer.json() : null)).then((fine) => {
        if (mine !== asked) return;
        delete area.dataset.loading;
        if (fine !== null && (outside || fine.step < series.step)) show(fine);
      }).catch(() => { delete area.dataset.loading; });
    }

    function moved(g) {
      const [from, to] = g.xAxisRange();
      const box = g.getArea();
      panel.dispatchEvent(new CustomEvent("pastmon:range", { detail: { from, to, left: box.x, right: area.clientWidth - box.x - box.w, marks: (most) => time.ticks(formats, from, to, most), formats } }));
      const isWhole = Math.abs(from - range[0]) < 1000 && Math.abs(to - range[1]) < 1000;
      keep.hidden = reset.hidden = isWhole;
      if (keep.dataset.shown === from + "-" + to) return;
      keep.dataset.shown = from + "-" + to;
      keep.href = withRange(area.dataset.page, from, to);
      area.dataset.svg = isWhole ? "" : withRange(area.dataset.picture, from, to);
      clearTimeout(timer);
      if (isWhole) {
        ++asked;
        if (series !== whole) setTimeout(() => show(whole));
      } else {
        timer = setTimeout(() => fetchRange(from, to), 200);
      }
    }
    paint();

    reset.addEventListener("click", () => look(range[0], range[1]));
    area.addEventListener("dblclick", () => look(range[0], range[1]));
    area.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const [from, to] = graph.xAxisRange();
      const span = to - from;
      const narrow = Math.max(span / 4, 300e3);
      const acts = {
        ArrowLeft: () => look(from - span / 4, to - span / 4), ArrowRight: () => look(from + span / 4, to + span / 4),
        "+": () => look(from + span / 2 - narrow, from + span / 2 + narrow), "=": () => acts["+"](),
        "-": () => look(from - span / 2, to + span / 2), 0: () => look(range[0], range[1]), Home: () => look(range[0], range[1]),
        Escape: () => look(range[0], range[1]), Enter: () => { if (!keep.hidden) keep.click(); },
      };
      if (!acts[event.key]) return;
      acts[event.key]();
      event.preventDefault();
    });
    panel.querySelector(".hint").hidden = false;
    // The area itself has the name.
    area.querySelectorAll("canvas").forEach((canvas) => canvas.setAttribute("aria-hidden", "true"));
    area.dataset.drawn = "yes";
    return paint;
  }

  draw("[data-graph]", "Dygraph", drawGraph);
})();
