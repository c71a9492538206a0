// SPDX-License-Identifier: MIT
// A figure of the monitor over time: the values stand in data-statistic, and in the table below.
"use strict";
(function () {
  const { css, inUnit, draw } = window.pastmon;

  function formats(zone) {
    const make = (options) => new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: zone, hourCycle: "h23" }, options));
    return {
      clock: make({ hour: "2-digit", minute: "2-digit" }),
      day: make({ day: "numeric", month: "short" }),
      full: make({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
    };
  }

  function drawStatistic(area) {
    const data = JSON.parse(area.dataset.statistic);
    const format = formats(data.zone);
    area.textContent = "";
    const graph = new Dygraph(area, data.rows.map((row) => [new Date(row[0] * 1000), ...row.slice(1)]), {
      labels: ["time", ...data.labels], dateWindow: [data.from * 1000, data.to * 1000], includeZero: true, connectSeparatedPoints: false,
      drawGapEdgePoints: true, strokeWidth: 1.8, highlightCircleSize: 4, legend: "follow", hideOverlayOnMouseOut: true,
      drawPoints: data.rows.length < 60, pointSize: 2.5,
      axes: {
        x: {
          axisLabelFormatter: (date) => (format.clock.format(date) === "00:00" ? format.day.format(date) : format.clock.format(date)),
          valueFormatter: (ms) => format.full.format(new Date(ms)), axisLabelWidth: 50, pixelsPerLabel: 58,
        },
        y: { axisLabelFormatter: (value) => inUnit(data.unit, value), valueFormatter: (value) => inUnit(data.unit, value), axisLabelWidth: 66 },
      },
    });
    const paint = () => graph.updateOptions({ colors: data.labels.map((label, i) => css("--c" + (1 + (i % 7)))), gridLineColor: css("--g-grid"), axisLineColor: css("--line") });
    paint();
    area.closest(".graph").querySelector(".hint").hidden = false;
    area.dataset.drawn = "yes";
    return paint;
  }

  draw("[data-statistic]", "Dygraph", drawStatistic);
})();
