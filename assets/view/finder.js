// The finder: from words to events, places, actors, zones, people and dates.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  // From this many letters on a word may hold one typing error.
  const LEAST_MISTYPED = 5;
  // How well a word fits, best first; an event is as good as its worst word.
  const EXACT = 0;
  const TITLE = 1;
  const PLACE = 2;
  const ACTOR = 3;
  const SUMMARY = 4;
  const UNDER_WAY = 5;
  const NOTHING = 9;

  // Folding, as geo_astana.gazetteer.fold and geo_astana.catalogue.words do it.
  const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const ENDS = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
  const ARTICLE = new RegExp(
    `^(?:(?:al|el|a[dnrstzş]|e[dnrstzş]|a[sdt]h|e[sdt]h|at|et)[-${SPACE}]|the[${SPACE}]+|ال` +
      "|(?:эль|эш|эс|эр|эн|эт|эд|эз|аль|аш|ас|ар|ад|ан)-)"
  );
  const INNER_ARTICLE = new RegExp(`(?<=[${SPACE}-])(?:al|el|a[dnrstz]|e[dnrstz]|ash|esh|ال)[-${SPACE}]`, "g");
  const APART = new RegExp(`[${SPACE}\\-–'’‘\`ʿʾ´,./()«»"]+`, "g");
  const BETWEEN = new RegExp(`[${SPACE}!-&(-/:-@\\[-_{-~«·»،؛؟‐-―“”„…]+`);
  const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/g;
  const LETTERS = { ı: "i", ø: "o", đ: "d", ł: "l", أ: "ا", إ: "ا", آ: "ا", ى: "ي", ة: "ه", ـ: "" };

  /** Full case folding, which JavaScript lacks: through both cases and back. */
  function casefold(text) {
    return text
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replace(/ς/g, "σ")
      .replace(/[\u13f8-\u13fd\uab70-\uabbf]/g, (letter) => letter.toUpperCase());
  }

  /** A mark of a combining class other than 0: normal form sorts it before U+0345. */
  const combines = (mark) => mark === "\u0345" || !("\u0345" + mark).normalize("NFD").startsWith("\u0345");

  /** A name without case, diacritics, punctuation and articles. */
  ns.fold = function (name) {
    if (/^[A-Za-z0-9]*$/.test(name)) return name.toLowerCase();
    return casefold(name.replace(ENDS, "").normalize("NFKD"))
      .replace(/\p{M}/gu, (mark) => (combines(mark) ? "" : mark))
      .replace(/[ıøđłأإآىةـ]/g, (letter) => LETTERS[letter])
      .replace(ARTICLE, "")
      .replace(INNER_ARTICLE, "")
      .replace(APART, "");
  };

  /** The words of a text, each folded. */
  ns.words = (text) => text.replace(UNSEEN, "").split(BETWEEN).map(ns.fold).filter(Boolean);

  /** A word that is nothing but an article before another one. */
  const isArticle = (word) => ns.fold(word + "-x") === "x" || ns.fold(word + " x") === "x";

  /** The words to look for: a last article may be the start of a word still typed. */
  function wanted(text) {
    const all = ns.words(text);
    return [...new Set(all.filter((word, at) => at === all.length - 1 || !isArticle(word)))];
  }

  /** Whether `word` is the start of `other` but for one letter wrong, missing or swapped. */
  function nearly(word, other) {
    let at = 0;
    while (at < word.length && word[at] === other[at]) at++;
    const rest = word.slice(at);
    return (
      other.startsWith(rest.slice(1), at + 1) ||
      other.startsWith(rest.slice(1), at) ||
      other.startsWith(rest, at + 1) ||
      (rest.length > 1 && other.startsWith(rest[1] + rest[0] + rest.slice(2), at))
    );
  }

  /** Position of the first of sorted `words` that is not before `word`. */
  function from(words, word) {
    let low = 0;
    let high = words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (words[middle] < word) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Read the date in a text: a day, a month or a year of the record.
   * @returns {object|null} iso ends, what it is in words, the words that are no date
   */
  function readDate(text, months) {
    const number = (part) => String(part).padStart(2, "0");
    const inText = (pattern) => text.match(new RegExp(`(?:^|\\s)${pattern}(?=\\s|,|$)`, "i"));
    const names = months.map((month) => month.slice(0, 3)).join("|");
    let year, month, day, match;
    if ((match = inText("(\\d{4})-(\\d{1,2})(?:-(\\d{1,2}))?"))) [, year, month, day] = match;
    else if ((match = inText("(\\d{1,2})[./](\\d{1,2})[./](\\d{4})"))) [, day, month, year] = match;
    else if ((match = inText(`(?:(\\d{1,2})(?:st|nd|rd|th)?\\s+)?((?:${names})[a-z]*)\\.?,?\\s+(\\d{4})`))) [, day, month, year] = match;
    else if ((match = inText(`((?:${names})[a-z]*)\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})`))) [, month, day, year] = match;
    else if ((match = inText("(\\d{4})"))) [, year] = match;
    else return null;
    if (month && !/^\d/.test(month)) {
      month = months.findIndex((name) => name.toLowerCase().startsWith(month.toLowerCase())) + 1;
    }
    if (month !== undefined && (month < 1 || month > 12)) return null;
    const first = `${year}-${number(month || 1)}-${number(day || 1)}`;
    const last = day ? first : month ? `${year}-${number(month)}-${new Date(Date.UTC(year, month, 0)).getUTCDate()}` : `${year}-12-31`;
    if (new Date(Date.parse(first) || 0).toISOString().slice(0, 10) !== first) return null;
    const words = [day && Number(day), month && months[month - 1], year].filter(Boolean).join(" ");
    return { first, last, words, rest: text.replace(match[0], " ") };
  }

  /**
   * Everything that can be found, by the start of its words.
   * @param {object} payload as made by geo_astana.payload.build
   * @param {object} lookups as made by ns.lookups
   * @param {object} index as made by geo_astana.catalogue.index
   * @returns {object} find(text), why(hit), called(name, label), examples, events in the order of the record
   */
  ns.finder = function (payload, lookups, index) {
    const events = index.events.map(function ([id, place, zones, rounds, people]) {
      const told = payload.events[id];
      return { id, told, place, zones, people, rounds: rounds.map(ns.fold), from: told[4], to: told[5] === null ? lookups.last : told[5] };
    });
    // What has names: places, zones, actors and people, each with the events it leads to.
    const named = (kind, rank, list) => list.map(function ([label, names]) {
      return { kind, rank, label, names, spoken: names.map((name) => ns.words(name).join(" ")), events: [] };
    });
    const places = named("place", PLACE, index.places);
    const zones = named("zone", PLACE, index.zones);
    const actors = named("actor", ACTOR, index.actors);
    const persons = named("person", ACTOR, index.people.map((name) => [name, [name]]));
    const things = [...places, ...zones, ...actors, ...persons];
    // Each word and where it stands: [event, rank], [thing, name] and roles.
    const standing = new Map();

    function at(word) {
      let found = standing.get(word);
      if (!found) standing.set(word, (found = { events: [], things: [], roles: [] }));
      return found;
    }

    events.forEach(function (event, position) {
      const [track, kind, title, short] = event.told;
      event.where = ns.words(event.told[7]).join(" ");
      event.title = ns.words(title).join(" ");
      const spoken = ns.words([title, short, track, payload.tracks[track], kind.replace("_", " ")].join(" "));
      const first = new Set([...spoken, ...event.rounds]);
      for (const word of first) at(word).events.push([position, TITLE]);
      for (const word of index.events[position][5].split(" ")) {
        if (word && !first.has(word)) at(word).events.push([position, SUMMARY]);
      }
      const leading = new Set([places[event.place], ...event.zones.map((zone) => zones[zone])]);
      for (const [actor, , person] of event.people) leading.add(actors[actor]).add(persons[person]);
      for (const thing of leading) if (thing) thing.events.push(position);
    });
    for (const thing of things) {
      thing.spoken.forEach(function (spoken, position) {
        const words = spoken.split(" ");
        for (const word of new Set([...words, words.join("")])) at(word).things.push([thing, position]);
      });
    }
    index.roles.forEach(([role], position) => ns.words(`${role} ${payload.roles[role] || ""}`).forEach((word) => at(word).roles.push(position)));
    const vocabulary = [...standing.keys()].sort((one, other) => (one < other ? -1 : 1));

    /** All that one word of the query meets. */
    function meet(word, mistyped) {
      const met = { word, ranks: new Uint8Array(events.length).fill(NOTHING), things: new Map(), roles: new Set() };
      const take = function (spoken) {
        const found = standing.get(spoken);
        const whole = spoken === word || !/^\d+$/.test(word);
        for (const [event, rank] of found.events) {
          if (rank < met.ranks[event] && (whole || rank !== SUMMARY)) met.ranks[event] = rank;
        }
        for (const [thing, name] of found.things) {
          if (!met.things.has(thing)) met.things.set(thing, new Set());
          met.things.get(thing).add(name);
        }
        for (const role of found.roles) met.roles.add(role);
      };
      for (let place = from(vocabulary, word); place < vocabulary.length && vocabulary[place].startsWith(word); place++) take(vocabulary[place]);
      if (mistyped && word.length >= LEAST_MISTYPED) {
        for (const spoken of vocabulary) if (nearly(word, spoken)) take(spoken);
      }
      for (const thing of met.things.keys()) {
        for (const event of thing.events) if (thing.rank < met.ranks[event]) met.ranks[event] = thing.rank;
      }
      return met;
    }

    const names = ([actor, , person], met) => met.things.has(actors[actor]) || met.things.has(persons[person]);

    /** Whether a participation is by whom the word names, or in the role it names. */
    const bears = (participation, met) => met.roles.has(participation[1]) || names(participation, met);

    /** How well all words fit an event; NOTHING where one does not. */
    function rank(position, query) {
      let worst = TITLE;
      for (const met of query) {
        const best = Math.min(met.ranks[position], met.roles.size ? ofRole(events[position], met, query) : NOTHING);
        if (best === NOTHING) return NOTHING;
        worst = Math.max(worst, best);
      }
      return worst;
    }

    /** A role counts for the actors that the other words name, where they name any. */
    function ofRole(event, met, query) {
      const others = query.filter((other) => other !== met && event.people.some((one) => names(one, other)));
      const fits = (one) => met.roles.has(one[1]) && others.every((other) => bears(one, other));
      return event.people.some(fits) ? ACTOR : NOTHING;
    }

    const isExact = (event, query, joined) =>
      event.title === joined || query.some((met) => event.rounds.includes(met.word));

    /** The name of a thing that holds every word, or -1. */
    function nameOf(thing, query) {
      const [first, ...others] = query.map((met) => met.things.get(thing));
      if (!first || others.some((other) => !other)) return -1;
      const common = [...first].filter((name) => others.every((other) => other.has(name)));
      const asked = query.map((met) => met.word).join(" ");
      const whole = common.filter((name) => thing.spoken[name] === asked);
      const label = common.filter((name) => thing.names[name] === thing.label);
      return [...whole, ...label, ...common, ...first][0];
    }

    function match(text, mistyped) {
      const date = readDate(text, index.months);
      const span = date && [date.first, date.last].map(lookups.day);
      const within = span && span[0] !== null && span[1] !== null ? span : null;
      const words = wanted(text);
      const query = words.map((word) => meet(word, mistyped));
      const joined = words.join(" ");
      const rest = within ? wanted(date.rest).map((word) => meet(word, mistyped)) : [];
      const found = [];
      events.forEach(function (event, position) {
        let best = words.length ? rank(position, query) : NOTHING;
        if (best === TITLE && isExact(event, query, joined)) best = EXACT;
        let running = false;
        let asked = query;
        if (within && best > TITLE && event.from <= within[1] && event.to >= within[0]) {
          const fit = rank(position, rest);
          const begins = event.from >= within[0];
          const dated = fit === NOTHING || begins ? fit : Math.max(fit, UNDER_WAY);
          if (dated < best) {
            best = dated;
            running = !begins;
            asked = rest;
          }
        }
        if (best < NOTHING) found.push({ position, event, rank: best, running, query: asked });
      });
      found.sort((one, other) => one.rank - other.rank || (one.running ? -1 : 1) * (one.event.from - other.event.from));
      const goTo = within && !ns.words(date.rest).length ? { day: within[0], words: date.words } : null;
      const groups = [];
      for (const thing of query.length && !goTo ? query[0].things.keys() : []) {
        const name = nameOf(thing, query);
        if (name >= 0) groups.push({ thing, name, whole: thing.spoken[name] === joined });
      }
      groups.sort((one, other) => other.whole - one.whole || other.thing.events.length - one.thing.events.length);
      const exact = found.filter((hit) => hit.rank === EXACT).length;
      return { words, date, goTo, groups, found, exact, mistyped };
    }

    /** What a text finds: a date to go to, things by name, events, best first. */
    function find(text) {
      const plain = match(text, false);
      const some = plain.goTo || plain.groups.length || plain.found.length;
      return some || !plain.words.some((word) => word.length >= LEAST_MISTYPED) ? plain : match(text, true);
    }

    /** A name in its own direction of writing, and whose name it is. */
    const called = (name, label) => `\u2068${name}\u2069, name of ${label}`;

    /** Why an event was found, where its row does not show it. */
    function why(hit) {
      const { event, query } = hit;
      const reasons = new Set();
      const open = query.filter((met) => met.ranks[hit.position] !== TITLE);
      const place = places[event.place];
      const placed = open.filter((met) => met.things.has(place));
      if (placed.length) {
        const name = nameOf(place, placed);
        if (place.spoken[name] !== event.where) reasons.add(called(place.names[name], event.told[7]));
      }
      const zone = event.zones.map((one) => zones[one]).find((one) => open.some((met) => met.things.has(one)));
      if (zone && open.some((met) => met.things.has(zone) && !placed.includes(met))) reasons.add(zone.label);
      let left = open.filter((met) => !placed.includes(met) && !(zone && met.things.has(zone)));
      while (left.length) {
        const shared = event.people.map((person) => left.filter((met) => bears(person, met)));
        const most = shared.reduce((best, mets) => (mets.length > best.length ? mets : best), []);
        if (!most.length) {
          reasons.add("in the summary");
          break;
        }
        reasons.add(told(event.people[shared.indexOf(most)], most));
        left = left.filter((met) => !most.includes(met));
      }
      if (hit.running) reasons.add("under way then");
      return [...reasons].join(" · ");
    }

    /** An actor or a person with the role, and the name it was found by. */
    function told([actor, role, person], query) {
      const by = (thing) => query.filter((met) => met.things.has(thing));
      const who = by(persons[person]).length ? persons[person] : actors[actor];
      const naming = by(who);
      const name = naming.length ? who.names[nameOf(who, naming)] : who.label;
      return index.roles[role][1].replace("{}", () => (name === who.label ? name : `${who.label} (\u2068${name}\u2069)`));
    }

    return { find, why, called, events, examples: index.examples };
  };
})();
