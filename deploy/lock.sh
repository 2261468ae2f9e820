#!/usr/bin/env bash
# Resolve requirements/*.in into locks that hold versions and hashes, and no registry's address.
set -euo pipefail
cd "$(dirname "$0")/.."
UV=uv; uv --version >/dev/null 2>&1 || UV=.uv/bin/uv
flags=(--quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links)
"$UV" pip compile "${flags[@]}" --python-version 3.11 --universal requirements/bootstrap.in -o requirements/bootstrap.lock
"$UV" pip compile "${flags[@]}" --python-version 3.12 requirements/product.in -o requirements/product.lock
"$UV" pip compile "${flags[@]}" --python-version 3.12 requirements/test.in -o requirements/test.lock
"$UV" pip compile "${flags[@]}" --python-version 3.10 --override requirements/rasa-override.txt requirements/rasa.in -o requirements/rasa.lock
