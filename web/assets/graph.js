// SPDX-License-Identifier: MIT
// A metric over time: the figures stand in data-graph, and in the table below.
"use strict";
(function () {
  const { css, inUnit, draw } = window.pastmon;

  const kLines = { min: ["Min", "--g-min"], mean: ["Avg", "--g-mean"], p50: ["p50", "--c3"], p95: ["p95", "--g-p95"], p99: ["p99", "--c5"], max: ["Max", "--g-max"], sum: ["Sum", "--g-mean"] };
  const kShown = { min: true, mean: true, p95: true, max: true, sum: true };

  /// Rows for the chart: a step without data becomes a gap.
  function chartRows(series, names) {
    const at = names.map((name) => series.columns.indexOf(name));
    const rows = [];
    let previous = null;
    for (const row of series.rows) {
      if (previous !== null && row[0] - previous > series.step) rows.push([new Date((previous + series.step) * 1000), ...names.map(() => null)]);
      rows.push([new Date(row[0] * 1000), ...at.map((i) => row[i])]);
      previous = row[0];
    }
    return rows;
  }

  function timeFormats(zone) {
    const make = (options) => {
      try {
        return new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: zone, hourCycle: "h23" }, options));
      } catch (error) {
        return new Intl.DateTimeFormat("en-GB", Object.assign({ hourCycle: "h23" }, options));
      }
    };
    return {
      clock: make({ hour: "2-digit", minute: "2-digit" }),
      day: make({ day: "numeric", month: "short" }),
      full: make({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
      parts: make({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }),
    };
  }
  /// "2026-11-23T17:40": as the From and To fields have it.
  function formTime(formats, ms) {
    const p = {};
    for (const part of formats.parts.formatToParts(new Date(ms))) p[part.type] = part.value;
    return p.year + "-" + p.month + "-" + p.day + "T" + p.hour + ":" + p.minute;
  }

  /// The day at midnight, else the time.
  function axisTime(formats, date) {
    const clock = formats.clock.format(date);
    return clock === "00:00" ? formats.day.format(date) : clock;
  }

  function legendText(data, series, formats) {
    if (data.x === undefined || data.x === null) return "";
    const box = document.createElement("div");
    const when = document.createElement("span");
    when.className = "when";
    when.textContent = formats.full.format(data.x) + " – " + formats.clock.format(data.x + series.step * 1000);
    box.append(when);
    for (const line of data.series) {
      if (!line.isVisible || line.y === undefined || line.y === null || Number.isNaN(line.y)) continue;
      const row = document.createElement("div");
      const key = document.createElement("span");
      key.className = "key-line l-" + line.label;
      row.append(key, kLines[line.label][0] + ": " + inUnit(series.unit, line.y));
      box.append(row);
    }
    const count = series.columns.indexOf("count");
    const row = count < 0 ? null : series.rows.find((r) => r[0] * 1000 === data.x);
    if (row) box.append("Count: " + row[count].toLocaleString("en"));
    return box.innerHTML;
  }

  function drawGraph(area) {
    const whole = JSON.parse(area.dataset.graph);
    const panel = area.closest(".graph");
    const formats = timeFormats(whole.zone);
    const names = Object.keys(kLines).filter((name) => whole.columns.includes(name));
    const range = [whole.from * 1000, whole.to * 1000];
    let series = whole;
    const keep = panel.querySelector(".keep");
    const reset = panel.querySelector(".reset");

    const graph = new Dygraph(area, chartRows(series, names), {
      labels: ["time", ...names], visibility: names.map((name) => Boolean(kShown[name])), dateWindow: range, includeZero: true,
      connectSeparatedPoints: false, drawGapEdgePoints: true, drawPoints: series.rows.length < 60, pointSize: 2.5, strokeWidth: 1.8,
      highlightCircleSize: 4, legend: "follow", legendFormatter: (data) => legendText(data, series, formats), hideOverlayOnMouseOut: true,
      axes: {
        x: { axisLabelFormatter: (date) => axisTime(formats, date), axisLabelWidth: 50, pixelsPerLabel: 58 },
        y: { axisLabelFormatter: (value) => inUnit(whole.unit, value), valueFormatter: (value) => inUnit(whole.unit, value), axisLabelWidth: 66 },
      },
      zoomCallback: (from, to) => zoomed(from, to),
    });
    const paint = () => graph.updateOptions({ colors: names.map((name) => css(kLines[name][1])), gridLineColor: css("--g-grid"), axisLineColor: css("--line") });
    paint();

    function show(next) {
      series = next;
      graph.updateOptions({ file: chartRows(series, names), drawPoints: series.rows.length < 60 });
    }
    let asked = 0;
    function zoomed(from, to) {
      const isWhole = from <= range[0] + 1000 && to >= range[1] - 1000;
      keep.hidden = reset.hidden = isWhole;
      const url = new URL(area.dataset.page, location.href);
      url.searchParams.set("from", formTime(formats, from));
      url.searchParams.set("to", formTime(formats, to + 59999));
      keep.href = url.pathname + url.search;
      if (isWhole) { show(whole); return; }
      if (whole.step <= 300) return;
      // Coarse steps become finer inside what was zoomed into.
      const api = new URL(area.dataset.api, location.href);
      api.searchParams.delete("range");
      api.searchParams.delete("step");
      api.searchParams.set("from", formTime(formats, from));
      api.searchParams.set("to", formTime(formats, to + 59999));
      const mine = ++asked;
      fetch(api.pathname + api.search).then((answer) => (answer.ok ? answer.json() : null)).then((fine) => {
        if (fine !== null && mine === asked && fine.step < series.step) show(fine);
      }).catch(() => {});
    }
    reset.addEventListener("click", () => { graph.updateOptions({ dateWindow: range }); zoomed(range[0], range[1]); });

    const list = panel.querySelector(".series");
    if (names.length > 1) names.forEach((name, index) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = Boolean(kShown[name]);
      box.addEventListener("change", () => graph.setVisibility(index, box.checked));
      const key = document.createElement("span");
      key.className = "key-line l-" + name;
      label.append(box, key, kLines[name][0]);
      list.append(label);
    });
    panel.querySelector(".graph-tools").hidden = false;
    panel.querySelector(".hint").hidden = false;
    area.dataset.drawn = "yes";
    return paint;
  }

  draw("[data-graph]", "Dygraph", drawGraph);
})();
