// SPDX-License-Identifier: MIT
// What the scripts of all pages share, and what every page needs. Every page works without scripts: the same figures
// stand in tables.
"use strict";
window.pastmon = (function () {
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const ours = (url) => typeof url === "string" && url.startsWith("/PasTmon/");

  // ---- figures for people, as the pages write them
  function digits(value) {
    const size = Math.abs(value);
    const decimals = size >= 99.95 || size === 0 ? 0 : size >= 9.995 ? 1 : 2;
    return String(Number(value.toFixed(decimals)));
  }
  function duration(us) {
    if (us === 0) return "0";
    if (us < 999.5) return digits(us) + " µs";
    if (us < 999500) return digits(us / 1e3) + " ms";
    if (us < 119.5e6) return digits(us / 1e6) + " s";
    if (us < 7200e6) return digits(us / 60e6) + " min";
    return digits(us / 3600e6) + " h";
  }
  function scaled(value, units, base) {
    let unit = 0;
    for (; Math.abs(value) >= 999.5 && unit + 1 < units.length; ++unit) value /= base;
    return (digits(value) + " " + units[unit]).trim();
  }
  function inUnit(unit, value) {
    if (value === null || value === undefined) return "–";
    if (unit === "us") return duration(value);
    if (unit === "bytes") return scaled(value, ["B", "kB", "MB", "GB", "TB"], 1000);
    return Number.isInteger(value) && Math.abs(value) < 1e6 ? value.toLocaleString("en") : scaled(value, ["", "k", "M", "G"], 1000);
  }

  // The chart libraries set a style attribute here and there, which the content policy forbids; the same through the
  // object model is allowed.
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  // ---- charts: a script of a page says draw("[data-pie]", "Chart", drawPie); drawPie returns what paints it again
  const repaint = [];
  function draw(selector, library, one) {
    const areas = document.querySelectorAll(selector);
    if (areas.length && library && typeof window[library] === "undefined") {
      document.documentElement.classList.add("no-charts");
      return;
    }
    areas.forEach((area) => repaint.push(one(area)));
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => repaint.forEach((paint) => paint()));

  // A page that the browser kept whole and shows again by "back": its user may have logged out since.
  addEventListener("pageshow", (event) => { if (event.persisted && document.querySelector("form.who")) location.reload(); });

  // ---- forms
  document.querySelectorAll(".switch select").forEach((select) => select.addEventListener("change", () => select.form.requestSubmit()));
  // Empty fields stay out of the address.
  document.querySelectorAll("form.filter").forEach((form) => form.addEventListener("submit", () => {
    form.querySelectorAll("input, select").forEach((field) => { if (field.name && field.value === "") field.disabled = true; });
  }));

  // On a phone the filter is folded away, unless something in it is wrong.
  const phone = matchMedia("(max-width: 700px)");
  const fold = () => document.querySelectorAll("details.fold").forEach((box) => {
    box.open = !phone.matches || box.querySelector("[aria-invalid]") !== null;
  });
  phone.addEventListener("change", fold);
  fold();

  return { css, ours, digits, duration, inUnit, draw };
})();
