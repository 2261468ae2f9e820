#!/usr/bin/env bash
# Ask pip-audit about the product's lock. Exit 1 for a known weakness; 0 when there is none, or when
# nobody could be asked, which it says. A network that is slow or away costs two minutes at most.
set -euo pipefail
cd "$(dirname "$0")/.."
deploy/setup.sh test

out=$(mktemp)
trap 'rm -f "$out"' EXIT
if timeout 120 .venv/bin/pip-audit --timeout 10 --require-hashes --disable-pip --progress-spinner off \
    -r requirements/product.lock >"$out" 2>&1; then
  unasked=$(grep -c 'could not be audited' "$out" || true)
  asked=$(($(grep -c '==' requirements/product.lock) - unasked))
  echo "pip-audit: no known weakness in $asked packages; nothing could be learned about $unasked"
elif grep -qE 'Found [0-9]+ known vulnerabilit' "$out"; then
  cat "$out"
  exit 1
else
  echo "pip-audit could not ask about weaknesses (no network?): $(tail -1 "$out")"
fi
