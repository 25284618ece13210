#!/usr/bin/env bash
# Writes a real state with a real terraform, without a network, and prints the folder it is in:
# terraform.tfstate, show.json (of the state) and plan.json (of a plan that would replace one object).
#
#   test/e2e/terraform.sh DIR [GENERATION]
#
# Run again with another GENERATION, it applies a change, and the serial grows. The binary is
# $TERRAFORM, else terraform or tofu of the PATH, else it is built from its Go module into
# DIR/bin: version 1.5.7, the last under MPL-2.0, which needs nothing but Go (two minutes cold on
# two cores, seconds when the build cache is warm).
set -euo pipefail

dir=${1:?"usage: terraform.sh DIR [GENERATION]"}
generation=${2:-one}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

binary=${TERRAFORM:-$(command -v terraform || command -v tofu || true)}
if [ -z "$binary" ]; then
	binary=$dir/bin/terraform
	if [ ! -x "$binary" ]; then
		GOBIN=$dir/bin GOFLAGS=-mod=mod CGO_ENABLED=0 go install -trimpath -ldflags='-s -w' github.com/hashicorp/terraform@v1.5.7 >&2
	fi
fi

# Nothing of the person who runs this: no configuration, no token, no question to a server.
: >"$dir/empty.rc"
export TF_CLI_CONFIG_FILE=$dir/empty.rc TF_IN_AUTOMATION=1 TF_INPUT=0 CHECKPOINT_DISABLE=1
unset TF_LOG TF_WORKSPACE TF_DATA_DIR TF_CLI_ARGS

cp -R "$here/terraform/." "$dir/"
cd "$dir"
"$binary" init -no-color >init.log 2>&1 || { cat init.log >&2; exit 1; }
"$binary" apply -auto-approve -no-color -var "generation=$generation" >apply.log 2>&1 || { cat apply.log >&2; exit 1; }
"$binary" show -json >show.json
"$binary" plan -no-color -var "generation=$generation-next" -out=plan.bin >plan.log 2>&1 || { cat plan.log >&2; exit 1; }
"$binary" show -json plan.bin >plan.json
echo "$dir"
