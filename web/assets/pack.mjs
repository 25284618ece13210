#!/usr/bin/env node
// Packs the parts of third-party packages that Causeway serves into ../static/vendor, with their
// licences. The result is committed and is a pure function of package-lock.json, of lists.mjs and of
// the region table, so CI runs this script and asks git whether anything changed.
//
//   node web/assets/pack.mjs            install what the lockfile names, then pack
//   node web/assets/pack.mjs --no-ci    pack what is installed already

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { components, filled, outline } from "./lists.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const out = join(here, "..", "static", "vendor");

const read = (...path) => readFileSync(join(modules, ...path), "utf8");
const write = (name, text) => {
  mkdirSync(dirname(join(out, name)), { recursive: true });
  writeFileSync(join(out, name), text);
};

function patternfly() {
  const base = join("@patternfly", "patternfly");
  const variables = withoutThemes(read(base, "base", "patternfly-variables.css"), ["felt", "glass"]);
  const parts = [variables, read(base, "base", "patternfly-common.css")];
  for (const file of components) {
    parts.push(read(base, "components", file));
  }
  const css = squeeze(parts.join("\n"));
  // The CSP allows files of our own origin only, and the packed file has none beside it.
  if (/url\(/.test(css)) {
    throw new Error("patternfly: the packed style sheet refers to other files: " + css.match(/.{60}url\([^)]*\)/)[0]);
  }
  write("patternfly.css", "/*! PatternFly, MIT, see patternfly.LICENSE.txt */\n" + css + "\n");
  for (const font of ["RedHatText", "RedHatDisplay", "RedHatMono"]) {
    mkdirSync(join(out, "fonts"), { recursive: true });
    cpSync(join(modules, base, "assets", "fonts", font, font + "VF.woff2"), join(out, "fonts", font + "VF.woff2"));
  }
}

// Drops the blocks of themes that are not offered. Blocks of the variables file are never nested.
function withoutThemes(css, themes) {
  return css.replace(/^:root:where\([^)]*\) \{[^}]*\}\n?/gm, (block) =>
    themes.some((t) => block.slice(0, block.indexOf("{")).includes("pf-v6-theme-" + t)) ? "" : block);
}

// Takes comments and white space out. Values with meaning in their spaces (calc, selectors) keep one.
function squeeze(css) {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/@charset "UTF-8";/g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};]) ?/g, "$1")
    .replace(/: /g, ":")
    .replace(/, /g, ",")
    .replace(/;}/g, "}")
    .replace(/}/g, "}\n")
    .trim();
}

function icons() {
  const symbol = (name, style, id) => {
    const body = read("@tabler", "icons", "icons", style, name + ".svg")
      .replace(/^[\s\S]*?<svg[\s\S]*?>/, "")
      .replace(/<\/svg>\s*$/, "")
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, "")
      .replace(/\s+/g, " ")
      .trim();
    const paint = style === "filled"
      ? 'fill="currentColor"'
      : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
    return `<symbol id="${id}" viewBox="0 0 24 24" ${paint}>${body}</symbol>`;
  };
  const all = [
    ...outline.map((n) => symbol(n, "outline", n)),
    ...filled.map((n) => symbol(n, "filled", n + "-filled")),
  ];
  write("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">\n${all.join("\n")}\n</svg>\n`);
}

// Flags of the countries that a region lies in or that a person may name.
function flags() {
  const data = join(here, "..", "..", "internal", "cloud", "data", "countries.csv");
  const codes = readFileSync(data, "utf8").trim().split("\n").slice(1).map((line) => line.split(",")[0].toLowerCase());
  for (const code of codes.sort()) {
    if (!existsSync(join(modules, "flag-icons", "flags", "4x3", code + ".svg"))) {
      throw new Error("flags: no flag of " + code);
    }
    write(join("flags", code + ".svg"), read("flag-icons", "flags", "4x3", code + ".svg").replace(/\s+/g, " ").trim() + "\n");
  }
}

function htmx() {
  const noMap = (js) => js.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
  write("htmx.js", noMap(read("htmx.org", "dist", "htmx.min.js")));
  write("htmx-sse.js", noMap(read("htmx.org", "dist", "ext", "hx-sse.min.js")));
}

function licences() {
  const ofl = readFileSync(join(here, "licences", "OFL-RedHat.txt"), "utf8");
  const mit = readFileSync(join(here, "licences", "MIT-PatternFly.txt"), "utf8");
  write("patternfly.LICENSE.txt", mit); // the package names MIT but carries no text
  write("fonts/LICENSE.txt", ofl);
  write("icons.LICENSE.txt", read("@tabler", "icons", "LICENSE"));
  write("flags/LICENSE.txt", read("flag-icons", "LICENSE"));
  write("htmx.LICENSE.txt", read("htmx.org", "LICENSE"));
}

if (!process.argv.includes("--no-ci")) {
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
}
rmSync(out, { recursive: true, force: true });
patternfly();
icons();
flags();
htmx();
licences();
