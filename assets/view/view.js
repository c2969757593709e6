// One view, mounted everywhere: maps, lanes, clock, day panel and legend.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  // After this many milliseconds without a step the state is committed to Plotly.
  const REST_MS = 80;

  /**
   * Mount the view.
   * @param {HTMLElement} container the element to fill
   * @param {object} data payload, settings, cards (a promise), figures {maps, lanes} by
   *   theme, topojsonURL; date and theme to begin with
   * @returns {Promise<object>} set, get, on, destroy
   */
  ns.mount = async function (container, data) {
    const { payload, settings } = data;
    const lookups = ns.lookups(payload);
    const listeners = { change: [], rest: [], wrong: [] };
    let theme = data.theme || "light";
    let day = lookups.day(data.date || "");
    if (day === null) day = lookups.day(payload.opens);
    let restTimer = null;
    let steps = 0;

    container.classList.add("geo-astana");
    container.dataset.theme = theme;

    const clock = ns.mountClock({
      lookups,
      get: () => day,
      set: (to, moving) => setDay(to, moving),
      onPlay: (playing) => container.classList.toggle("playing", playing),
      onWrong: (text) => emit("wrong", text),
    });
    const panel = ns.mountDay({
      payload,
      lookups,
      cards: data.cards,
      onStep: (to) => setDay(to),
    });
    const parts = build();
    const maps = await ns.mountMaps(parts.maps, {
      payload,
      settings,
      lookups,
      theme,
      figures: data.figures.maps,
      topojsonURL: data.topojsonURL,
    });
    const lanes = await ns.mountLanes(parts.lanes, {
      payload,
      lookups,
      theme,
      figures: data.figures.lanes,
      onPick: (to) => setDay(to),
    });
    maps.onOpen((event) => panel.open(event));
    const narrow = window.matchMedia("(max-width: 760px)");
    placeSlider();
    narrow.addEventListener("change", placeSlider);
    let touched = 0;
    await setRange(...payload.range.map(lookups.day));
    setDay(day);

    let resizing = null;
    const observer = new ResizeObserver(function () {
      cancelAnimationFrame(resizing);
      resizing = requestAnimationFrame(() => Promise.all([maps.resize(), lanes.resize()]).then(rest));
    });
    observer.observe(parts.maps);
    observer.observe(parts.lanes);

    /** The slider lies over the lanes; on a phone it is in the dock. */
    function placeSlider() {
      if (narrow.matches) parts.clock.insertBefore(clock.slider, parts.clock.querySelector(".clock-next"));
      else parts.lanes.querySelector(".lane-plot").append(clock.slider);
    }

    /** Show a day; `moving` says that another step will follow at once. */
    function setDay(to, moving) {
      const before = day;
      day = Math.max(0, Math.min(lookups.last, to));
      const [from, until] = lanes.range();
      if (day < from || day > until) setRange(0, lookups.last);
      const state = lookups.state(day);
      container.classList.add("moving");
      const first = lookups.first(state);
      touched = maps.show(first, day);
      lanes.show(first, day);
      const sentence = panel.show(state, day);
      showOffMap(first);
      clock.show(day, moving ? "" : sentence);
      steps += 1;
      clearTimeout(restTimer);
      restTimer = setTimeout(rest, REST_MS);
      if (before !== day || steps === 1) emit("change", { date: lookups.iso(day), moving: Boolean(moving) });
    }

    /** Nothing moves: commit to Plotly, say the date, let the link follow. */
    function rest() {
      if (clock.playing()) {
        restTimer = setTimeout(rest, REST_MS);
        return;
      }
      maps.commit();
      container.classList.remove("moving");
      clock.show(day, panel.sentence.textContent);
      emit("rest", { date: lookups.iso(day), sentence: panel.sentence.textContent });
    }

    function showOffMap(first) {
      for (const chip of parts.offMap.querySelectorAll("[data-mark]")) {
        const mark = first.get(chip.dataset.mark);
        chip.dataset.look = mark ? mark[1] : "";
        chip.dataset.track = mark ? payload.events[mark[2]][0] : "";
        const label = mark ? lookups.fill(mark[3], mark[2], day) : "";
        chip.lastChild.textContent = label ? ` ${label}` : "";
        chip.title = label;
        chip.disabled = !mark;
        chip.dataset.opens = mark ? mark[2] : "";
      }
    }

    async function setRange(from, to) {
      await lanes.setRange(from, to);
      clock.setRange(from, to);
      for (const choice of parts.ranges.children) {
        const [first, last] = choice.dataset.range.split(",").map(Number);
        choice.setAttribute("aria-pressed", String(first === from && last === to));
      }
      clock.show(day, "");
    }

    async function setTheme(name) {
      theme = name;
      container.dataset.theme = name;
      await Promise.all([maps.setTheme(name), lanes.setTheme(name)]);
      rest();
    }

    function build() {
      const mapBox = element("div", { class: "maps-plot", role: "img", "aria-label": "Two maps. What they show stands in the sentence and the list of the day." });
      const mapButtons = ["geo", "geo2"].map(mapControls);
      const titles = [element("h2", { class: "map-title first" }, "Where they talk"), element("h2", { class: "map-title second" }, "What it covers")];
      const mapArea = element("section", { class: "maps", "aria-label": "Maps" }, mapBox, ...titles, ...mapButtons);
      const offMap = element("div", { class: "off-map" }, element("span", {}, "Off this map:"));
      for (const [place, name] of payload.offMap) {
        const chip = element("button", { type: "button", "data-mark": "at:" + place, "data-look": "", disabled: "" }, element("b", {}, name), element("span", {}));
        chip.addEventListener("click", () => panel.open(chip.dataset.opens));
        offMap.append(chip);
      }
      const legend = element("section", { class: "legend", "aria-label": "Legend" }, ...LEGEND.map(legendEntry), offMap);
      const first = lookups.day(payload.range[0]);
      const last = lookups.day(payload.range[1]);
      const ranges = element("div", { class: "ranges", role: "group", "aria-label": "Years in view" }, rangeButton("All years", 0, lookups.last), rangeButton("2016–2018", first, last));
      const bar = element("section", { class: "clock", "aria-label": "Clock" }, ...clock.buttons, ranges);
      const lanesBox = element("section", { class: "lanes", "aria-label": "Timeline" });
      const head = element("div", { class: "day-head" }, ...panel.head);
      const rail = element("section", { class: "day", "aria-label": "The day" }, head, panel.sentence, panel.steps, panel.body);
      const main = element("div", { class: "stage" }, mapArea, legend, bar, lanesBox);
      container.replaceChildren(rail, main);
      return { maps: mapBox, lanes: lanesBox, clock: bar, offMap, ranges };
    }

    function rangeButton(words, from, to) {
      const button = element("button", { type: "button", "data-range": `${from},${to}`, "aria-pressed": "false" }, words);
      button.addEventListener("click", function () {
        if (day < from || day > to) setDay(Math.max(from, Math.min(to, day)));
        setRange(from, to);
      });
      return button;
    }

    function mapControls(key) {
      const words = key === "geo" ? "the region" : "Syria";
      const make = (name, label, act) => {
        const button = element("button", { type: "button", class: "map-" + name, "aria-label": `${label} ${words}`, title: label });
        button.addEventListener("click", act);
        return button;
      };
      return element("div", { class: "map-buttons " + key }, make("in", "Zoom in on", () => maps.zoomIn(key)), make("out", "Zoom out of", () => maps.zoomOut(key)), make("home", "Home view of", () => maps.home()));
    }

    function emit(name, detail) {
      for (const listener of listeners[name] || []) listener(detail);
    }

    return {
      /** Change the view: {date, theme}. A wrong value is ignored and told. */
      set: function (change) {
        if (change.theme && change.theme !== theme) setTheme(change.theme);
        if (change.date) {
          const to = lookups.day(change.date);
          if (to === null) emit("wrong", change.date);
          else if (to !== day) setDay(to);
        }
      },
      get: () => ({ date: lookups.iso(day), theme, sentence: panel.sentence.textContent }),
      on: (name, listener) => listeners[name].push(listener),
      open: panel.open,
      step: (to, moving) => setDay(to, moving),
      play: clock.toggle,
      nodes: maps.nodes,
      /** Marks and nodes of the maps that the last step touched. */
      touched: () => touched,
      lookups,
      destroy: function () {
        clock.stop();
        clearTimeout(restTimer);
        observer.disconnect();
        narrow.removeEventListener("change", placeSlider);
        maps.destroy();
        lanes.destroy();
        container.replaceChildren();
      },
    };
  };

  const LEGEND = [
    ["talks", "sitting today"],
    ["planned", "planned"],
    ["venue", "venue"],
    ["agreed", "agreed"],
    ["in-force", "in force"],
    ["contested", "contested"],
    ["lapsed", "earlier outline"],
    ["post", "post"],
  ];
  const legendEntry = ([look, words]) => element("span", { class: "entry" }, element("span", { class: "swatch", "data-swatch": "legend", "data-look": look, "aria-hidden": "true" }), words);
})();
