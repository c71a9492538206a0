// SPDX-License-Identifier: MIT
// Pies of what is most common: the figures stand in data-pie, and in the table beside.
"use strict";
(function () {
  const { css, ours, draw } = window.pastmon;

  function drawPie(canvas) {
    const slices = JSON.parse(canvas.dataset.pie);
    const chart = new Chart(canvas, {
      type: "doughnut",
      data: { labels: slices.map((s) => s.label), datasets: [{ data: slices.map((s) => s.value), borderWidth: 1.5, hoverOffset: 3 }] },
      options: {
        animation: false, cutout: "52%", maintainAspectRatio: false, layout: { padding: 3 },
        plugins: {
          legend: { display: false },
          tooltip: { displayColors: false, callbacks: { label: (item) => item.label + ": " + item.parsed.toLocaleString("en") } },
        },
        onClick: (event, hits) => { if (hits.length && ours(slices[hits[0].index].url)) location.assign(slices[hits[0].index].url); },
        onHover: (event, hits) => { canvas.style.cursor = hits.length && slices[hits[0].index].url ? "pointer" : "default"; },
      },
    });
    const paint = () => {
      chart.data.datasets[0].backgroundColor = slices.map((s) => css("--c" + s.colour));
      chart.data.datasets[0].borderColor = css("--panel");
      chart.update("none");
    };
    paint();
    canvas.dataset.drawn = "yes";
    return paint;
  }

  draw("[data-pie]", "Chart", drawPie);
})();
