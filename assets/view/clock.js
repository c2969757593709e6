// The clock: play, steps, speed, an exact date, and the native range over the lanes.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  // Days a second while playing.
  const SPEEDS = [
    [7, "1 week/s"],
    [30, "1 month/s"],
    [90, "3 months/s"],
  ];

  /**
   * Build the clock.
   * @param {object} options lookups, get(), set(day, moving), onPlay(playing)
   * @returns {object} bar, slider, show, setRange, stop, playing
   */
  ns.mountClock = function (options) {
    const { lookups } = options;
    let timer = null;
    let speed = SPEEDS[1][0];
    let range = [0, lookups.last];

    const play = button("play", "Play");
    const previous = button("previous", "Previous change");
    const back = button("back", "One day back");
    const on = button("on", "One day on");
    const next = button("next", "Next change");
    const choice = element("select", { class: "speed", "aria-label": "Speed" });
    for (const [days, words] of SPEEDS) {
      choice.append(element("option", { value: days, selected: days === speed ? "" : null }, words));
    }
    const exact = element("input", { type: "text", class: "exact", inputmode: "numeric", maxlength: "10", "aria-label": "Go to a date, year-month-day", autocomplete: "off" });
    const slider = element("input", { type: "range", class: "slider", step: "1", "aria-label": "Date" });

    const go = (day) => options.set(Math.max(0, Math.min(lookups.last, day)));
    play.addEventListener("click", toggle);
    back.addEventListener("click", () => go(options.get() - 1));
    on.addEventListener("click", () => go(options.get() + 1));
    previous.addEventListener("click", () => step(0));
    next.addEventListener("click", () => step(1));
    choice.addEventListener("change", () => (speed = Number(choice.value)));
    slider.addEventListener("input", () => options.set(Number(slider.value), true));
    slider.addEventListener("change", () => options.set(Number(slider.value)));
    slider.addEventListener("keydown", onKey);
    exact.addEventListener("change", function () {
      const day = lookups.day(exact.value.trim());
      exact.setAttribute("aria-invalid", String(day === null));
      if (day === null) options.onWrong(exact.value);
      else go(day);
    });

    function step(which) {
      const change = lookups.changes(options.get())[which];
      if (change) go(change[0]);
    }

    /** Page keys go a month, Home and End to the ends of the range, C to a change. */
    function onKey(event) {
      const day = options.get();
      const to = { PageUp: day + 30, PageDown: day - 30, Home: range[0], End: range[1] }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      go(to);
    }

    function toggle() {
      if (timer) stop();
      else start();
    }

    function start() {
      let before = performance.now();
      let at = options.get() >= lookups.last ? 0 : options.get();
      const tick = function (now) {
        at += ((now - before) / 1000) * speed;
        before = now;
        if (at >= lookups.last) {
          options.set(lookups.last);
          stop();
          return;
        }
        if (Math.floor(at) !== options.get()) options.set(Math.floor(at), true);
        timer = requestAnimationFrame(tick);
      };
      timer = requestAnimationFrame(tick);
      play.classList.add("playing");
      play.setAttribute("aria-label", "Pause");
      options.onPlay(true);
    }

    function stop() {
      if (!timer) return;
      cancelAnimationFrame(timer);
      timer = null;
      play.classList.remove("playing");
      play.setAttribute("aria-label", "Play");
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
      range = [from, to];
      slider.min = from;
      slider.max = to;
    }

    function button(name, words) {
      return element("button", { type: "button", class: "clock-" + name, "aria-label": words, title: words });
    }

    return {
      buttons: [play, previous, back, on, next, choice, exact],
      slider,
      show,
      setRange,
      stop,
      toggle,
      playing: () => timer !== null,
    };
  };
})();
