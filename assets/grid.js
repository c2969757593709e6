// The table of the events: it follows the selection, and a row opens its event.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const element = (...parts) => ns.element(...parts);
  // Where the table covers the place in which an event opens.
  const narrow = window.matchMedia("(max-width: 1100px)");
  const phone = window.matchMedia("(max-width: 760px)");
  let script = null;
  // The table in the page, once there is one.
  let table = null;
  // Whether the reader wants all events although there is a selection.
  let wantsAll = false;

  /**
   * Load the grid's script, once; the table cannot be made before.
   * @param {string} address as made by geo_astana.grid.loader
   * @returns {Promise} fulfilled when the script has run
   */
  ns.loadTable = function (address) {
    script = script || new Promise(function (done, failed) {
      const node = element("script", { src: address });
      node.addEventListener("load", done);
      node.addEventListener("error", function () {
        script = null;
        node.remove();
        failed(new Error("the table’s script did not load"));
      });
      document.head.append(node);
    });
    return script;
  };

  /** Take the table that Dash has made; one that was only closed is still ours. */
  function mount(root, api) {
    if (table && table.root === root && table.api === api) return follow();
    const first = !table;
    table = { root, api, kept: new Set(), total: 0 };
    api.forEachNode(() => (table.total += 1));
    api.updateGridOptions({
      isExternalFilterPresent: () => !showsAll(),
      doesExternalFilterPass: (node) => table.kept.has(node.data.id),
    });
    api.addEventListener("rowClicked", onClick);
    api.addEventListener("cellKeyDown", onKey);
    api.addEventListener("modelUpdated", tell);
    api.addEventListener("columnVisible", showColumns);
    for (const button of root.querySelectorAll("[data-scope]")) {
      button.addEventListener("click", function () {
        wantsAll = button.dataset.scope === "all";
        follow();
      });
    }
    const choice = root.querySelector(".table-choice");
    choice.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || !choice.open) return;
      event.preventDefault();
      choice.open = false;
      choice.firstElementChild.focus();
    });
    // The key closes the filter of a column before it closes the table.
    root.addEventListener("keydown", (event) => event.key === "Escape" && root.querySelector(".ag-popup") && event.preventDefault(), true);
    root.addEventListener("pointerdown", (event) => choice.contains(event.target) || (choice.open = false));
    root.querySelector(".table-columns").replaceChildren(...api.getColumns().map(columnBox));
    if (phone.matches) api.setColumnsVisible(["end"], false);
    if (first) {
      ns.view.on("chosen", () => isThere() && follow());
      ns.view.on("rest", () => isThere() && address());
    }
    follow();
  }

  /** Whether the table is in the page; another panel removes it. */
  const isThere = () => !table.api.isDestroyed();

  const showsAll = () => wantsAll || !ns.view.lookups.selection.any();

  /** Show all events or those of the selection, and say which. */
  function follow() {
    const selection = ns.view.lookups.selection;
    table.kept = new Set(selection.events());
    const any = selection.any();
    for (const button of table.root.querySelectorAll("[data-scope]")) {
      const all = button.dataset.scope === "all";
      if (!all) {
        button.textContent = any ? `Selection (${table.kept.size})` : "Selection";
        button.disabled = !any;
        button.title = any ? "" : "Nothing is selected: choose with the filter.";
      }
      button.setAttribute("aria-pressed", String(all === showsAll()));
    }
    table.api.onFilterChanged();
    tell();
    address();
  }

  /** Say how many rows there are, and what the columns' own filters leave out. */
  function tell() {
    // The grid tells of its changes later, when another panel may have removed it.
    if (!isThere()) return;
    const there = showsAll() ? table.total : table.kept.size;
    const shown = table.api.getDisplayedRowCount();
    const part = there === table.total ? `all ${there}` : `${there} of ${table.total}`;
    const text = shown === there ? part : `${shown} of ${there} fit the columns; a download holds all ${there}`;
    const place = table.root.querySelector(".table-count");
    if (place.textContent !== text) place.textContent = text;
    table.root.dataset.rows = String(shown);
  }

  /** Let the downloads carry the link of what is shown. */
  function address() {
    const query = new URLSearchParams(ns.query());
    if (showsAll()) for (const name of Object.keys(ns.view.lookups.selection.get())) query.delete(name);
    const text = query.toString().replace(/%2C/g, ",");
    for (const link of table.root.querySelectorAll("[data-download]")) {
      link.setAttribute("href", text ? `${link.dataset.download}?${text}` : link.dataset.download);
    }
  }

  function columnBox(column) {
    const box = element("input", { type: "checkbox", "data-column": column.getColId() });
    box.checked = column.isVisible();
    box.addEventListener("change", () => table.api.setColumnsVisible([column.getColId()], box.checked));
    return element("label", {}, box, column.getColDef().headerName);
  }

  function showColumns() {
    for (const box of table.root.querySelectorAll("[data-column]")) box.checked = table.api.getColumn(box.dataset.column).isVisible();
  }

  /** Open the event of a row; text that was just selected is left in peace. */
  function onClick(event) {
    if (!String(window.getSelection())) open(event.data.id);
  }

  function onKey(event) {
    if (event.event.key === "Enter") open(event.data.id);
  }

  function open(id) {
    if (narrow.matches) ns.panel("");
    ns.view.open(id);
  }

  dash.geoAstanaGrid = {
    mount: function (children) {
      const made = [children].flat().some((child) => child && child.props && child.props.id === "table");
      if (made) window.dash_ag_grid.getApiAsync("table-grid").then((api) => mount(document.getElementById("table"), api));
      return dash.no_update;
    },
  };
})();
