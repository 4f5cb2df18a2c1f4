"""The file's structs and constants beside the headers, and how it finds the library."""

import ctypes
import os
import re
import subprocess
import sys
import tempfile
import unittest

import dirichlet

STRUCTS = {
    "dirichlet_model_f64": dirichlet._Model,
    "dirichlet_model_f32": dirichlet._Model,
    "dirichlet_estimator_options": dirichlet._Options,
    "dirichlet_result": dirichlet._Result,
    "dirichlet_dense_layer_f64": dirichlet._Layer,
    "dirichlet_dense_layer_f32": dirichlet._Layer,
}
CONSTANTS = {
    "METHOD": dirichlet.METHODS,
    "NONFINITE": dirichlet.NONFINITE,
    "STOP": dirichlet.STOP_REASONS,
    "ACTIVATION": dirichlet.ACTIVATIONS,
    "KINK": dirichlet.KINKS,
}


def layout():
    """Lines "what number" of this file."""
    lines = [f"DIRICHLET_MESSAGE_SIZE {dirichlet.MESSAGE_SIZE}"]
    for name, struct in STRUCTS.items():
        lines.append(f"sizeof({name}) {ctypes.sizeof(struct)}")
        for field, _ in struct._fields_:
            place = getattr(struct, field)
            lines.append(f"offsetof({name},{field}) {place.offset}")
            lines.append(f"sizeof((({name}*)0)->{field}) {place.size}")
    for group, names in CONSTANTS.items():
        lines += [f"DIRICHLET_{group}_{name.upper()} {number}" for name, number in names.items()]
    return lines


def run(*command, **variables):
    environment = {**os.environ, **variables}
    environment = {name: value for name, value in environment.items() if value is not None}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


class Layout(unittest.TestCase):
    def compiled(self, program):
        """What a C program prints that was compiled with the installed headers."""
        flags = run("pkg-config", "--cflags", "dirichlet").stdout.split()
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "layout.c")
            with open(source, "w") as file:
                file.write(program)
            built = run(os.environ.get("CC", "cc"), source, *flags, "-o", source[:-2])
            self.assertEqual(built.returncode, 0, built.stderr)
            return run(source[:-2]).stdout.splitlines()

    def test_layout(self):
        lines = layout()
        calls = [f'P("{line.split()[0]}", {line.split()[0]});' for line in lines]
        program = """
            #include <dirichlet/dirichlet.h>
            #include <stdio.h>
            #define P(what, number) printf("%s %lld\\n", what, (long long)(number))
            int main(void) {"""
        printed = self.compiled(program + "\n".join(calls) + "}")
        self.assertEqual(printed, lines)
        print(f"{len(lines)} sizes, offsets and constants agree with the headers")

    def test_nothing_is_missing(self):
        """Every constant of the groups is known here."""
        flags = run("pkg-config", "--cflags-only-I", "dirichlet").stdout.split()
        folder = os.path.join(flags[0][2:], "dirichlet")
        for group, names in CONSTANTS.items():
            header = "dense.h" if group in ("ACTIVATION", "KINK") else "estimator.h"
            with open(os.path.join(folder, header)) as file:
                defined = re.findall(rf"^#define DIRICHLET_{group}_(\w+)", file.read(), re.M)
            self.assertEqual({name.lower() for name in defined}, set(names))


class Finding(unittest.TestCase):
    def test_by_the_system(self):
        """Where the loader looks, here by LD_LIBRARY_PATH."""
        program = "import dirichlet; print(dirichlet._library._name)"
        folder = os.path.dirname(os.environ["DIRICHLET_LIBRARY"])
        found = run(sys.executable, "-c", program, DIRICHLET_LIBRARY=None, LD_LIBRARY_PATH=folder)
        self.assertEqual(found.returncode, 0, found.stderr)
        self.assertEqual(found.stdout.strip(), "libdirichlet.so.0")

    def test_by_its_path(self):
        found = run(sys.executable, "-c", "import dirichlet", DIRICHLET_LIBRARY="/nonexistent.so")
        self.assertIn("OSError: /nonexistent.so", found.stderr)

    def test_nowhere(self):
        program = "import ctypes.util as c; c.find_library = lambda name: None; import dirichlet"
        found = run(sys.executable, "-c", program, DIRICHLET_LIBRARY=None)
        self.assertIn("ImportError: libdirichlet not found: install it or set", found.stderr)

    def test_another_version(self):
        program = "import dirichlet; dirichlet.VERSION = 0, 99; dirichlet._load()"
        found = run(sys.executable, "-c", program)
        self.assertIn("has the version (0, 1), this file is for (0, 99)", found.stderr)


if __name__ == "__main__":
    unittest.main()
