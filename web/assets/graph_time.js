// SPDX-License-Identifier: MIT
// Times of graphs in the configured zone, not the browser's: words, and round marks of an axis on days of 23 and 25
// hours too.
"use strict";
(function () {
  const kMinute = 60e3, kDay = 86400e3;
  // Lengths of steps between marks; days and months are walked on the calendar.
  const kTimes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * kMinute);
  const kDays = [1, 2, 7, 14];
  const kMonths = [1, 2, 3, 6, 12, 24, 60, 120, 240];

  function makeFormats(zone) {
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
      month: make({ month: "short" }),
      full: make({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
      parts: make({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }),
    };
  }

  function partsOf(formats, ms) {
    const p = {};
    for (const part of formats.parts.formatToParts(new Date(ms))) p[part.type] = part.value;
    return p;
  }
  /// What the clock shows, as if it were UTC.
  function localOf(formats, ms) {
    const p = partsOf(formats, ms);
    return Date.UTC(+p.year, +p.month - 1, +p.day, +p.hour, +p.minute);
  }
  /// The moment that shows this; one of two where a clock shows it twice.
  function momentOf(formats, local) {
    let ms = local;
    for (let i = 0; i < 2; ++i) ms += local - localOf(formats, ms);
    return ms;
  }
  /// "2026-11-23T17:40": as the From and To fields have it.
  function formTime(formats, ms) {
    const p = partsOf(formats, ms);
    return p.year + "-" + p.month + "-" + p.day + "T" + p.hour + ":" + p.minute;
  }

  function clockMarks(formats, from, to, step) {
    const marks = [];
    const walk = Math.min(step, 15 * kMinute);
    for (let ms = Math.ceil(from / walk) * walk; ms <= to; ms += walk) {
      const inDay = localOf(formats, ms) % kDay;
      if (inDay % step === 0) marks.push(inDay === 0 ? { v: ms, label: formats.day.format(ms), strong: true } : { v: ms, label: formats.clock.format(ms) });
    }
    return marks;
  }
  function calendarMarks(formats, from, to, next, word) {
    const marks = [];
    for (let local = next(null, localOf(formats, from)); marks.length < 100; local = next(local)) {
      const ms = momentOf(formats, local);
      if (ms > to) break;
      if (ms >= from) marks.push(word(local, ms));
    }
    return marks;
  }
  function ticks(formats, from, to, most) {
    const span = to - from;
    let marks = [];
    const fits = (length) => span / length <= most + 2;
    const enough = () => marks.length > 0 && marks.length <= most;
    for (const step of kTimes) {
      if (!fits(step)) continue;
      marks = clockMarks(formats, from, to, step);
      if (enough()) return marks;
    }
    for (const days of kDays) {
      if (!fits(days * kDay)) continue;
      const next = (local, start) => local === null ? Math.floor(start / kDay) * kDay : local + days * kDay;
      marks = calendarMarks(formats, from, to, next, (local, ms) => ({ v: ms, label: formats.day.format(ms), strong: days === 1 && new Date(local).getUTCDate() === 1 }));
      if (enough()) return marks;
    }
    for (const months of kMonths) {
      if (!fits(months * 30 * kDay)) continue;
      const next = (local, start) => {
        const at = new Date(local === null ? start : local);
        const count = at.getUTCFullYear() * 12 + at.getUTCMonth();
        const month = local === null ? Math.floor(count / months) * months : count + months;
        return Date.UTC(Math.floor(month / 12), month % 12, 1);
      };
      marks = calendarMarks(formats, from, to, next, (local, ms) => new Date(local).getUTCMonth() === 0
        ? { v: ms, label: String(new Date(local).getUTCFullYear()), strong: true } : { v: ms, label: formats.month.format(ms) });
      if (enough()) return marks;
    }
    return marks;
  }

  window.pastmon.time = { makeFormats, formTime, ticks };
})();
