#!/usr/bin/env bash
# Installs what the end-to-end tests need beside Go and Postgres: a browser, a Python environment
# with moto's server, and two npm packages, all pinned, into .e2e/. Run again, it does nothing that
# is done already.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .e2e

say() { printf 'e2e: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }
as_debian_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

updated=
apt_install() {
  [ -n "$updated" ] || DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2
  updated=yes
  DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends -y "$@" >&2
}

# done_as NAME FILE...: whether the step was done for these very files.
stamp() { cat "${@:2}" | git hash-object --stdin; }
done_as() { [ -f ".e2e/$1.stamp" ] && [ "$(cat ".e2e/$1.stamp")" = "$(stamp "$@")" ]; }
mark() { stamp "$@" >".e2e/$1.stamp"; }

chrome() {
  local c
  for c in "${CAUSEWAY_E2E_CHROME:-}" chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    [ -n "$c" ] && command -v "$c" >/dev/null && { command -v "$c"; return; }
  done
  return 1
}
if ! chrome >.e2e/chrome.path; then
  as_debian_root || die "no Chrome or Chromium was found. Install one (Debian: apt-get install chromium; macOS: brew install --cask google-chrome), or name it in CAUSEWAY_E2E_CHROME."
  say "installing Debian's chromium"
  apt_install chromium fonts-dejavu-core
  chrome >.e2e/chrome.path || die "chromium was installed and is not in PATH; name it in CAUSEWAY_E2E_CHROME."
fi

if ! command -v npm >/dev/null; then
  as_debian_root || die "npm was not found. Install Node.js 20 or newer."
  say "installing Debian's npm"
  apt_install nodejs npm
fi
if ! done_as node test/e2e/package-lock.json || [ ! -d .e2e/node/node_modules ]; then
  say "installing axe-core and oidc-provider from npm"
  mkdir -p .e2e/node
  cp test/e2e/package.json test/e2e/package-lock.json test/e2e/.npmrc .e2e/node/
  npm ci --prefix .e2e/node --no-audit --no-fund --loglevel=error >&2
  mark node test/e2e/package-lock.json
fi

if ! done_as venv test/e2e/requirements.txt || [ ! -x .e2e/venv/bin/moto_server ]; then
  say "installing moto's server into a Python environment"
  rm -rf .e2e/venv
  if ! python3 -m venv .e2e/venv >/dev/null 2>&1; then
    as_debian_root || die "python3 with its venv module was not found. Install it (Debian: apt-get install python3-venv)."
    apt_install python3 python3-venv
    python3 -m venv .e2e/venv
  fi
  .e2e/venv/bin/pip install --quiet --disable-pip-version-check --no-deps -r test/e2e/requirements.txt >&2
  mark venv test/e2e/requirements.txt
fi
