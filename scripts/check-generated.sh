#!/usr/bin/env bash
# Proves that generated files are what their sources generate: makes them again and compares. Works
# in a checkout with changes of one's own, too.
set -euo pipefail
cd "$(dirname "$0")/.."

generated() {
  git ls-files -co --exclude-standard -- '*_templ.go' 'internal/*db/*.go' 'web/static/vendor' | sort -u |
    while read -r f; do
      [ ! -f "$f" ] || echo "$(git hash-object -- "$f")  $f"
    done
}

bin/sqlc diff || { echo "The generated queries are not current. Run 'make generate' and commit the result." >&2; exit 1; }

before=$(mktemp) after=$(mktemp)
trap 'rm -f "$before" "$after"' EXIT
generated >"$before"
go tool templ generate
node web/assets/pack.mjs >/dev/null
generated >"$after"
if ! diff "$before" "$after" >/dev/null; then
  echo "Generated files were not current. They are now; commit them:" >&2
  diff "$before" "$after" | sed -n 's/^[<>] [0-9a-f]*  /  /p' | sort -u >&2
  exit 1
fi
echo "generated code is current"
