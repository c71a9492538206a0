// SPDX-License-Identifier: MIT
// What a page must have for people who do not see it, see it badly, or use no mouse: a list of sentences, one for each
// fault. WCAG 2.1 AA, as far as a program can tell. Runs inside the page; returns what it found.
const faults = [];
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const shown = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
const words = (text) => (text || "").replace(/\s+/g, " ").trim();
const what = (e) => `<${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}${e.className && e.className.baseVal === undefined ? "." + e.className : ""}> “${words(e.textContent).slice(0, 40)}”`;
const fault = (text, e) => faults.push(e ? `${text}: ${what(e)}` : text);

// ---- names
function nameOf(e) {
  const by = words(e.getAttribute("aria-labelledby")).split(" ").filter(Boolean).map((id) => document.getElementById(id));
  if (by.length) return words(by.map((label) => (label ? label.textContent : "")).join(" "));
  if (words(e.getAttribute("aria-label"))) return words(e.getAttribute("aria-label"));
  if (e.labels && e.labels.length) return words([...e.labels].map((label) => label.textContent).join(" "));
  if (e.tagName === "IMG") return words(e.getAttribute("alt"));
  const title = e.querySelector(":scope > title");
  if (e.tagName === "svg" && title) return words(title.textContent);
  const pictures = all("img[alt], svg[aria-label]", e).map((p) => p.getAttribute("alt") || p.getAttribute("aria-label"));
  return words(e.textContent + " " + pictures.join(" ")) || words(e.getAttribute("title"));
}
const letters = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

function checkNames() {
  for (const e of all("input:not([type=hidden]), select, textarea")) {
    if (shown(e) && !nameOf(e)) fault("a field has no label", e);
  }
  for (const e of all("a[href], button, summary")) {
    if (e.closest("[aria-hidden=true]") || !shown(e)) continue;
    if (!nameOf(e)) fault("a link or button has no name", e);
    const seen = letters(e.innerText || "");
    if (e.getAttribute("aria-label") && seen && !letters(nameOf(e)).includes(seen)) fault("what is written on it is not in its name", e);
  }
  for (const e of all("a[aria-hidden=true], [aria-hidden=true] a, [aria-hidden=true] button")) {
    if (e.tabIndex >= 0) fault("the keyboard reaches what is hidden from others", e);
  }
  for (const e of all("img")) if (!e.hasAttribute("alt")) fault("a picture has no alternative text", e);
  for (const e of all("[role=img]")) if (!nameOf(e)) fault("a drawing has no name", e);
  for (const e of all("svg, canvas")) {
    if (shown(e) && !e.closest("[role=img], [aria-hidden=true]")) fault("a drawing is neither named nor hidden", e);
  }
}

// ---- structure
function checkStructure() {
  if (!document.documentElement.lang) fault("the page has no language");
  if (!words(document.title)) fault("the page has no title");
  const headings = all("h1, h2, h3, h4, h5, h6").filter(shown);
  if (headings.filter((h) => h.tagName === "H1").length !== 1) fault("there is not exactly one h1");
  let level = 0;
  for (const heading of headings) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) fault("a level of headings is left out", heading);
    if (!words(heading.textContent)) fault("a heading is empty", heading);
    level = next;
  }
  if (all("main").length !== 1) fault("there is not exactly one main");
  const places = all("nav, [role=region]").filter(shown).map((e) => [e, nameOf2(e)]);
  for (const [e, name] of places) if (!name) fault("a part of the page has no name", e);
  const names = all("nav").filter(shown).map(nameOf2);
  if (new Set(names).size !== names.length) fault("two navigations have the same name: " + names.join(", "));
  const ids = all("[id]").map((e) => e.id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) fault("two elements have the id " + id);
  for (const e of all("[aria-labelledby], [aria-describedby], [aria-controls]")) {
    for (const name of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
      for (const id of words(e.getAttribute(name)).split(" ").filter(Boolean)) {
        if (!document.getElementById(id)) fault(`${name} names ${id}, which is not there`, e);
      }
    }
  }
  const skip = document.querySelector("a[href^='#']");
  if (!skip || !document.querySelector(skip.getAttribute("href"))) fault("no link leads past the menu");
  for (const e of all("li")) if (!e.closest("ul, ol, menu")) fault("a list entry is outside of a list", e);
  for (const list of all("ul, ol")) {
    for (const child of list.children) if (!["LI", "SCRIPT", "TEMPLATE"].includes(child.tagName)) fault("something else than an entry in a list", child);
  }
}
const nameOf2 = (e) => words(e.getAttribute("aria-label")) || (e.getAttribute("aria-labelledby") ? nameOf(e) : "");

function checkTables() {
  for (const table of all("table").filter(shown)) {
    const heads = all("thead th", table);
    if (!heads.length && !all("th[scope=row]", table).length) fault("a table has no heads", table);
    for (const head of all("th", table)) {
      if (!head.getAttribute("scope")) fault("a head of a table does not say what it heads", head);
      if (!words(head.textContent)) fault("a head of a table is empty", head);
    }
  }
  for (const e of all("*")) {
    const style = getComputedStyle(e);
    const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
    if (!scrolls || !shown(e) || (e.scrollWidth <= e.clientWidth + 1 && e.scrollHeight <= e.clientHeight + 1)) continue;
    if (e.tabIndex < 0 && !all("a[href], button, input, select, [tabindex='0']", e).some(shown)) fault("the keyboard cannot scroll it", e);
  }
}

// ---- contrast
const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
const pen = canvas.getContext("2d", { willReadFrequently: true });
function colourOf(text) {
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = text;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}
const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
function light([r, g, b]) {
  const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}
function contrast(a, b) {
  const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}
function behind(e) {
  const layers = [];
  for (let at = e; at; at = at.parentElement) {
    const colour = colourOf(getComputedStyle(at).backgroundColor);
    if (colour[3] > 0) layers.push(colour);
    if (colour[3] === 1) break;
  }
  return layers.reduceRight((under, top) => over(top, under), [255, 255, 255, 1]);
}
function checkContrast() {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const e = node.parentElement;
    if (!words(node.data) || seen.has(e) || e.closest("svg, option, script, style") || !shown(e) || e.closest(".away, .skip")) continue;
    seen.add(e);
    const style = getComputedStyle(e);
    const size = parseFloat(style.fontSize);
    const big = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const back = behind(e);
    const ratio = contrast(over(colourOf(style.color), back), back);
    if (ratio < (big ? 3 : 4.5)) fault(`contrast of ${ratio.toFixed(2)}`, e);
  }
}

checkNames();
checkStructure();
checkTables();
checkContrast();
return faults;
