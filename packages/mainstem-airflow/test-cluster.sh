#!/bin/bash
# Runs tests/test_cluster.py on a real Kubernetes: the one of MAINSTEM_KUBECONFIG, or a kind or k3d cluster that is made
# for it and deleted afterwards. Skips where there is none of these. Usage: test-cluster.sh PYTHON
set -euo pipefail
python=$1
cd "$(dirname "$0")"
name=mainstem-test-$$
image=${MAINSTEM_CLUSTER_IMAGE:-busybox:1.37}
config=$(mktemp)
trap 'rm -f "$config"' EXIT

if [ -n "${MAINSTEM_KUBECONFIG:-}" ]; then
	cp "$MAINSTEM_KUBECONFIG" "$config"
elif command -v kind >/dev/null; then
	trap 'kind delete cluster --name "$name"; rm -f "$config"' EXIT
	kind create cluster --name "$name" --kubeconfig "$config" --wait 120s
elif command -v k3d >/dev/null; then
	trap 'k3d cluster delete "$name"; rm -f "$config"' EXIT
	k3d cluster create "$name" --wait --kubeconfig-update-default=false --kubeconfig-switch-context=false
	k3d kubeconfig get "$name" >"$config"
else
	echo 'skipped: no MAINSTEM_KUBECONFIG, no kind, no k3d'
	exit 0
fi
MAINSTEM_KUBECONFIG=$config MAINSTEM_CLUSTER_IMAGE=$image "$python" -m pytest -q tests/test_cluster.py
