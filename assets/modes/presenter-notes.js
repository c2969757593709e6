// The window of the one who speaks: the step, its notes, the next one, and a clock.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  const TICK_MS = 1000;
  // After so long without a word from it the window of the audience is taken for closed.
  const SILENCE_MS = 3500;

  /**
   * Lay the window out.
   * @param {object} options page, view, title, steps, acts
   * @returns {object} show(state), heard() when the other window spoke
   */
  ns.presenterNotes = function ({ page, view, title, steps, acts }) {
    const { lookups } = view;
    const say = ns.presentedWords({ page, view });
    let began = Date.now();
    let heard = 0;

    const text = element("p", { class: "notes-text" });
    const record = element("h2", {}, "On record this day");
    const next = element("section", { class: "notes-next", "aria-label": "Next step" });
    const warning = element("p", { class: "notes-warning", role: "status" });
    const time = element("time", { class: "notes-time", "aria-label": "Time of day" });
    const elapsed = element("time", { class: "notes-elapsed", "aria-label": "Since the start" });
    const press = (words, act, more = {}) => {
      const made = element("button", { type: "button", ...more }, words);
      made.addEventListener("click", () => acts[act]());
      return made;
    };
    const freeze = press("Freeze", "freeze", { "aria-pressed": "false", title: "F" });
    const black = press("Black", "black", { "aria-pressed": "false", title: "B" });
    const back = press("‹ Previous", "previous");
    const on = press("Next ›", "next", { class: "notes-on" });
    const list = element("nav", { class: "notes-steps", "aria-label": "Steps" }, ...steps.map(stepButton));
    const head = element("header", { class: "notes-head" }, element("b", {}, title), warning, time, elapsed, press("Reset", "restart", { "aria-label": "Reset the clock" }));
    const side = element("section", { class: "notes-side", "aria-label": "Notes" }, element("h2", {}, "Notes"), text, record);
    const bar = element("footer", { class: "notes-bar" }, back, on, freeze, black, list);
    side.append(page.querySelector(".cards"));
    page.querySelector(".stage").append(side, next);
    page.prepend(head);
    page.append(bar);

    function stepButton(step, at) {
      const date = ns.longDate(lookups.date(lookups.day(ns.stepDate(step, view))));
      const made = element("button", { type: "button", title: date, "aria-label": `Step ${at + 1}, ${date}` }, String(at + 1));
      made.addEventListener("click", () => acts.go(at + 1));
      return made;
    }

    function showNext(step, number) {
      if (!step) return next.replaceChildren(element("h2", {}, "Next"), element("p", {}, "This is the last step."));
      const date = ns.stepDate(step, view);
      return next.replaceChildren(element("h2", {}, `Next: step ${number}, ${ns.longDate(lookups.date(lookups.day(date)))}`), element("p", {}, step.words || view.sentence(date)));
    }

    function warn(state) {
      const words = [state.black ? "The audience sees a black screen." : "", state.held ? `Frozen: the audience sees step ${state.held}.` : "", Date.now() - heard > SILENCE_MS ? "The window of the audience is not open." : ""];
      const told = words.filter(Boolean).join(" ");
      if (warning.textContent !== told) warning.textContent = told;
    }

    let last = { step: 1 };
    function tick() {
      const seconds = Math.max(0, Math.round((Date.now() - began) / 1000));
      const two = (number) => String(number).padStart(2, "0");
      const now = new Date();
      time.textContent = `${two(now.getHours())}:${two(now.getMinutes())}`;
      elapsed.dataset.began = began;
      elapsed.textContent = `${seconds >= 3600 ? `${Math.floor(seconds / 3600)}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
      warn(last);
      if (acts.ask) acts.ask();
    }

    // Until the other window has had time to answer it is not said to be closed.
    heard = Date.now();
    window.setInterval(tick, TICK_MS);

    return {
      show: function (state) {
        last = state;
        began = state.began;
        const step = steps[state.number - 1];
        say(step);
        text.textContent = step.notes || "This step has no notes.";
        text.classList.toggle("none", !step.notes);
        showNext(steps[state.number], state.number + 1);
        for (const [of, pressed] of [[freeze, state.held], [black, state.black]]) of.setAttribute("aria-pressed", String(Boolean(pressed)));
        [...list.children].forEach((button, at) => (at + 1 === state.number ? button.setAttribute("aria-current", "step") : button.removeAttribute("aria-current")));
        list.children[state.number - 1].scrollIntoView({ block: "nearest" });
        [back.disabled, on.disabled] = [state.number === 1, state.number === steps.length];
        tick();
      },
      heard: function () {
        heard = Date.now();
        warn(last);
      },
    };
  };
})();
