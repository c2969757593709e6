// The view as one file, or as a folder on any host of files: no server answers for it.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const page = document.getElementById("page");
  // Where the folder has its data and its scripts; one file holds both itself.
  const { data, scripts, query, address } = page.dataset;
  const DAMAGED = "this copy of the file is not whole; copy it again";
  const TOO_OLD = "this browser is from before 2023; open the file in a newer one";
  const NO_SERVER = "a folder of this kind opens from a web server, not from a disk; the export as one file does";

  const onDisk = window.location.protocol === "file:";
  const asked = new URLSearchParams(window.location.search || query);
  const wished = asked.get("theme");
  const system = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  page.dataset.theme = wished === "light" || wished === "dark" ? wished : system;

  // The style sheets lay the page out by what its link asks for.
  for (const key of ["embed", "clock", "present"]) if (asked.get(key)) page.dataset[key] = asked.get(key);

  /** Bytes that stand packed in an element of this page, as text. */
  async function unpacked(name) {
    if (!window.DecompressionStream) throw new Error(TOO_OLD);
    try {
      const packed = atob(document.getElementById(name).textContent);
      const bytes = new Uint8Array(packed.length);
      for (let at = 0; at < packed.length; at += 1) bytes[at] = packed.charCodeAt(at);
      const stream = new Response(bytes).body.pipeThrough(new DecompressionStream("gzip"));
      return await new Response(stream).text();
    } catch {
      throw new Error(DAMAGED);
    }
  }

  async function fetched(name) {
    const answer = await fetch(data + name);
    if (!answer.ok) throw new Error(`${name} answered ${answer.status}`);
    return answer.json();
  }

  const read = data ? fetched : async (name) => JSON.parse(await unpacked(name));

  /** Run a script of this page's own. */
  async function run(name) {
    const script = document.createElement("script");
    if (!scripts) {
      script.textContent = await unpacked(name);
      return void document.head.append(script);
    }
    await new Promise(function (done, failed) {
      script.addEventListener("load", done);
      script.addEventListener("error", () => failed(new Error(`${name} did not load`)));
      script.src = scripts + name;
      document.head.append(script);
    });
  }

  /** The style sheets that one file holds packed; a folder has linked them. */
  async function dress() {
    const sheet = document.createElement("style");
    sheet.textContent = await unpacked("page.css");
    document.head.append(sheet);
  }

  async function plotly() {
    const [region, syria] = await Promise.all([read("basemap/world_110m.json"), read("basemap/world_50m.json"), run("plotly.min.js")]);
    window.PlotlyGeoAssets = { topojson: { world_110m: region, world_50m: syria } };
  }

  /**
   * What lies on a disk, or is the text of a frame, is found by nobody else: its links
   * lead to `address`, if any.
   */
  function linksTo() {
    const own = window.location.href.split(/[?#]/)[0];
    const alone = onDisk || window.location.protocol === "about:";
    return (alone && address) || own;
  }

  function follow(theme) {
    page.dataset.theme = theme;
    document.getElementById("theme-button").textContent = theme === "dark" ? "Light" : "Dark";
  }

  async function mount() {
    if (data && onDisk) throw new Error(NO_SERVER);
    await (scripts ? null : dress());
    await run("view.js");
    const mode = ns.modes.find(({ key }) => asked.has(key));
    await (mode && mode.shown ? mode.shown(page) : null);
    const options = mode ? mode.options({ asked, page }) : {};
    const drawn = !["maps", "lanes"].every((part) => (options.without || []).includes(part));
    const shell = await ns.mountShell({
      read,
      plotly: drawn ? plotly() : null,
      mount: options,
      topojsonURL: "",
      address: linksTo(),
      query,
      more: () => (mode ? mode.more() : {}),
      onRestore: function ({ panel }) {
        if (panel) ns.say(`“panel=${panel}” needs the dashboard and its server; it is not in this page.`);
      },
      onTheme: follow,
      onRest: permalink,
    });
    ns.view = shell.view;
    ns.query = shell.query;
    const remote = ns.remote(shell, page.dataset.origins.split(" "), linksTo());

    /** The same view where others can open it. */
    function permalink() {
      const link = document.getElementById("permalink");
      if (link) link.href = `${address}?${shell.query()}`;
    }

    document.getElementById("theme-button").addEventListener("click", function () {
      shell.view.set({ theme: shell.view.theme() === "dark" ? "light" : "dark" });
      follow(shell.view.theme());
      shell.writeAddress(false);
    });
    shell.begin();
    permalink();
    if (mode) await mode.begin({ shell, page, read, address: linksTo(), asked });
    page.dataset.ready = "true";
    remote.ready();
  }

  function begin() {
    mount().catch(function (error) {
      const told = document.createElement("p");
      told.className = "loading";
      told.setAttribute("role", "alert");
      told.textContent = `The map could not be shown: ${error.message}.`;
      document.getElementById("view").replaceChildren(told);
    });
  }

  // The data stands below this script.
  document.addEventListener("DOMContentLoaded", begin);
})();
