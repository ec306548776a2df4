"""Write every derived document, or say which ones are out of date."""

import argparse
import sys

from docs.generate.everything import ROOT, documents, outdated


def main() -> int:
    """Write or check; status 1 where a check found something out of date."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say what is out of date")
    arguments = parser.parse_args()
    stale = outdated()
    for path in stale:
        sys.stdout.write(f"{'out of date' if arguments.check else 'written'}: {path.relative_to(ROOT)}\n")
    if not arguments.check:
        for path, text in documents().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
