#!/usr/bin/env bash
# Bring one environment of this checkout up to its hash-pinned lock.
#   deploy/setup.sh product   -> .venv                       (what the bot needs)
#   deploy/setup.sh test      -> .venv, with the test tools
#   deploy/setup.sh rasa      -> nlu/rasa_project/.venv      (Python 3.10, training and parity)
# A stamp beside the environment holds the lock's hash: a second run does nothing and ends at once.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:?product, test or rasa}
case "$what" in
  product) venv=.venv; python=3.12; lock=requirements/product.lock ;;
  test) venv=.venv; python=3.12; lock=requirements/test.lock ;;
  rasa) venv=nlu/rasa_project/.venv; python=3.10; lock=requirements/rasa.lock ;;
  *) echo "deploy/setup.sh: unknown environment '$what'" >&2; exit 2 ;;
esac

stamp=$venv/.lock-hash
wanted=$(cat "$lock" deploy/setup.sh | sha256sum | cut -d' ' -f1)
# The test environment holds everything the product needs, so it serves both.
if [ -x "$venv/bin/python" ] && [ -f "$stamp" ]; then
  have=$(cat "$stamp")
  if [ "$have" = "$what $wanted" ]; then exit 0; fi
  if [ "$what" = product ] && [ "$have" = "test $(cat requirements/test.lock deploy/setup.sh | sha256sum | cut -d' ' -f1)" ]; then
    exit 0
  fi
fi

find_uv() {
  if uv --version >/dev/null 2>&1; then echo uv; return; fi
  if [ -x .uv/bin/uv ]; then echo .uv/bin/uv; return; fi
  local candidate
  for candidate in python3.12 python3.13 python3.11 python3 python; do
    if "$candidate" -m venv .uv >/dev/null 2>&1; then
      if .uv/bin/python -m pip install --quiet --require-hashes -r requirements/bootstrap.lock >&2; then
        echo .uv/bin/uv; return
      fi
    fi
  done
  return 1
}

UV=$(find_uv) || {
  echo "Jigi needs Python 3.12 (with venv) or uv, and a network that reaches the Python package index: neither was found." >&2
  exit 1
}

if [ ! -x "$venv/bin/python" ]; then
  "$UV" venv --quiet --python "$python" "$venv" || {
    echo "Jigi needs Python $python: it is not installed here, and uv could not fetch it." >&2
    exit 1
  }
fi
echo "Installing the $what environment into $venv ..." >&2
"$UV" pip sync --quiet --python "$venv/bin/python" --require-hashes "$lock"
if [ "$what" != rasa ]; then
  # The packages of this checkout are imported from where they lie; the command is a two-line script.
  site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  pwd > "$site/jigi-checkout.pth"
  printf '#!%s\nfrom bot.cli import main\nmain()\n' "$(pwd)/$venv/bin/python" > "$venv/bin/jigi"
  chmod +x "$venv/bin/jigi"
fi
echo "$what $wanted" > "$stamp"
