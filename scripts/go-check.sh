#!/usr/bin/env bash
# Says clearly when Go is missing or too old, before some package fails to compile.
set -euo pipefail
cd "$(dirname "$0")/.."
want=$(sed -n 's/^go \([0-9]*\.[0-9]*\).*/\1/p' go.mod)
fix="Install Go $want or newer: https://go.dev/dl"
if ! command -v go >/dev/null; then
  echo "Causeway is built with Go $want, and no 'go' is in PATH. $fix" >&2
  exit 1
fi
# An older go that may fetch newer toolchains by itself answers with the one it fetched.
if ! have=$(go env GOVERSION 2>&1); then
  printf '%s\nCauseway needs Go %s. %s\n' "$have" "$want" "$fix" >&2
  exit 1
fi
have=${have#go}
if [ "$(printf '%s\n' "$want" "$have" | sort -V | head -n 1)" != "$want" ]; then
  echo "Causeway needs Go $want, and 'go' in PATH ($(command -v go)) is Go $have. $fix" >&2
  exit 1
fi
