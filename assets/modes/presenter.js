// A presentation: the page steps through a tour, by clicker and from a window of notes.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  // The window of the one who speaks is the same page with this behind its address.
  const NOTES = "#notes";
  const NOTES_SIZE = "popup,width=1100,height=760";
  const MODIFIERS = ["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"];
  const FIELDS = "input:not(.slider), select, textarea, [contenteditable]";
  const PRESSABLE = "button, a, summary, [role=button]";
  const LIST = [
    ["Page Down, →, Space, N", "next step"],
    ["Page Up, ←, P", "previous step"],
    ["Home, End", "first and last step"],
    ["1 2, Enter", "go to step 12"],
    ["B, .", "black screen; any key returns"],
    ["F", "freeze: the audience keeps its picture"],
    ["E", "open or close the event of the step"],
    ["S", "window with notes, next step and clock"],
    ["T", "light or dark"],
    ["Esc", "leave, to this day on the dashboard"],
    ["?", "this list"],
  ];

  let kept = {};
  let acts = {};
  // What is said when a step has come to rest.
  let told = (day, sentence) => sentence;
  ns.modes = ns.modes || [];
  ns.modes.push({ key: "present", options, more: () => kept, begin });

  function options({ asked, page }) {
    const notes = window.location.hash === NOTES;
    page.dataset.window = notes ? "notes" : "stage";
    // Until the tour is read the address keeps what was asked for.
    kept = Object.fromEntries(["present", "marks", "step"].map((key) => [key, asked.get(key)]));
    return {
      without: ["lanes"],
      docked: true,
      domains: ns.presentedMaps(page),
      keys: { list: LIST, act },
      told: (day, sentence) => told(day, sentence),
    };
  }

  async function begin({ shell, page, read }) {
    const { view } = shell;
    const { values } = view.asked;
    const found = ns.presentation(values, await read("tours.json"), view.links);
    const { steps } = found;
    const notes = page.dataset.window === "notes";
    const own = window.location.href.split(/[?#]/)[0];
    const system = view.theme();
    // A tour says of each step what a link would say; the address has no more than these.
    const blank = Object.fromEntries(view.links.keys.map(([key]) => [key, ""]));
    const held = Object.fromEntries(["present", "marks", ...ns.keptInSteps(view.links, values.present)].map((key) => [key, values[key]]));
    let theme = values.theme || "";
    let shown = 0;

    const clamp = (number) => Math.max(1, Math.min(steps.length, Math.round(number) || 1));
    const first = clamp(Number(values.step || 1));
    const part = (notes ? ns.presenterNotes : ns.presenterStage)({ page, view, ...found, acts });
    const wire = ns.mountWire(`geo-astana ${window.location.pathname} ${values.present} ${values.marks || ""}`, { step: first, held: 0, black: false, began: Date.now() }, follow, () => part.heard());

    /** Show what is true in every window of the presentation. */
    function follow(state) {
      // The audience keeps its picture while the one who speaks goes on.
      const number = clamp(notes ? state.step : state.held || state.step);
      if (number !== shown) restore(number);
      part.show({ ...state, step: clamp(state.step), number });
    }

    /** Show a step exactly as the tour has it, whatever was done in the one before. */
    function restore(number) {
      const step = steps[number - 1];
      shown = number;
      view.restore(step.query);
      wear(step.theme || theme || system);
      kept = { ...blank, ...held, theme, step: String(number) };
      shell.writeAddress(false);
    }

    function wear(name) {
      view.follow(name);
      page.dataset.theme = name;
    }

    function go(number) {
      const to = clamp(number);
      if (to === shown) restore(to);
      wire.change({ step: to });
    }

    Object.assign(acts, {
      next: () => go(wire.state().step + 1),
      previous: () => go(wire.state().step - 1),
      first: () => go(1),
      last: () => go(steps.length),
      go,
      black: () => wire.change({ black: !wire.state().black }),
      freeze: () => wire.change({ held: wire.state().held ? 0 : wire.state().step }),
      event: () => view.set({ event: view.get().event ? "" : steps[shown - 1].event || "" }),
      theme: function () {
        theme = view.theme() === "dark" ? "light" : "dark";
        kept = { ...kept, theme };
        wear(theme);
        shell.writeAddress(false);
      },
      restart: () => wire.change({ began: Date.now() }),
      notes: function () {
        const opened = notes || wire.open(`${window.location.pathname}${window.location.search}${NOTES}`, NOTES_SIZE);
        if (!opened) ns.say("The browser did not open the window of the notes. Allow pop-up windows for this page and press S again.");
      },
      leave: function () {
        if (view.get().event) return void view.set({ event: "" });
        if (!notes) window.location.assign(`${own}?${view.links.write({ ...view.get(), marks: values.marks })}`);
      },
      isBlack: () => wire.state().black,
      ask: wire.ask,
    });
    told = (day, sentence) => `Step ${shown} of ${steps.length}. ${ns.longDate(view.lookups.date(day))}. ${words(steps[shown - 1], day) || sentence}`;
    const words = (step, day) => (ns.stepDate(step, view) === view.lookups.iso(day) ? step.words : "");

    follow(wire.state());
    wire.ask();
    document.title = `${notes ? "Notes: " : ""}${found.title}`;
    if (found.fault) ns.say(found.fault);
    else if (Number(values.step) > steps.length) ns.say(`There are ${steps.length} steps; this is the last.`);
  }

  /** The day of a step. */
  ns.stepDate = (step, view) => view.links.read(step.query).values.date || view.get().date;

  // The digits that were typed before Enter.
  let typed = "";

  /** What a key does in a presentation. */
  function act(event, singles, open) {
    if (!acts.go || MODIFIERS.includes(event.key)) return null;
    if (acts.isBlack()) return acts.black;
    const at = event.target;
    if (event.ctrlKey || event.metaKey || (at.closest && at.closest(FIELDS))) return null;
    if (singles && /^\d$/.test(event.key)) return () => (typed = (typed + event.key).slice(-3));
    const number = Number(typed);
    typed = "";
    if (event.key === "Enter" && number) return () => acts.go(number);
    const pressed = at.closest && at.closest(PRESSABLE);
    const always = { PageDown: acts.next, ArrowRight: acts.next, PageUp: acts.previous, ArrowLeft: acts.previous, Home: acts.first, End: acts.last, Escape: acts.leave, " ": pressed ? null : acts.next };
    const letters = { n: acts.next, p: acts.previous, b: acts.black, ".": acts.black, f: acts.freeze, e: acts.event, s: acts.notes, t: acts.theme, "?": open };
    return always[event.key] || (singles && letters[event.key.toLowerCase()]) || null;
  }
})();
