// Days in words.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const MONTHS = "January February March April May June July August September October November December".split(" ");
  const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

  ns.weekday = (date) => WEEKDAYS[date.getUTCDay()];
  ns.dayMonth = (date) => `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  ns.longDate = (date) => `${ns.dayMonth(date)} ${date.getUTCFullYear()}`;
  ns.shortDate = (date) => `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()].slice(0, 3)} ${date.getUTCFullYear()}`;

  /** Ticks of a view of few months: each month by name, years in bold; days if it is short. */
  ns.monthTicks = function (lookups, range, months) {
    const tickvals = [];
    const ticktext = [];
    for (let day = range[0]; day <= range[1]; day += 1) {
      const date = lookups.date(day);
      const first = date.getUTCDate() === 1;
      const week = months <= 2 && date.getUTCDay() === 1;
      const wanted = first && (months <= 16 || date.getUTCMonth() % 3 === 0);
      if (!wanted && !week) continue;
      const year = first && date.getUTCMonth() === 0;
      tickvals.push(lookups.iso(day));
      if (year) ticktext.push(`<b> ${date.getUTCFullYear()}</b>`);
      else ticktext.push(first ? ` ${MONTHS[date.getUTCMonth()].slice(0, 3)}` : ` ${date.getUTCDate()}`);
    }
    // A view inside one year names it at its first tick.
    if (!ticktext.some((text) => text.startsWith("<b>")) && tickvals.length) {
      ticktext[0] = `<b> ${tickvals[0].slice(0, 4)}</b>${ticktext[0]}`;
    }
    return { tickvals, ticktext };
  };
})();
