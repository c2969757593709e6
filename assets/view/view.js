// One view, mounted everywhere: maps, timeline, clock, day, drawer, filter and legend.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  // After so many milliseconds without a step the state is committed to Plotly; while
  // the slider is held or the clock plays another step may take longer to come.
  const REST_MS = 80;
  const HELD_MS = 240;
  const SUBPLOTS = { region: "geo", syria: "geo2" };
  // Looks of the legend, their words, and the status that a press leaves.
  const LEGEND = (ns.LEGEND = [
    ["talks", "sitting today", "held"],
    ["planned", "planned", "planned"],
    ["venue", "venue", ""],
    ["agreed", "agreed", "agreed"],
    ["in-force", "in force", "in-force"],
    ["contested", "contested", "contested"],
    ["lapsed", "earlier outline", "lapsed"],
    ["post", "post", "standing"],
  ]);

  /**
   * Mount the view.
   * @param {HTMLElement} container the element to fill
   * @param {object} data payload, settings, cards (a promise), details() → a promise,
   *   figures {maps, lanes} by theme, topojsonURL, address of the page without its query;
   *   query of the link to begin with, theme where the link names none; only, the one
   *   subplot that is drawn; domains as for the maps; without, a list of "maps" or
   *   "lanes"; docked, whether the slider stands in the clock at any width and there
   *   is no filter; still, whether a drag leaves the maps where they are; keys, a page's own as for the keys;
   *   told(day, sentence), what is said at rest; mark() where a day can be bookmarked
   * @returns {Promise<object>} set, restore, get, on, open, step, play, keys, destroy …
   */
  ns.mount = async function (container, data) {
    const { payload, settings } = data;
    const lookups = ns.lookups(payload);
    const links = ns.links(payload, lookups);
    const { values, wrong } = links.read(data.query || "");
    const listeners = { change: [], rest: [], chosen: [], arrive: [], search: [], say: [], play: [] };
    let theme = values.theme || data.theme || "light";
    // Whether the reader chose the theme, so that links name it.
    let themed = Boolean(values.theme);
    // While a link is restored nothing is a step of its own.
    let quiet = false;
    let day = lookups.day(values.date || payload.opens);
    let restTimer = null;
    let steps = 0;
    let touched = 0;
    lookups.choose(values);

    container.classList.add("geo-astana");
    container.dataset.theme = theme;

    const clock = ns.mountClock({
      lookups,
      get: () => day,
      set: (to, moving) => setDay(to, moving),
      jump: (to) => deliberately(() => setDay(to)),
      range: () => lanes.range(),
      onPlay: function (playing) {
        container.classList.toggle("playing", playing);
        emit("play", playing);
      },
      onWrong: (text) => emit("say", `“${text}” is no date of the record, which runs from ${payload.record.join(" to ")}.`),
    });
    const panel = ns.mountDay({
      payload,
      lookups,
      cards: data.cards,
      onStep: (to) => deliberately(() => setDay(to)),
      onOpen: (id) => drawer.open(id, { focus: true }),
      onAll: () => choose({}),
    });
    const filter = ns.mountFilter({ payload, lookups, onChoose: choose, onClose: () => showRail("day") });
    const drawer = ns.mountDrawer({
      payload,
      lookups,
      details: data.details,
      onOpen: () => deliberately(() => showRail("drawer")),
      onClose: () => deliberately(() => showRail("day")),
      onStep: (to) => deliberately(() => setDay(to)),
      link: (id) => `${data.address}?${links.write({ ...get(), event: id })}`,
      onSay: (text) => emit("say", text),
    });
    const keys = ns.mountKeys({
      step: clock.step,
      ends: (way, all) => deliberately(() => setDay((all ? [0, lookups.last] : lanes.range())[way > 0 ? 1 : 0])),
      play: clock.toggle,
      zoom: (way) => (way ? (way > 0 ? lanes.zoomIn() : lanes.zoomOut()) : lanes.setRange(0, lookups.last)),
      filter: () => data.docked || toggleFilter(),
      search: () => data.docked || emit("search"),
      close: onEscape,
      mark: data.mark,
    }, data.keys);
    const parts = build();
    const without = (part) => (data.without || []).includes(part);
    const maps = await (without("maps") ? ns.noMaps : ns.mountMaps)(parts.maps, {
      payload,
      settings,
      lookups,
      theme,
      figures: data.only ? ns.onlyOf(data.figures.maps, data.only) : data.figures.maps,
      topojsonURL: data.topojsonURL,
      domains: data.domains,
      still: data.still,
      frames: framesOf(values),
      onMove: () => rest(),
    });
    const lanes = await (without("lanes") ? ns.noLanes : ns.mountLanes)(parts.lanes, {
      payload,
      lookups,
      theme,
      figures: data.figures.lanes,
      range: opening(values).map(lookups.day),
      onPick: pick,
      onRange: showRange,
      onFacet: filter.toggle,
    });
    maps.onOpen((event) => drawer.open(event, { focus: true }));
    const narrow = window.matchMedia("(max-width: 760px)");
    place();
    narrow.addEventListener("change", place);
    showRange(...lanes.range());
    showChosen();
    setDay(day);
    quietly(() => values.event && drawer.open(values.event, { focus: false }));

    let resizing = null;
    const observer = new ResizeObserver(function () {
      cancelAnimationFrame(resizing);
      resizing = requestAnimationFrame(() => Promise.all([maps.resize(), lanes.resize()]).then(rest));
    });
    observer.observe(parts.maps);
    observer.observe(parts.lanes);

    /**
     * The slider lies over the density; on a phone it is in the dock, and what is less
     * needed stands over the timeline.
     */
    function place() {
      const phone = narrow.matches;
      if (phone || data.docked) parts.clock.insertBefore(clock.slider, parts.clock.querySelector(".clock-next"));
      else lanes.plot.append(clock.slider);
      if (phone) parts.lanes.before(parts.tools);
      else parts.clock.append(parts.tools);
    }

    /** Show a day; `moving` says that another step will follow at once. */
    function setDay(to, moving) {
      const before = day;
      day = Math.max(0, Math.min(lookups.last, to));
      lanes.turnTo(day);
      const state = lookups.state(day);
      container.classList.add("moving");
      const first = lookups.first(state);
      touched = maps.show(first, day);
      lanes.show(first, day);
      const sentence = panel.show(state, day);
      drawer.show(day);
      showOffMap(first);
      clock.show(day, moving ? "" : sentence);
      steps += 1;
      clearTimeout(restTimer);
      restTimer = setTimeout(rest, moving ? HELD_MS : REST_MS);
      if (before !== day || steps === 1) emit("change", { date: lookups.iso(day), moving: Boolean(moving) });
    }

    /** Nothing moves: commit to Plotly, say the date, let the link follow. */
    function rest() {
      clearTimeout(restTimer);
      if (clock.playing()) {
        restTimer = setTimeout(rest, REST_MS);
        return;
      }
      maps.commit();
      lanes.follow();
      container.classList.remove("moving");
      const sentence = panel.sentence.textContent;
      clock.show(day, sentence);
      // The slider says its own value; to say it twice would be one time too many.
      const told = data.told ? data.told(day, sentence) : `${ns.longDate(lookups.date(day))}. ${sentence}`;
      if (document.activeElement !== clock.slider && parts.said.textContent !== told) parts.said.textContent = told;
      emit("rest", { date: lookups.iso(day), sentence });
    }

    /** A step that Back undoes: the address before it stays in the history. */
    function deliberately(act) {
      act();
      if (!quiet) emit("arrive");
    }

    function quietly(act) {
      quiet = true;
      act();
      quiet = false;
    }

    /** The years first in view of a link; a day outside the usual ones is shown among all. */
    function opening(wanted) {
      const [from, to] = payload.range;
      const at = wanted.date || payload.opens;
      return wanted.range || (at < from || at > to ? payload.record : payload.range);
    }

    /** A day picked in the lanes, with the thing that was clicked. */
    function pick(to, moving, event) {
      setDay(to, moving);
      if (event) panel.open(event);
    }

    /** What stands in the rail: the day, the drawer of an event, or the filter. */
    function showRail(name) {
      const left = container.dataset.rail;
      if (name !== "drawer" && drawer.current()) drawer.close();
      if (name !== "filter") filter.close();
      container.dataset.rail = name;
      if (name === "filter") filter.open();
      else if (left === "filter" && name === "day") parts.filterButton.focus();
      parts.filterButton.setAttribute("aria-expanded", String(name === "filter"));
    }

    function toggleFilter() {
      showRail(container.dataset.rail === "filter" ? "day" : "filter");
    }

    function onEscape(event) {
      if (drawer.current()) drawer.close();
      else if (container.dataset.rail === "filter") showRail("day");
      else return;
      event.preventDefault();
    }

    /** Follow a new choice everywhere: maps, lanes, cards, counts and link. */
    function choose(wanted) {
      deliberately(function () {
        lookups.choose(wanted);
        lanes.choose();
        showChosen();
        panel.choose();
        setDay(day);
      });
      emit("chosen");
    }

    function showChosen() {
      filter.show();
      const any = lookups.selection.any();
      parts.chosen.textContent = any ? filter.words() : "";
      parts.filterButton.textContent = any ? `Filter: ${lookups.selection.events().length} of ${Object.keys(payload.events).length}` : "Filter";
      parts.filterButton.title = parts.chosen.textContent;
      parts.clear.hidden = !any;
      container.classList.toggle("filtered", any);
      for (const entry of parts.legend.querySelectorAll("button[data-status]")) {
        const on = lookups.selection.has("status", entry.dataset.status);
        entry.setAttribute("aria-pressed", String(on));
        entry.classList.toggle("off", Boolean(lookups.selection.get().status) && !on);
      }
    }

    function showOffMap(first) {
      for (const chip of parts.offMap.querySelectorAll("[data-mark]")) {
        const mark = first.get(chip.dataset.mark);
        const look = mark ? mark[1] : "";
        const label = mark ? lookups.fill(mark[3], mark[2], day) : "";
        if (chip.dataset.look === look && chip.title === label) continue;
        chip.dataset.look = look;
        chip.dataset.track = mark ? payload.events[mark[2]][0] : "";
        chip.lastChild.textContent = label ? ` ${label}` : "";
        chip.title = label;
        chip.disabled = !mark;
        chip.dataset.opens = mark ? mark[2] : "";
      }
    }

    function showRange(from, to) {
      clock.setRange(from, to);
      for (const choice of parts.ranges.children) {
        const days = choice.dataset.days ? to - from === Number(choice.dataset.days) : choice.dataset.range === `${from},${to}`;
        choice.setAttribute("aria-pressed", String(days));
      }
      clock.show(day, "");
      clearTimeout(restTimer);
      restTimer = setTimeout(rest, REST_MS);
    }

    async function setTheme(name) {
      theme = name;
      container.dataset.theme = name;
      await Promise.all([maps.setTheme(name), lanes.setTheme(name)]);
      rest();
    }

    function build() {
      const mapBox = element("div", { class: "maps-plot", role: "img", "aria-label": "Two maps. What they show stands in the sentence and the list of the day." });
      const mapButtons = Object.entries(SUBPLOTS).map(mapControls);
      const titles = [element("h2", { class: "map-title first" }, "Where they talk"), element("h2", { class: "map-title second" }, "What it covers")];
      const mapArea = element("section", { class: "maps", "aria-label": "Maps" }, mapBox, ...titles, ...mapButtons);
      const offMap = element("div", { class: "off-map" }, element("span", {}, "Off this map:"));
      for (const [place, name] of payload.offMap) {
        const chip = element("button", { type: "button", "data-mark": "at:" + place, "data-look": "", disabled: "" }, element("b", {}, name), element("span", {}));
        chip.addEventListener("click", () => drawer.open(chip.dataset.opens, { focus: true }));
        offMap.append(chip);
      }
      const legend = element("section", { class: "legend", "aria-label": "Legend; press to show only these" }, ...LEGEND.map(legendEntry), offMap);
      const filterButton = element("button", { type: "button", class: "plain filter-button", "aria-expanded": "false" }, "Filter");
      filterButton.addEventListener("click", toggleFilter);
      const chosen = element("span", { class: "chosen" });
      const clear = element("button", { type: "button", class: "plain clear", "aria-label": "Show all events", title: "Show all", hidden: "" }, "×");
      clear.addEventListener("click", () => choose({}));
      const [first, last] = payload.range.map(lookups.day);
      const ranges = element("div", { class: "ranges", role: "group", "aria-label": "Years in view" }, rangeButton("All", () => [0, lookups.last], `0,${lookups.last}`), rangeButton("2016–2018", () => [first, last], `${first},${last}`), rangeButton("Year", () => around(364), "", 364), rangeButton("3 months", () => around(91), "", 91));
      const tools = element("div", { class: "tools" }, ...clock.more, element("span", { class: "gap" }), chosen, clear, filterButton, ranges);
      const bar = element("section", { class: "clock", "aria-label": "Clock" }, ...clock.steps, tools);
      const lanesBox = element("section", { class: "lanes", "aria-label": "Timeline" });
      const head = element("div", { class: "day-head" }, ...panel.head);
      const day_ = element("section", { class: "day rail", "aria-label": "The day" }, head, panel.sentence, panel.steps, panel.body);
      const said = element("p", { class: "said", role: "status" });
      const main = element("div", { class: "stage" }, mapArea, legend, bar, lanesBox);
      container.dataset.rail = "day";
      container.replaceChildren(day_, drawer.node, filter.node, main, said, keys.dialog);
      return { maps: mapBox, lanes: lanesBox, clock: bar, tools, legend, offMap, ranges, filterButton, chosen, clear, said, day: day_ };
    }

    /** A view of so many days with the day shown in its middle. */
    function around(days) {
      const from = Math.max(0, Math.min(lookups.last - days, day - Math.round(days / 2)));
      return [from, from + days];
    }

    function rangeButton(words, range, ends, days) {
      const button = element("button", { type: "button", "data-range": ends, "data-days": days, "aria-pressed": "false" }, words);
      button.addEventListener("click", () =>
        deliberately(function () {
          const [from, to] = range();
          lanes.setRange(from, to);
          if (day < from || day > to) setDay(Math.max(from, Math.min(to, day)));
        }),
      );
      return button;
    }

    function mapControls([name, key]) {
      const words = name === "region" ? "the region" : "Syria";
      const make = (kind, label, act) => {
        const button = element("button", { type: "button", class: "map-" + kind, "aria-label": `${label} ${words}`, title: label });
        button.addEventListener("click", act);
        return button;
      };
      return element("div", { class: "map-buttons " + key }, make("in", "Zoom in on", () => maps.zoomIn(key)), make("out", "Zoom out of", () => maps.zoomOut(key)), make("home", "Home view of", () => maps.home()));
    }

    function legendEntry([look, words, status]) {
      const swatch = element("span", { class: "swatch", "data-swatch": "legend", "data-look": look, "aria-hidden": "true" });
      if (!status) return element("span", { class: "entry" }, swatch, words);
      const button = element("button", { type: "button", class: "entry", "data-status": status, "aria-pressed": "false", title: `Show only: ${words}` }, swatch, words);
      button.addEventListener("click", () => filter.toggle("status", [status]));
      return button;
    }

    function framesOf(wanted) {
      return Object.fromEntries(Object.entries(SUBPLOTS).flatMap(([name, key]) => (wanted[name] ? [[key, wanted[name]]] : [])));
    }

    function emit(name, detail) {
      for (const listener of listeners[name]) listener(detail);
    }

    /** The whole state by the keys of a link; what is as it opens is left out. */
    function get() {
      const range = lanes.range().map(lookups.iso);
      const frames = maps.frames();
      const moved = Object.entries(SUBPLOTS).flatMap(([name, key]) => (frames[key] ? [[name, frames[key]]] : []));
      return {
        date: lookups.iso(day),
        ...(range.join() === payload.range.join() ? {} : { range }),
        ...lookups.selection.get(),
        ...(drawer.current() ? { event: drawer.current() } : {}),
        ...Object.fromEntries(moved),
        ...(themed ? { theme } : {}),
      };
    }

    /** Change what is named, by the keys of a link; a wrong value is told and left. */
    function set(asked) {
      const { values: known, wrong: unknown } = links.sift(Object.fromEntries(Object.entries(asked).filter(([, value]) => !isEmpty(value))));
      if (unknown.length) emit("say", `The record does not know ${unknown.map((pair) => `“${pair}”`).join(", ")}.`);
      const change = { ...Object.fromEntries(Object.entries(asked).filter(([, value]) => isEmpty(value))), ...known };
      quietly(function () {
        if (change.theme) {
          themed = true;
          follow(change.theme);
        }
        if (change.range) lanes.setRange(...change.range.map(lookups.day));
        if (change.date) {
          const to = lookups.day(change.date);
          if (to !== day) setDay(to);
        }
        if (payload.link.some(([name, kind]) => kind === "set" && name in change)) {
          choose({ ...lookups.selection.get(), ...change });
        }
        if ("region" in change || "syria" in change) maps.setFrames(framesOf({ ...named(maps.frames()), ...change }));
        if (change.event && change.event !== drawer.current()) drawer.open(change.event, { focus: false });
        if (change.event === "") drawer.close();
      });
    }

    /** Whether a value says that a key is as the view opens. */
    const isEmpty = (value) => value === null || value === undefined || value.length === 0;

    /** Take a theme without putting it into links. */
    function follow(name) {
      if (name !== theme) setTheme(name);
    }

    const named = (frames) => Object.fromEntries(Object.entries(SUBPLOTS).map(([name, key]) => [name, frames[key]]));

    return {
      set,
      /** Show exactly what a link says; what it does not name is as the view opens. */
      restore: function (query) {
        const sets = payload.link.filter((key) => key[1] === "set").map((key) => [key[0], []]);
        const asked = links.read(query).values;
        set({ ...Object.fromEntries(sets), date: payload.opens, event: "", region: null, syria: null, ...asked, range: opening(asked) });
      },
      follow,
      get,
      /** What the link asked for, and which of it was wrong, as `key=value`. */
      asked: { values, wrong },
      links,
      theme: () => theme,
      on: (name, listener) => listeners[name].push(listener),
      open: (id) => drawer.open(id, { focus: true }),
      /** Go to a day, and to the card of an event there. */
      jump: (to, event) =>
        deliberately(function () {
          setDay(to);
          if (event) panel.open(event);
        }),
      focus: () => clock.slider.focus(),
      welcome: (node) => parts.day.insertBefore(node, panel.body),
      step: (to, moving) => setDay(to, moving),
      /** One unit back (-1) or on (1): day, week, month or change. */
      stepBy: clock.step,
      play: clock.toggle,
      /** The marks that show, with their look, event and words. */
      items: () => [...lookups.first(lookups.state(day)).values()].map(([mark, look, event, words]) => ({ mark, look, event, words: lookups.fill(words, event, day) })),
      /** The sentence of the day shown, or of another. */
      sentence: (date) => (date ? lookups.sentence(lookups.cards(lookups.state(lookups.day(date))).map((position) => payload.cards[position][4]).filter(Boolean)) : panel.sentence.textContent),
      keys: keys.open,
      nodes: maps.nodes,
      /** Marks and nodes of the maps that the last step touched. */
      touched: () => touched,
      lookups,
      destroy: function () {
        clock.stop();
        clearTimeout(restTimer);
        observer.disconnect();
        narrow.removeEventListener("change", place);
        keys.destroy();
        maps.destroy();
        lanes.destroy();
        container.replaceChildren();
      },
    };
  };
})();
