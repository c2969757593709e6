// The view in a frame of another page: one part of it, a clock, a credit and the way back.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  const byId = (id) => document.getElementById(id);
  // What each kind draws none of; Plotly is not even loaded for a card.
  const WITHOUT = { slide: [], map: ["lanes"], syria: ["lanes"], timeline: ["maps"], card: ["maps", "lanes"], full: [] };
  const USUAL = "slide";
  // A slide has its timeline from this size of its frame on.
  const LANES_FROM = [760, 820];
  // The maps stand side by side from this aspect and width of their box on. The left takes
  // so much, if the callouts of the right keep their room.
  const BESIDE_ASPECT = 1.35;
  const BESIDE_LEAST_PX = 475;
  const SHARE = 0.58;
  const CALLOUTS_PX = 285;
  // On a lower map of Syria the callouts have one line each.
  const STATES_FROM_PX = 270;
  // On a lower map of the region a title would cover what it names.
  const TITLES_FROM_PX = 170;
  // Above each other the region is not wider than this aspect, and takes half at most.
  const REGION_ASPECT = 2;
  // Beyond these its basemap ends, and paper shows beside it; Syria keeps so much of it.
  const REGION_LEAST = 1;
  const REGION_MOST = 2.5;
  const SYRIA_PX = 120;
  // The aspects that the maps have in a frame of a height of its own.
  const IDEAL = { beside: 2.15, above: 0.74, syria: 1.3 };
  const BESIDE_FROM_PX = 560;
  const LEAST_PX = 180;
  // A timeline with its paddings, and what a wide one has under it.
  const TIMELINE_PX = 13 * 19 + 42 + 8;
  const OVERVIEW_PX = 30;
  const PHONE_PX = 760;
  // On a narrower or lower map of Syria the name at its left edge has no room.
  const NAMES_FROM_PX = 310;
  const NAMES_FROM_HIGH_PX = 240;
  // A sentence that is long for its lines is set smaller, down to this.
  const SIZES = [1, 0.92, 0.85, 0.78];

  let kind = USUAL;
  let kept = {};
  ns.modes = ns.modes || [];
  ns.modes.push({ key: "embed", shown, options, more, begin });

  /** When the page has a size: a frame may be hidden until its tab is opened. */
  function shown(page) {
    return new Promise(function (done) {
      const observer = new ResizeObserver(function () {
        if (!page.clientWidth || !window.innerHeight) return;
        observer.disconnect();
        done();
      });
      observer.observe(page);
    });
  }

  /** What the view is told; an unknown kind is the usual one, and named by the shell. */
  function options({ asked, page }) {
    kind = Object.hasOwn(WITHOUT, asked.get("embed")) ? asked.get("embed") : USUAL;
    page.dataset.embed = kind;
    kept = { embed: kind, ...(asked.get("clock") === "off" ? { clock: "off" } : {}) };
    if (kind === "full") return {};
    page.classList.add("part");
    const small = kind === "slide" && (window.innerWidth < LANES_FROM[0] || window.innerHeight < LANES_FROM[1]);
    page.classList.toggle("with-lanes", kind === "timeline" || (kind === "slide" && !small));
    return {
      without: small ? ["lanes"] : WITHOUT[kind],
      docked: true,
      // A finger on the map scrolls the page around.
      still: window.matchMedia("(pointer: coarse)").matches,
      ...(kind === "syria" ? { only: "geo2", domains: alone } : { domains: arrange }),
    };
  }

  function more() {
    return kept;
  }

  /** Both maps beside each other in a wide box, above each other in a high one. */
  function arrange(width, height) {
    const share = Math.max(0.4, Math.min(SHARE, 1 - CALLOUTS_PX / width));
    const least = width / REGION_MOST;
    const fits = (width * share) / height >= REGION_LEAST || height - least < SYRIA_PX;
    const beside = fits && width >= BESIDE_LEAST_PX && width / height >= BESIDE_ASPECT;
    const area = document.querySelector(".maps");
    const region = Math.max(Math.min(height / 2, width / REGION_ASPECT), Math.min(least, height - SYRIA_PX));
    const split = 1 - region / height;
    lower(area, beside ? width * (1 - share) : width, beside ? height : height * split);
    area.classList.toggle("untitled", (beside ? height : height * (1 - split)) < TITLES_FROM_PX);
    return ns.placed(area, beside, share, split);
  }

  function alone(width, height) {
    lower(document.querySelector(".maps"), width, height);
    return { geo2: [[0, 1], [0, 1]] };
  }

  function lower(area, width, height) {
    area.classList.toggle("low", height < STATES_FROM_PX);
    area.classList.toggle("narrow", width < NAMES_FROM_PX || height < NAMES_FROM_HIGH_PX);
  }

  function begin({ shell, page, address }) {
    const { view } = shell;
    const back = element("a", { target: "_blank", rel: "noopener", class: "credit-link" });
    // In a notebook, which knows no dashboard, there is no way back.
    back.hidden = address.startsWith("about:");
    const filter = element("span", { class: "credit-filter" });
    const terms = byId("licence").cloneNode(true);
    terms.removeAttribute("id");
    page.append(element("footer", { class: "credit" }, element("b", {}, "geo-astana"), filter, terms, back));

    /** The whole dashboard at what is shown here. */
    function follow() {
      back.href = `${address}?${view.links.write(view.get())}`;
      filter.textContent = document.querySelector(".chosen").textContent;
      fit(page.querySelector(".sentence"));
    }
    back.append(element("span", { class: "roomy" }, "Open the full map"), element("span", { class: "short" }, "Full map"));
    view.on("rest", follow);
    view.on("chosen", follow);
    follow();
    tellHeight(page);
  }

  /** Set a long sentence smaller, rather than cut it. */
  function fit(sentence) {
    for (const size of SIZES) {
      sentence.style.setProperty("--fit", size);
      if (sentence.scrollHeight <= sentence.clientHeight) break;
    }
    sentence.title = sentence.scrollHeight > sentence.clientHeight ? sentence.textContent : "";
  }

  /** Tell the page around, whenever the width changes, which height would be right. */
  function tellHeight(page) {
    const told = () => ns.told("resize", { height: ns.height() });
    ns.height = function () {
      const width = page.clientWidth;
      if (kind === "full" || kind === "card") return Math.ceil(page.querySelector(".view").scrollHeight + page.querySelector(".credit").offsetHeight);
      const around = [...page.querySelectorAll(".day-head, .sentence, .legend, .clock, .credit")].filter((part) => part.offsetParent || part.classList.contains("credit"));
      const frame = around.reduce((sum, part) => sum + outerHeight(part), 0);
      return Math.ceil(frame + mapsHeight(width));
    };
    new ResizeObserver(told).observe(page);
  }

  function outerHeight(node) {
    const style = getComputedStyle(node);
    return node.offsetHeight + parseFloat(style.marginTop) + parseFloat(style.marginBottom);
  }

  function mapsHeight(width) {
    if (kind === "timeline") return TIMELINE_PX + (width > PHONE_PX ? OVERVIEW_PX : 0);
    if (kind === "syria") return Math.max(LEAST_PX, width / IDEAL.syria);
    return Math.max(LEAST_PX, width / (width >= BESIDE_FROM_PX ? IDEAL.beside : IDEAL.above));
  }
})();
