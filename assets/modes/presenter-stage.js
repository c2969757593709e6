// What the audience sees: date and words large, the maps, the years, a thin line.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  // The maps stand side by side from this aspect of their box on; the left takes so much.
  const BESIDE_ASPECT = 1.2;
  const SHARE = 0.58;
  // Above each other the region is not wider than this aspect, and takes half at most.
  const REGION_ASPECT = 1.9;
  // Type and marks of the maps are drawn so much larger than those of a desk, at the size
  // of a projector of 1280 × 720; the maps are never laid out for less than the width.
  const LARGER = 1.25;
  const USUAL = [1280, 720];
  const LEAST_PX = 900;
  // Long words are set smaller, rather than cut, down to this.
  const FITS = [1, 0.93, 0.86, 0.8, 0.74, 0.68, 0.62, 0.56];
  const MONTHS = [1, 2, 3, 6, 12, 24, 60];
  // So much room the name of a month has at least, in letters of its size.
  const TICK_EM = 4.5;

  /** How large the maps are drawn, and where they stand in their box. */
  ns.presentedMaps = function (page) {
    const fit = () => page.style.setProperty("--larger", larger());
    window.addEventListener("resize", fit);
    fit();
    return function (width, height) {
      const beside = width / height >= BESIDE_ASPECT;
      const split = 1 - Math.min(0.5, width / REGION_ASPECT / height);
      return ns.placed(page.querySelector(".maps"), beside, SHARE, split);
    };
  };

  function larger() {
    const wished = (LARGER * (window.innerWidth / USUAL[0] + window.innerHeight / USUAL[1])) / 2;
    return Math.max(1, Math.min(wished, window.innerWidth / LEAST_PX));
  }

  /** The date and the words of a step, in place of the sentence of the day. */
  ns.presentedWords = function ({ page, view }) {
    const words = element("p", { class: "presented-words" });
    let step = null;
    page.querySelector(".sentence").after(words);

    /** Once somebody goes on from the day of the step its words no longer hold. */
    function tell() {
      if (!step) return;
      const there = ns.stepDate(step, view) === view.get().date;
      words.textContent = (there && step.words) || view.sentence();
      fit();
    }

    function fit() {
      for (const size of FITS) {
        words.style.setProperty("--fit", size);
        if (words.scrollHeight <= words.clientHeight) return;
      }
    }

    for (const what of ["change", "chosen"]) view.on(what, tell);
    window.addEventListener("resize", fit);
    document.fonts.ready.then(fit);
    return function (wanted) {
      step = wanted;
      tell();
    };
  };

  /**
   * Lay the stage out.
   * @param {object} options page, view, title, steps, acts
   * @returns {object} show(state), heard()
   */
  ns.presenterStage = function ({ page, view, title, steps, acts }) {
    const say = ns.presentedWords({ page, view });
    const years = strip(page, view, steps);
    const place = element("span", { class: "presented-at" });
    const held = element("span", { class: "presented-held", hidden: "" }, "held");
    const press = (name, words, act) => {
      const made = element("button", { type: "button", class: "plain", "aria-label": words, title: words }, name);
      made.addEventListener("click", () => acts[act]());
      return made;
    };
    const terms = document.getElementById("licence").textContent;
    const line = element("footer", { class: "presented-line" }, press("‹", "Previous step", "previous"), place, press("›", "Next step", "next"), element("b", {}, title), held, element("span", { class: "presented-credit" }, `geo-astana · ${terms}`));
    const black = element("div", { class: "presented-black", role: "status" });
    black.addEventListener("click", () => acts.black());
    page.append(line, black);

    return {
      show: function (state) {
        place.textContent = `${state.number} of ${steps.length}`;
        held.hidden = !state.held;
        black.textContent = state.black ? "Black screen. Any key returns." : "";
        for (const under of page.children) if (under !== black) under.inert = state.black;
        say(steps[state.number - 1]);
        years(state.number);
      },
      heard: () => {},
    };
  };

  /** The years or months of a step with a dot for each day of the tour, to scrub along. */
  function strip(page, view, steps) {
    const { lookups } = view;
    const slider = page.querySelector(".slider");
    const needle = element("div", { class: "presented-now" });
    const ticks = element("div", { class: "presented-ticks" });
    const dots = element("div", { class: "presented-dots" });
    const box = element("div", { class: "presented-strip", "aria-hidden": "true" }, ticks, dots, needle);
    page.querySelector(".clock").prepend(box);
    let number = 1;
    const part = (day) => (day - slider.min) / (slider.max - slider.min);
    const inside = (day) => day >= Number(slider.min) && day <= Number(slider.max);
    const at = (day) => `left: ${100 * part(day)}%`;

    function draw() {
      const days = steps.map((step) => lookups.day(ns.stepDate(step, view)));
      dots.replaceChildren(...days.map((day, of) => inside(day) && element("span", { style: at(day), class: of + 1 === number ? "here" : of + 1 < number ? "past" : "" })).filter(Boolean));
      ticks.replaceChildren(...months().map(([day, words]) => element("span", { style: at(day), class: /^\d{4}$/.test(words) ? "year" : "" }, words)));
      move();
    }

    /** Firsts of months, as many as have room; a January is its year. */
    function months() {
      const [from, to] = [slider.min, slider.max].map(Number);
      const room = Math.max(2, box.clientWidth / (TICK_EM * parseFloat(getComputedStyle(box).fontSize)));
      const every = MONTHS.find((count) => (to - from) / 30.4 / count <= room) || MONTHS.at(-1);
      const found = [];
      let day = from;
      for (let date = lookups.date(from); day <= to; date = lookups.date(day)) {
        const month = 12 * date.getUTCFullYear() + date.getUTCMonth();
        const [, name, year] = ns.shortDate(date).split(" ");
        if (date.getUTCDate() === 1 && month % every === 0) found.push([day, month % 12 ? `${name}${found.length ? "" : ` ${year}`}` : year]);
        day = lookups.monthFrom(day - date.getUTCDate() + 1, 1);
      }
      return found;
    }

    function move() {
      needle.style.left = `${100 * part(lookups.day(view.get().date))}%`;
      needle.hidden = !inside(lookups.day(view.get().date));
    }

    view.on("change", move);
    view.on("rest", draw);
    new ResizeObserver(draw).observe(box);
    return function (now) {
      number = now;
      draw();
    };
  }
})();
