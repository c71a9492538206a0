// SPDX-License-Identifier: MIT
// Around the graph: finding a metric by typing, and the graph as a PNG.
"use strict";
(function () {
  const picker = document.querySelector(".picker");
  if (picker) {
    const find = picker.querySelector(".picker-find");
    const none = picker.querySelector(".picker-none");
    const links = [...picker.querySelectorAll("a")];
    const shown = () => links.filter((link) => !link.parentElement.hidden);
    find.hidden = false;
    function filter() {
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const link of links) {
        const text = (link.closest("section").querySelector("h3").textContent + " " + link.textContent).toLowerCase();
        link.parentElement.hidden = !words.every((word) => text.includes(word));
      }
      for (const topic of picker.querySelectorAll("section")) topic.hidden = !topic.querySelector("li:not([hidden])");
      none.hidden = shown().length > 0;
    }
    function step(by) {
      const list = shown();
      const at = list.indexOf(document.activeElement);
      const next = at + by;
      if (next < 0) find.focus();
      else if (list[next]) list[next].focus();
    }
    find.addEventListener("input", filter);
    picker.addEventListener("toggle", () => { if (picker.open) find.focus(); });
    picker.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") step(1);
      else if (event.key === "ArrowUp") step(-1);
      else if (event.key === "Enter" && event.target === find) { const first = shown()[0]; if (first) first.click(); }
      else if (event.key === "Escape") { picker.open = false; picker.querySelector("summary").focus(); }
      else return;
      event.preventDefault();
    });
    document.addEventListener("click", (event) => { if (!picker.contains(event.target)) picker.open = false; });
  }

  const png = document.querySelector(".exports .png");
  const area = document.querySelector("[data-graph]");
  if (png && area) {
    png.hidden = false;
    const kSharp = 2;
    /// Draws the server's drawing of what is shown now, twice as fine.
    function draw() {
      return new Promise((resolve, reject) => {
        const image = new Image();
        image.onerror = () => reject(new Error("no drawing"));
        image.onload = () => {
          const canvas = document.createElement("canvas");
          canvas.width = image.naturalWidth * kSharp;
          canvas.height = image.naturalHeight * kSharp;
          canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
          canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
        };
        image.src = area.dataset.svg || area.dataset.picture;
      });
    }
    png.addEventListener("click", (event) => {
      event.preventDefault();
      draw().then((blob) => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = png.download;
        link.click();
        png.dataset.made = String(blob.size);
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      }).catch(() => { location.href = area.dataset.svg || area.dataset.picture; });
    });
  }
})();
