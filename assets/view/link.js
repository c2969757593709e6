// A view as the query string of a link, by the table that geo_astana.link wrote.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const FRAME = [[-180, 180], [-90, 90], [0.5, 60], [-360, 360]];
  const NUMBER = /^-?\d{1,3}(\.\d{1,4})?$/;
  const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
  const STEP = /^[1-9]\d{0,2}$/;
  const SHOWN_LETTERS = 60;
  const MOST_MARKS = 60;

  /**
   * Read and write links.
   * @param {object} payload as made by geo_astana.payload.build
   * @param {object} lookups days by ISO text
   * @returns {object} read(query) → {values, wrong}, write(values) → query, sift(values)
   */
  ns.links = function (payload, lookups) {
    const kinds = Object.fromEntries(payload.link);
    const offered = { ...payload.choices, event: [...Object.keys(payload.events), ...Object.keys(payload.zones)] };

    /** The values of a query by key, and what was left out, as `key=value`. */
    function read(query) {
      const values = {};
      const wrong = [];
      // Of a key that is given twice the last holds.
      for (const [name, text] of new Map(new URLSearchParams(query))) {
        const kind = Object.hasOwn(kinds, name) ? kinds[name] : null;
        let value = null;
        if (kind === "set") {
          const members = text.split(",").filter(Boolean);
          value = offered[name].filter((word) => members.includes(word));
          for (const member of members) if (!offered[name].includes(member)) wrong.push(named(name, member));
        } else if (kind === "one") value = offered[name].includes(text) ? text : null;
        else if (kind === "day") value = lookups.day(text) === null ? null : text;
        else if (kind === "days") value = days(text);
        else if (kind === "marks") {
          const members = text.split(",").filter(Boolean);
          value = [...new Set(members.filter((member) => lookups.day(member) !== null))].slice(0, MOST_MARKS);
          for (const member of members) if (lookups.day(member) === null) wrong.push(named(name, member));
        } else if (kind === "frame") value = frame(text);
        else if (kind === "name") value = text.length <= SHOWN_LETTERS && NAME.test(text) ? text : null;
        else if (kind === "number") value = STEP.test(text) ? text : null;
        if (value === null && (text || !kind)) wrong.push(named(name, text));
        else if (value !== null && value.length) values[name] = value;
      }
      return { values, wrong };
    }

    /** The query of values, keys in the order of the table; empty ones are left out. */
    function write(values) {
      const parts = [];
      for (const [name, kind] of payload.link) {
        const value = values[name];
        if (!value || !value.length) continue;
        const members = kind === "set" ? offered[name].filter((word) => value.includes(word)) : value;
        parts.push(`${name}=${encodeURIComponent(spelled(name, members)).replace(/%2C/g, ",")}`);
      }
      return parts.join("&");
    }

    /** A value as a link spells it. */
    function spelled(name, value) {
      const members = [value].flat();
      if (kinds[name] === "frame") return members.map((number) => String(Number(Number(number).toFixed(4)))).join(",");
      return members.join(kinds[name] === "days" ? ".." : ",");
    }

    function days(text) {
      const ends = text.split("..");
      const [from, to] = ends.map(lookups.day);
      return ends.length === 2 && from !== null && to !== null && from < to ? ends : null;
    }

    function frame(text) {
      const numbers = text.split(",");
      const fits = numbers.length === FRAME.length && numbers.every((number, at) => NUMBER.test(number) && Number(number) >= FRAME[at][0] && Number(number) <= FRAME[at][1]);
      return fits ? numbers.map(Number) : null;
    }

    /** Its first letters; a letter of two units is one. */
    const begun = (text) => [...text.slice(0, 2 * SHOWN_LETTERS)].slice(0, SHOWN_LETTERS).join("");
    const named = (name, text) => `${begun(name)}=${begun(text)}${begun(text) === text ? "" : "…"}`;

    return {
      /** The keys of a link and their kinds. */
      keys: payload.link,
      read,
      write,
      /** The same as read, of values by key. */
      sift: (values) => read(Object.entries(values).map(([name, value]) => [name, spelled(name, value)])),
    };
  };
})();
