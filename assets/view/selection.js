// What the reader chose to see, kept by the same rule as geo_astana.selection.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});

  /**
   * A selection over the payload: six facets, each a set of words; an empty one chooses all.
   * @param {object} payload as made by geo_astana.payload.build
   * @returns {object} set, get, any, event, mark, card, thing, turn, events
   */
  ns.selection = function (payload) {
    const names = payload.link.filter((key) => key[1] === "set").map((key) => key[0]);
    const ids = Object.keys(payload.events);
    const written = (word) => word.replace(/ /g, "-");
    const look = payload.marks.map((mark) => written(payload.statusOf[mark[1].split(".")[0]]));
    const ever = everyStatus();
    let chosen = {};
    let any = false;
    let kept = new Set(ids);
    // By position, so that a step asks no set twice.
    let marks = payload.marks.map(() => true);
    let cards = payload.cards.map(() => true);
    set({});

    /** Every status that an event has on some day, by event. */
    function everyStatus() {
      const found = new Map(ids.map((id) => [id, new Set()]));
      payload.marks.forEach((mark, at) => found.get(mark[2]).add(look[at]));
      for (const card of payload.cards) found.get(card[1]).add(written(card[2]));
      return found;
    }

    /** Choose: {tracks: ["astana"], actors: …}; what is not named chooses all. */
    function set(wanted) {
      chosen = Object.fromEntries(names.map((name) => [name, new Set(wanted[name] || [])]));
      any = names.some((name) => chosen[name].size);
      kept = new Set(ids.filter((id) => keeps(chosen, id)));
      marks = payload.marks.map((mark, at) => kept.has(mark[2]) && status(look[at]));
      cards = payload.cards.map((card) => kept.has(card[1]) && status(written(card[2])));
    }

    function status(word) {
      return !chosen.status.size || chosen.status.has(word);
    }

    /** Whether a choice keeps an event, whatever its status on a day. */
    function keeps(choice, id) {
      const event = payload.events[id];
      const [zones, who] = Object.hasOwn(payload.facets, id) ? payload.facets[id] : [[], []];
      if (choice.tracks.size && !choice.tracks.has(event[0])) return false;
      if (choice.kinds.size && !choice.kinds.has(event[1])) return false;
      if (choice.zones.size && !zones.some((zone) => choice.zones.has(zone))) return false;
      if (!choice.actors.size && !choice.roles.size) return true;
      for (let at = 0; at < who.length; at += 2) {
        const actor = payload.choices.actors[who[at]];
        const role = payload.choices.roles[who[at + 1]];
        if ((!choice.actors.size || choice.actors.has(actor)) && (!choice.roles.size || choice.roles.has(role))) return true;
      }
      return false;
    }

    /** The events of a choice; with a status, those that ever had it. */
    function eventsOf(choice) {
      return ids.filter((id) => keeps(choice, id) && (!choice.status.size || [...ever.get(id)].some((word) => choice.status.has(word))));
    }

    return {
      set,
      /** The choice as lists, only the facets that leave something out. */
      get: () => Object.fromEntries(names.filter((name) => chosen[name].size).map((name) => [name, payload.choices[name].filter((word) => chosen[name].has(word))])),
      any: () => any,
      has: (name, word) => chosen[name].has(word),
      event: (id) => kept.has(id),
      mark: (position) => marks[position],
      card: (position) => cards[position],
      thing: (thing) => kept.has(thing[2]) && status(written(thing[3])),
      turn: (turn) => kept.has(turn[0]) && (status(written(turn[1])) || (turn.length > 3 && status(written(turn[3])))),
      events: () => eventsOf(chosen),
      /** How many events there would be with one word of a facet instead of its set. */
      count: (name, word) => eventsOf({ ...chosen, [name]: new Set([word]) }).length,
    };
  };
})();
