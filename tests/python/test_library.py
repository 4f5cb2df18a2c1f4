"""The file's structs and constants beside the headers, and how it finds the library."""

import ctypes
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import dirichlet_c as c
import dirichlet_check as check
import dirichlet_dense as dense
import dirichlet_random as random
import dirichlet_regularizer as regularizer

import dirichlet

BOTH = {  # of float and double alike
    "model": c.ModelStruct,
    "batch": c.Batch,
    "dense_layer": dense.Layer,
    "dense_gradient": dense.Gradient,
    "parameter": regularizer.Parameter,
    "singular": regularizer.Singular,
}
STRUCTS = {
    "error": c.ErrorStruct,
    "progress": c.ProgressStruct,
    "estimator_options": c.EstimatorOptions,
    "result": c.ResultStruct,
    "estimator_description": c.EstimatorDescription,
    "capabilities": c.Capabilities,
    "penalty_result": c.PenaltyResult,
    "spectral_options": c.SpectralOptions,
    "spectral_result": c.SpectralResult,
    "dense_options": dense.Options,
    "dense_penalty_options": dense.PenaltyOptions,
    "dense_description": dense.Description,
    "dense_lipschitz": dense.Lipschitz,
    "dense_transfer_options": dense.TransferOptions,
    "dense_transfer_result": dense.TransferResult,
    "parameter_norm_options": regularizer.NormOptions,
    "spectral_penalty_options": regularizer.SpectralPenaltyOptions,
    "jacobian_norms_options": regularizer.JacobianNormsOptions,
    "jacobian_norms": regularizer.JacobianNorms,
    "energy_penalty_options": regularizer.EnergyPenaltyOptions,
    "initialization_options": random.Options,
    "check_finding": check.Finding,
    "check_options": check.Options,
    "check_report": check.Report,
    **{f"{name}_{type}": kind for name, kind in BOTH.items() for type in ("f32", "f64")},
}
CONSTANTS = {  # and the header that they are in
    "METHOD": (c.METHODS, "estimator"),
    "NONFINITE": (c.NONFINITE, "estimator"),
    "PROBES": (c.PROBES, "model"),
    "STOP": (c.STOP_REASONS, "estimator"),
    "ACTIVATION": (c.ACTIVATIONS, "activation"),
    "KINK": (c.KINKS, "activation"),
    "NORM": (c.NORMS, "regularizer"),
    "INITIALIZATION": (c.INITIALIZATIONS, "random"),
    "DISTRIBUTION": (c.DISTRIBUTIONS, "random"),
    "INITIAL_BIAS": (c.INITIAL_BIASES, "random"),
}
NUMBERS = {
    "MESSAGE_SIZE": c.MESSAGE_SIZE,
    "CHECK_MOST_FINDINGS": c.MOST_FINDINGS,
    "E_NO_DATA": c.NO_DATA,
    "E_CONTRACT": c.CONTRACT,
    "CALLBACK_UNSUPPORTED": c.Unsupported.code,
    "CALLBACK_OUT_OF_DOMAIN": c.OutOfDomain.code,
    **{f"CHECK_{name.upper()}": number for name, number in c.CHECK_ITEMS.items()},
    **{f"CALLBACK_{name.upper()}": number for name, number in c.CALLBACKS.items()},
}


def layout():
    """Lines "what number" of this file."""
    lines = [f"DIRICHLET_{name} {number}" for name, number in NUMBERS.items()]
    for name, struct in STRUCTS.items():
        name = "dirichlet_" + name
        lines.append(f"sizeof({name}) {ctypes.sizeof(struct)}")
        for field, _ in struct._fields_:
            place = getattr(struct, field)
            lines.append(f"offsetof({name},{field}) {place.offset}")
            lines.append(f"sizeof((({name}*)0)->{field}) {place.size}")
    for group, (names, _) in CONSTANTS.items():
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

    def headers(self):
        flags = run("pkg-config", "--cflags-only-I", "dirichlet").stdout.split()
        return Path(flags[0][2:], "dirichlet")

    def test_nothing_is_missing(self):
        """Every constant of the groups is known here, and every field of the structs."""
        for group, (names, header) in CONSTANTS.items():
            text = (self.headers() / f"{header}.h").read_text()
            defined = re.findall(rf"^#define DIRICHLET_{group}_(\w+)[\s\\]+[(\d-]", text, re.M)
            self.assertEqual({name.lower() for name in defined}, set(names))
        text = (self.headers() / "check.h").read_text()
        defined = set(re.findall(r"^#define DIRICHLET_C(\w+_\w+)[\s\\]+\d", text, re.M))
        known = {f"HECK_{name.upper()}" for name in (*c.CHECK_ITEMS, "most_findings")}
        self.assertEqual(defined, known | {f"ALLBACK_{name.upper()}" for name in c.CALLBACKS})

    def test_fields_in_order(self):
        """Those of every struct are all there, by their names: of equal types two could change places."""
        text = "".join(path.read_text() for path in sorted(self.headers().glob("*.h")))
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        for name, struct in STRUCTS.items():
            body = re.search(rf"typedef struct dirichlet_{name} {{(.*?)}} dirichlet_{name};", text, re.S)
            fields = re.findall(r"(\w+)(?:\[\w+\])?;", body[1])
            self.assertEqual(fields, [field for field, _ in struct._fields_], name)


class Finding(unittest.TestCase):
    def test_by_the_system(self):
        """Where the loader looks, here by LD_LIBRARY_PATH."""
        program = "import dirichlet; print(dirichlet.library._name)"
        folder = os.path.dirname(os.environ["DIRICHLET_LIBRARY"])
        found = run(sys.executable, "-c", program, DIRICHLET_LIBRARY=None, LD_LIBRARY_PATH=folder)
        self.assertEqual(found.returncode, 0, found.stderr)
        self.assertEqual(found.stdout.strip(), "libdirichlet.so.0.2")

    def test_by_its_path(self):
        found = run(sys.executable, "-c", "import dirichlet", DIRICHLET_LIBRARY="/nonexistent.so")
        self.assertIn("OSError: /nonexistent.so", found.stderr)

    def test_nowhere(self):
        program = "import ctypes.util as c; c.find_library = lambda name: None; import dirichlet"
        found = run(sys.executable, "-c", program, DIRICHLET_LIBRARY=None)
        self.assertIn("ImportError: libdirichlet not found: install it or set", found.stderr)

    def test_another_version(self):
        program = "import dirichlet_c as c; c.VERSION = 0, 99; c._load()"
        found = run(sys.executable, "-c", program)
        self.assertIn("has the version (0, 2), this file is for (0, 99)", found.stderr)


class Capabilities(unittest.TestCase):
    def test_what_the_library_is(self):
        found = dirichlet.capabilities()
        print(found)
        self.assertEqual(found.version // 100, 2)
        self.assertLessEqual(found.oldest_state_format, found.newest_state_format)
        self.assertEqual(found.cblas, found.blas != "none")


if __name__ == "__main__":
    unittest.main()
