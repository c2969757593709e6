// The steps of a presentation: those of a tour, or the days that are bookmarked.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  // A presentation of the days of `marks` has this in place of a tour's name.
  const MARKS = "marks";

  /**
   * Find what a link asks to be presented.
   * @param {object} values of the link, as `links.read` finds them
   * @param {object} tours as made by geo_astana.export.presentation, by name
   * @param {object} links of the view, which write queries
   * @returns {object} title, steps of {query, event, theme, words, notes}, and fault: a
   *   sentence where there is no such presentation; then it has one step, the day asked
   */
  ns.presentation = function (values, tours, links) {
    const name = values.present || "";
    const kept = Object.fromEntries(ns.keptInSteps(links, name).map((key) => [key, values[key]]));
    const step = (date) => ({ query: links.write({ ...kept, date }) });
    if (name === MARKS && values.marks) {
      return { title: "Bookmarked days", steps: values.marks.map(step), fault: "" };
    }
    if (name !== MARKS && Object.hasOwn(tours, name)) return { ...tours[name], fault: "" };
    const fault = name === MARKS ? "No day is bookmarked in this link." : `There is no tour “${name}”; there are ${Object.keys(tours).join(", ")}.`;
    return { title: "No presentation", steps: [{ ...step(values.date), words: fault }], fault };
  };

  /** The keys of a link that hold in every step; a tour says all of them itself. */
  ns.keptInSteps = function (links, name) {
    return name === MARKS ? links.keys.filter(([key, kind]) => ["set", "frame", "days"].includes(kind)).map(([key]) => key) : [];
  };
})();
