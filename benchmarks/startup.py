"""How fast `--help` and `validate` are, against an empty typer program. Run: python -m benchmarks.startup"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import compare

EMPTY = """
import typer
app = typer.Typer()
@app.command()
def hello(name: str = "x") -> None:
    "Say hello."
app()
"""
FORBIDDEN = ("kubernetes", "grpc")


def main(runs: int = 15) -> None:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY)
        ours = [sys.executable, "-m", "vitessctl"]
        compare("vitessctl --help", [*ours, "--help"], [sys.executable, str(script), "--help"], runs)
        compare(
            "vitessctl validate", [*ours, "validate", "-i", "inventories/minimal"], [sys.executable, str(script)], runs
        )
        compare("vitessctl render", [*ours, "render", "-i", "inventories/minimal"], [sys.executable, str(script)], runs)
    for arguments in (["--help"], ["validate", "-i", "inventories/minimal"], ["render", "-i", "inventories/minimal"]):
        loaded = imported(arguments)
        print(f"{' '.join(arguments):<28} imports {' and '.join(loaded) or 'neither kubernetes nor grpc'}")


def imported(arguments: list[str]) -> list[str]:
    program = (
        f"import sys\nsys.argv = ['vitessctl', *{arguments!r}]\nfrom vitessctl.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {FORBIDDEN!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return [name for name in FORBIDDEN if f"'{name}'" in done.stderr.splitlines()[-1]]


if __name__ == "__main__":
    main()
