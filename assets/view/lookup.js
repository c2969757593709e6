// Look up what Python decided: states, labels, the sentence. No rule of the field here.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const DAY_MS = 86400000;
  // As geo_astana.timeline counts: the letters {day} in a title are left as they are.
  const COUNTER = /(?:(?<=^day )|(?<= · day ))\{day\}(?=( of \d+)?$)/;

  /**
   * Wrap the payload with lookups. Days are numbers counted from the record's first day.
   * @param {object} payload as made by geo_astana.payload.build
   * @returns lookups used by every part of the view
   */
  ns.lookups = function (payload) {
    const first = Date.parse(payload.record[0] + "T00:00:00Z");
    const last = Math.round((Date.parse(payload.record[1] + "T00:00:00Z") - first) / DAY_MS);
    const starts = payload.states.map((state) => state[0]);
    const selection = ns.selection(payload);
    // Days of change of the selection, each with its first turn in words.
    let changes = [];
    let changeDays = [];
    choose({});

    /** Keep what a choice keeps from here on, in every lookup. */
    function choose(wanted) {
      selection.set(wanted);
      changes = payload.changes.map(([day, turns]) => [day, turns.find(selection.turn)]).filter(([, turn]) => turn);
      changeDays = changes.map(([day]) => day);
    }

    /** Position of the last number that is not after `day`. */
    function before(numbers, day) {
      let low = 0;
      let high = numbers.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (numbers[middle] <= day) low = middle + 1;
        else high = middle;
      }
      return low - 1;
    }

    return {
      last,
      /** The date of a day number, as a Date at UTC midnight. */
      date: (day) => new Date(first + day * DAY_MS),
      /** The ISO text of a day number. */
      iso: (day) => new Date(first + day * DAY_MS).toISOString().slice(0, 10),
      /** The day number of an ISO text, or null where it is none or off the record. */
      day: function (text) {
        if (!/^\d{4}-\d{2}-\d{2}$/.test(text || "")) return null;
        const time = Date.parse(text + "T00:00:00Z");
        if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) return null;
        const day = Math.round((time - first) / DAY_MS);
        return day < 0 || day > last ? null : day;
      },
      /** The same day of the month before or after, or that month's last day. */
      monthFrom: function (day, way) {
        const date = new Date(first + day * DAY_MS);
        const month = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + way, 1));
        const days = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 0)).getUTCDate();
        month.setUTCDate(Math.min(days, date.getUTCDate()));
        return Math.round((month.getTime() - first) / DAY_MS);
      },
      /** The state that holds on a day. */
      state: (day) => payload.states[Math.max(0, before(starts, day))],
      selection,
      choose,
      /** The cards of a state that the selection keeps, by position. */
      cards: (state) => (selection.any() ? state[2].filter(selection.card) : state[2]),
      /** What each thing shows in a state: its first kept mark wins. */
      first: function (state) {
        const found = new Map();
        for (const position of state[1]) {
          const mark = payload.marks[position];
          if (selection.mark(position) && !found.has(mark[0])) found.set(mark[0], mark);
        }
        return found;
      },
      /** The changes around a day: the last one before it and the first one after it. */
      changes: function (day) {
        const at = before(changeDays, day - 1);
        const next = before(changeDays, day) + 1;
        return [changes[at] || null, changes[next] || null].map((change) => change && [change[0], change[1][2]]);
      },
      /** A label with its day counted from the event's first day. */
      fill: (label, event, day) => label.replace(COUNTER, day - payload.events[event][4] + 1),
      /** What an English map of the day calls a place. */
      place: function (key, day) {
        const names = payload.labels[key];
        if (!Array.isArray(names)) return names || key;
        let found = names[0][1];
        for (const [from, name] of names) if (from <= day) found = name;
        return found;
      },
      sentence: (clauses) => joinClauses(clauses, payload.sentence, selection.any()),
    };
  };

  /**
   * The sentence of the kept clauses, as geo_astana.sentence.join writes it.
   * @param {Array<[string, string, string]>} clauses group, phrase, noun to count
   * @param {object} grammar as in the payload
   * @param {boolean} selected whether a selection left things out
   */
  function joinClauses(clauses, grammar, selected) {
    if (!clauses.length) return selected ? grammar.nothingChosen : grammar.nothing;
    const noTalks = selected ? grammar.noTalksChosen : grammar.noTalks;
    const said = clauses.some((clause) => clause[0] === "talks") ? [] : [noTalks];
    for (const [group, forms] of Object.entries(grammar.groups)) {
      const members = clauses.filter((clause) => clause[0] === group);
      if (group === "talks") {
        for (const member of members) said.push(capital(forms[0].replace("{}", () => member[1])));
      } else if (members.length) {
        const form = forms[members.length === 1 ? 0 : 1];
        said.push(capital(form.replace("{}", () => subjects(members, grammar.numbers))));
      }
    }
    return said.join(" ");
  }

  function subjects(members, numbers) {
    const words = [];
    const counted = new Set();
    for (const [, phrase, noun] of members) {
      const same = members.filter((other) => (other[2] || "") === (noun || "")).length;
      if (!noun || same === 1) {
        words.push(phrase);
      } else if (!counted.has(noun)) {
        counted.add(noun);
        words.push((numbers[same] || same) + " " + noun);
      }
    }
    if (words.length === 1) return words[0];
    return words.slice(0, -1).join(", ") + " and " + words[words.length - 1];
  }

  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  /** Text as Plotly shows it letter by letter: it reads tags and entities. */
  /** Whether the page stands in a frame of another. */
  ns.framed = window.parent !== window;

  /** Scroll what holds a node until it is seen; a page around ours stays where it is. */
  ns.reveal = function (node) {
    if (!ns.framed) return node.scrollIntoView({ block: "nearest" });
    let box = node.parentElement;
    while (box && box.scrollHeight <= box.clientHeight) box = box.parentElement;
    if (!box) return undefined;
    const [inner, outer] = [node.getBoundingClientRect(), box.getBoundingClientRect()];
    const [above, below] = [inner.top - Math.max(0, outer.top), inner.bottom - Math.min(window.innerHeight, outer.bottom)];
    return box.scrollBy(0, above < 0 ? above : Math.max(0, Math.min(above, below)));
  };

  ns.escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  /** Make an element: tag, attributes, children (text or elements). */
  ns.element = function (tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };
})();
