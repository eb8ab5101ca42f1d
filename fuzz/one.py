"""Fuzzing one parser with atheris: started by `fuzz.run`, in a process of its own."""

from __future__ import annotations

import shlex
import sys


def main() -> None:
    """Arguments: the parser's name, then libFuzzer's."""
    import atheris  # type: ignore[import-not-found]  # see requirements.txt

    name = sys.argv[1]
    from fuzz.watching import WATCHED

    with atheris.instrument_imports(include=["tocsin", *WATCHED.get(name, ())]):
        from fuzz.targets import try_target

    def give(body: bytes) -> None:
        try_target(name, body)

    # libFuzzer hands the first word to a shell, with options behind it, for each process of a merge
    atheris.Setup([f"{shlex.quote(sys.executable)} -m fuzz.one {name}", *sys.argv[2:]], give)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
