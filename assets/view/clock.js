// The clock: play, steps, speed, loop, an exact date, and the native range over the lanes.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  // Days a second while playing; 0 goes from change to change.
  const SPEEDS = [
    [7, "1 week/s"],
    [30, "1 month/s"],
    [90, "3 months/s"],
    [0, "1 change/s"],
  ];
  const UNITS = ["day", "week", "month"];
  // A longer pause between two frames is a page that slept: it goes on from where it was.
  const SLEPT_MS = 500;

  /**
   * Build the clock.
   * @param {object} options lookups, get(), set(day, moving), jump(day) for deliberate
   *   steps, range() in view, onPlay(playing), onWrong(text)
   * @returns {object} steps, more, slider, show, setRange, step, stop, toggle, playing
   */
  ns.mountClock = function (options) {
    const { lookups } = options;
    let timer = null;
    // Who wishes for little motion is shown one change after the other.
    let speed = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : SPEEDS[1][0];
    let looping = false;

    const play = button("play", "Play");
    const first = button("first", "First day of the record");
    const previous = button("previous", "Previous change");
    const back = button("back", "One day back");
    const on = button("on", "One day on");
    const next = button("next", "Next change");
    const last = button("last", "Last day of the record");
    const loop = button("loop", "Repeat the years in view");
    loop.setAttribute("aria-pressed", "false");
    const unit = select("unit", "Length of a step", UNITS.map((word) => [word, word]), "day");
    const pace = select("speed", "Speed of play", SPEEDS, speed);
    const exact = element("input", { type: "text", class: "exact", maxlength: "10", "aria-label": "Go to a date, year-month-day", autocomplete: "off", spellcheck: "false" });
    const slider = element("input", { type: "range", class: "slider", step: "1", "aria-label": "Date" });

    const clamp = (day) => Math.max(0, Math.min(lookups.last, day));
    play.addEventListener("click", toggle);
    first.addEventListener("click", () => options.jump(0));
    last.addEventListener("click", () => options.jump(lookups.last));
    back.addEventListener("click", () => step(-1, unit.value));
    on.addEventListener("click", () => step(1, unit.value));
    previous.addEventListener("click", () => step(-1, "change"));
    next.addEventListener("click", () => step(1, "change"));
    loop.addEventListener("click", function () {
      looping = !looping;
      loop.setAttribute("aria-pressed", String(looping));
    });
    unit.addEventListener("change", function () {
      name(back, `One ${unit.value} back`);
      name(on, `One ${unit.value} on`);
    });
    pace.addEventListener("change", () => (speed = Number(pace.value)));
    slider.addEventListener("input", () => options.set(Number(slider.value), true));
    slider.addEventListener("change", () => options.set(Number(slider.value)));
    exact.addEventListener("change", function () {
      const day = lookups.day(exact.value.trim());
      exact.setAttribute("aria-invalid", String(day === null));
      if (day === null) options.onWrong(exact.value);
      else options.jump(day);
    });

    /** One unit back (-1) or on (1); a change is where the selection changes. */
    function step(way, of) {
      const day = options.get();
      if (of === "change") {
        const change = lookups.changes(day)[way > 0 ? 1 : 0];
        if (change) options.jump(change[0]);
      } else if (of === "month") options.set(clamp(lookups.monthFrom(day, way)));
      else options.set(clamp(day + way * (of === "week" ? 7 : 1)));
    }

    function toggle() {
      if (timer) stop();
      else start();
    }

    function start() {
      const bounds = () => (looping ? options.range() : [0, lookups.last]);
      const again = () => options.get() >= bounds()[1] || options.get() < bounds()[0];
      let before = performance.now();
      let at = again() ? bounds()[0] : options.get();
      if (at !== options.get()) options.set(at, true);
      const tick = function (now) {
        timer = requestAnimationFrame(tick);
        // Somebody else may have set another day.
        if (Math.floor(at) !== options.get()) at = options.get();
        if (speed) {
          at += (Math.min(now - before, SLEPT_MS) / 1000) * speed;
          before = now;
        } else if (now - before >= 1000) {
          const change = lookups.changes(options.get())[1];
          at = change ? change[0] : bounds()[1];
          before = now;
        }
        if (at >= bounds()[1]) {
          if (looping) at = bounds()[0];
          else {
            options.set(bounds()[1]);
            stop();
            return;
          }
        }
        if (Math.floor(at) !== options.get()) options.set(Math.floor(at), true);
      };
      timer = requestAnimationFrame(tick);
      play.classList.add("playing");
      name(play, "Pause");
      options.onPlay(true);
    }

    function stop() {
      if (!timer) return;
      cancelAnimationFrame(timer);
      timer = null;
      play.classList.remove("playing");
      name(play, "Play");
      options.onPlay(false);
    }

    function show(day, sentence) {
      slider.value = day;
      const date = ns.shortDate(lookups.date(day));
      slider.setAttribute("aria-valuetext", sentence ? `${date}. ${sentence}` : date);
      if (document.activeElement !== exact) exact.value = lookups.iso(day);
      if (exact.value === lookups.iso(day)) exact.setAttribute("aria-invalid", "false");
    }

    function setRange(from, to) {
      slider.min = from;
      slider.max = to;
    }

    function button(kind, words) {
      return name(element("button", { type: "button", class: "clock-" + kind }), words);
    }

    function name(node, words) {
      node.setAttribute("aria-label", words);
      node.title = words;
      return node;
    }

    function select(kind, words, choices, chosen) {
      const node = element("select", { class: kind, "aria-label": words, title: words });
      for (const [value, text] of choices) node.append(element("option", { value, selected: value === chosen ? "" : null }, text));
      return node;
    }

    return {
      steps: [play, first, previous, back, unit, on, next, last],
      more: [pace, loop, exact],
      slider,
      show,
      setRange,
      step,
      stop,
      toggle,
      playing: () => timer !== null,
    };
  };
})();
