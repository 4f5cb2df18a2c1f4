"""PyTorch modules beside the Jacobians of PyTorch's own automatic differentiation."""

import copy
import unittest

import numpy as np
from support import TestCase, X, needs

import dirichlet
from dirichlet import NOISE, Dense, Estimator, ModelError, measure


def torch_model(*arguments, **options):  # only where torch is installed
    return dirichlet.torch_model(*arguments, **options)


@needs("torch")
class Values(TestCase):
    def network(self, dtype):
        import torch

        torch.manual_seed(1)
        first, last = torch.nn.Linear(6, 12), torch.nn.Linear(12, 4)
        return torch.nn.Sequential(first, torch.nn.Tanh(), torch.nn.Dropout(), last).to(dtype)

    def expected(self, module, x):
        """Energies of a module in evaluation mode by torch's own Jacobian."""
        from torch.autograd.functional import jacobian

        return [float((jacobian(module, row[None]).double() ** 2).sum()) for row in x]

    def test_dense_network(self):
        import torch

        for dtype, bound in ((torch.float64, 1e-13), (torch.float32, 2e-6)):
            module = self.network(dtype)
            x = torch.randn(20, 6, dtype=dtype)
            expected = self.expected(module.eval(), x)
            module[2].train()  # dropout is off during the measurement, and on again afterwards
            model = torch_model(module, 6)
            self.assertEqual((model.inputs, model.outputs), (6, 4))
            result = measure(model, x)
            self.assert_close(f"torch vjp {dtype}", result.energies, expected, bound)
            self.assertEqual([part.training for part in module], [False, False, True, False])
            self.assertTrue(all(parameter.grad is None for parameter in module.parameters()))

            model.vjp = None
            self.assert_close(f"torch jvp {dtype}", measure(model, x).energies, expected, bound)
            model.jvp = None
            result = measure(model, x)
            self.assertEqual(result.method, "finite_difference")
            self.assert_close(f"torch forward {dtype}", result.energies, expected, 1e-3)

            views = [p.detach().numpy() for p in module.parameters()]  # these share torch's memory
            dense = Dense([(views[0], views[1], "tanh"), (views[2], views[3], "identity")])
            self.assert_close(f"torch weights {dtype}", dense.energies(x), expected, bound)

    def test_images(self):
        import torch

        torch.manual_seed(2)
        first, last = torch.nn.Conv2d(2, 3, 3), torch.nn.Linear(36, 5)
        module = torch.nn.Sequential(first, torch.nn.SiLU(), torch.nn.Flatten(), last).double()
        x = torch.randn(7, 2, 5, 6, dtype=torch.float64)
        model = torch_model(module, (2, 5, 6))
        self.assertEqual((model.inputs, model.outputs), (60, 5))
        expected = self.expected(module, x)
        self.assert_close("torch images", measure(model, x).energies, expected, 1e-13)
        result = measure(model, x, method="hutchpp", probes=12)  # by both products
        error, allowed = abs(result.value - sum(expected) / 7), 4 * result.standard_error_probes
        print(f"torch hutchpp: error {error:.1e}, at most {allowed:.1e}")
        if not error <= allowed:
            self.fail("Hutch++ is off by more than four standard errors")

    def test_training(self):
        """Parameters are seen as they are, not as they were."""
        import torch

        module = torch.nn.Linear(3, 2, bias=False).double()
        estimator = Estimator(torch_model(module, 3))
        for _ in range(2):
            with torch.no_grad():
                module.weight *= 2
            energy = float((module.weight**2).sum().detach())
            self.assert_close("torch training", estimator.update(X), energy, 1e-13)

    def test_exceptions(self):
        import torch

        module = torch.nn.Sequential(torch.nn.Linear(3, 2)).double()
        model = torch_model(module, 3)
        module.append(torch.nn.Linear(7, 1).double())
        with self.assertRaisesRegex(RuntimeError, "shapes cannot be multiplied"):
            measure(model, X)


@needs("torch")
class Modules(TestCase):
    """What people have beside plain networks: it works, or is refused by its reason."""

    def setUp(self):
        import torch

        torch.manual_seed(3)
        self.x = np.random.default_rng(4).normal(size=(20, 8))

    def layers(self, outputs=8):
        import torch

        first, last = torch.nn.Linear(8, 16), torch.nn.Linear(16, outputs)
        return torch.nn.Sequential(first, torch.nn.Tanh(), last)

    def module(self, function, *parts):
        """A module of a function of (x, parts...)."""
        import torch

        class Module(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.parts = torch.nn.ModuleList(parts)

            def forward(self, x):
                return function(x, *self.parts)

        return Module()

    def energies(self, module, x):
        """By differences in double, apart from the library."""
        import torch

        x, h = torch.as_tensor(x, dtype=torch.float64), 1e-5
        total = 0
        with torch.no_grad():
            for i in range(x[0].numel()):
                step = torch.zeros_like(x[0]).flatten()
                step[i] = h
                step = step.reshape(x[0].shape)
                change = (module(x + step) - module(x - step)).flatten(1) / (2 * h)
                total = total + (change**2).sum(1)
        return total.numpy()

    def refused(self, reason, module, **options):
        with self.assertRaisesRegex(ModelError, reason) as caught:
            print("not refused:", measure(torch_model(module, 8, **options), self.x))
        print("refused:", caught.exception)

    def works(self, what, module, shape, sides=None):
        x = np.random.default_rng(5).normal(size=(12, *np.atleast_1d(shape)))
        expected = self.energies(copy.deepcopy(module).double().eval(), x)
        model = torch_model(module, shape)
        offered = [name for name in ("jvp", "vjp") if getattr(model, name)]
        print(f"{what}: {', '.join(offered)}; others: {getattr(model, 'failed', {})}")
        self.assertEqual(offered, sides or offered)
        energies = measure(model, x, method="exact").energies
        self.assert_close(what, energies, expected, 1e-4)
        few = measure(model, x, probes=3)  # of the method `auto`
        if not abs(few.value - expected.mean()) <= 5 * few.standard_error:
            self.fail(f"{what}: {few}, but {expected.mean()}")

    def test_no_forward_mode(self):
        """What torch cannot do by JVPs is measured by VJPs, with `auto` and few probes too."""
        import torch

        class Sine(torch.autograd.Function):
            @staticmethod
            def forward(context, x):
                context.save_for_backward(x)
                return x.sin()

            @staticmethod
            def backward(context, g):
                return g * context.saved_tensors[0].cos()

        def distances(x):
            points = torch.linspace(-1, 1, 40, dtype=x.dtype).reshape(5, 8)
            return torch.cdist(x[:, None], points)[:, 0]

        lstm = torch.nn.LSTM(8, 6, batch_first=True)
        encoder = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        attention = torch.nn.MultiheadAttention(8, 2, batch_first=True)
        self.works("lstm", self.module(lambda x, part: part(x)[0], lstm), (5, 8), ["vjp"])
        self.works("transformer layer", encoder, (3, 8), ["vjp"])
        self.works("cdist", self.module(distances), 8, ["vjp"])
        function = self.module(lambda x, part: Sine.apply(part(x)), torch.nn.Linear(8, 3))
        self.works("function without jvp", function, 8, ["vjp"])
        # Versions differ in what these have.
        gru = torch.nn.GRU(8, 6, batch_first=True)
        self.works("gru", self.module(lambda x, part: part(x)[0], gru), (5, 8))
        self.works("attention", self.module(lambda x, part: part(x, x, x)[0], attention), (3, 8))

    def test_in_place(self):
        """A module may write into its input."""
        import torch

        module = self.module(
            lambda x, part: part(x.mul_(2).tanh_()), torch.nn.Linear(8, 3)
        ).double()
        x = self.x.copy()
        model = torch_model(module, 8)
        expected = self.energies(lambda x: module(x.clone()), x)
        for side in ("vjp", "jvp"):
            energies = measure(model, x).energies
            self.assert_close(f"in place, {side}", energies, expected, 1e-7)
            model.vjp = None
        self.assertTrue(np.array_equal(x, self.x))

    def test_compiled_exported_frozen_scripted(self):
        """torch.export and jit.freeze make modules that know no evaluation mode."""
        import torch

        module = self.layers().double().eval()
        example = (torch.zeros(4, 8, dtype=torch.float64),)
        expected = self.energies(module, self.x)
        scripted = torch.jit.script(module)
        made = {"script": scripted, "freeze": torch.jit.freeze(scripted)}
        if hasattr(torch, "compile"):
            made["compile"] = torch.compile(module)
        if hasattr(torch, "export"):
            shapes = ({0: torch.export.Dim("n")},)
            made["export"] = torch.export.export(module, example, dynamic_shapes=shapes).module()
            made["export of a batch"] = torch.export.export(module, example).module()
        for name, other in made.items():
            options = {"batch": 4} if name == "export of a batch" else {}
            model = torch_model(other, 8, dtype=np.float64, **options)
            for _ in range(5):  # scripted modules are compiled after some calls
                for method in ("exact", "rademacher", "hutchpp"):
                    probes = None if method == "exact" else 3
                    measure(model, self.x, method=method, probes=probes)
            exact = measure(model, self.x).energies
            self.assert_close(f"torch {name}", exact, expected, 1e-7)
            model.vjp = None
            if model.jvp is not None:
                self.assert_close(
                    f"torch {name}, jvp", measure(model, self.x).energies, expected, 1e-7
                )

    def test_half_precision(self):
        import torch

        module = self.layers()
        exact = measure(torch_model(module, 8), self.x).value
        for dtype in (torch.float16, torch.bfloat16):
            half = copy.deepcopy(module).to(dtype)
            self.refused(str(dtype)[6:] + ".*deepcopy", half)
            model = torch_model(half, 8, derivatives=False)
            self.assertEqual(model.forward_noise, NOISE[str(dtype)[6:]])
            result = measure(model, self.x)
            self.assertEqual(result.method, "finite_difference")
            self.assert_close(f"torch {dtype} by differences", result.value, exact, 0.05)
        with torch.autocast("cpu", torch.bfloat16):  # the module's own precision counts
            energies = measure(torch_model(module, 8), self.x).energies
        expected = measure(torch_model(module, 8), self.x).energies
        self.assertTrue(np.array_equal(energies, expected))

        def inside(x, part):
            with torch.autocast("cpu", torch.bfloat16):
                return part(x)

        self.refused("gives torch.bfloat16", self.module(inside, self.layers()))

    def test_integers(self):
        import torch

        quantize = torch.ao.quantization.quantize_dynamic
        plain = self.layers()
        quantized = quantize(copy.deepcopy(plain), dtype=torch.qint8)
        for module in (quantized, self.module(lambda x, part: x + part(x), quantized)):
            self.refused("int8: they have no derivatives.*differences", module)
        model = torch_model(quantized, 8, derivatives=False, max_samples=1)
        value, exact = measure(model, self.x).value, measure(torch_model(plain, 8), self.x).value
        self.assert_close("torch int8 by differences", value, exact, 0.1)

    def test_no_derivative_at_all(self):
        import torch

        def outside(x, part):
            return torch.from_numpy(part(x.detach()).detach().numpy())

        module = self.module(outside, self.layers())
        self.refused("there is no derivative.*differences, with derivatives=False", module)
        result = measure(torch_model(module, 8, derivatives=False), self.x)
        self.assertEqual(result.method, "finite_difference")

    def test_randomness(self):
        import torch

        module = self.module(
            lambda x, part: torch.nn.functional.dropout(part(x), 0.1), self.layers()
        )
        self.refused("like functional dropout", module)

    def test_samples_that_depend_on_each_other(self):
        import torch

        norm = torch.nn.BatchNorm1d(16, track_running_stats=False)
        module = torch.nn.Sequential(torch.nn.Linear(8, 16), norm, torch.nn.Linear(16, 3))
        self.refused("Expected more than 1 value per channel", module)
        self.refused(
            "Normalization or scales over a batch",
            self.module(lambda x, part: part(x) / part(x).abs().max(), torch.nn.Linear(8, 3)),
        )

    def test_products_that_disagree_with_forward(self):
        """Parts that torch does not derive count as constants, in both of its modes or in one."""
        import torch

        class Wrong(torch.autograd.Function):
            @staticmethod
            def forward(context, x):
                context.save_for_backward(x)
                return x.sin()

            @staticmethod
            def backward(context, g):
                return g * context.saved_tensors[0].sin()

        def constant(x, part):
            with torch.no_grad():
                inner = part(x)
            return x + inner

        for dtype in (torch.float32, torch.float64):
            part = self.layers().to(dtype)
            self.refused("vjp.*\n.*What a framework does not derive", self.module(constant, part))
            detached = self.module(lambda x, part: x + part(x).detach(), part)
            self.refused("(jvp.*\n.*vjp|vjp.*\n.*jvp)", detached)
            wrong = self.module(lambda x, part: Wrong.apply(part(x)), part)
            self.refused("vjp.*\n.*What a framework does not derive", wrong)
        unchecked = torch_model(detached, 8, check=False)
        self.assert_close("unchecked", measure(unchecked, self.x).value, 8, 1e-13)

    def test_integer_kernels_beside_a_skip(self):
        """torch fills in zeros for kernels without derivatives; scripted, their modules have no types."""
        import torch

        for dtype in (torch.qint8, torch.float16):
            part = torch.ao.quantization.quantize_dynamic(self.layers(), dtype=dtype).eval()
            scripted = torch.jit.script(part)
            for inner in (scripted, torch.jit.freeze(scripted)):
                module = self.module(lambda x, part: x + part(x), inner)
                self.refused("they have no derivatives", module, dtype="float32")
                model = torch_model(module, 8, derivatives=False, max_samples=1, dtype="float32")
                self.assertEqual(measure(model, self.x).method, "finite_difference")

    def test_parts_that_lose_derivatives_after_some_calls(self):
        calls = []

        def forgetful(x, part):
            calls.append(1)
            return x + (part(x) if len(calls) < 8 else part(x).detach())

        self.refused("What a framework does not derive", self.module(forgetful, self.layers()))

    def test_observers(self):
        """They would move while they are measured: they are left as they were."""
        import torch

        quantization = torch.ao.quantization
        module = torch.nn.Sequential(quantization.QuantStub(), *self.layers())
        module.qconfig = quantization.get_default_qat_qconfig("fbgemm")
        quantization.prepare_qat(module.train(), inplace=True)
        module(torch.as_tensor(self.x, dtype=torch.float32))
        before = {name: state.clone() for name, state in module.state_dict().items()}
        self.refused("changes while it is called.*Observer.*disable_observer", module)
        for name, state in module.state_dict().items():
            self.assertTrue(torch.equal(state, before[name]), name)
        module.apply(quantization.disable_observer)
        self.assertGreater(measure(torch_model(module, 8), self.x).value, 0)

    def test_recurrent_layers_run_without_cudnn(self):
        """Only their backward pass does; there is no GPU here, so that the switch is what is seen."""
        import torch

        seen = []

        def watch(x, part):
            seen.append((torch.is_grad_enabled(), torch.backends.cudnn.enabled))
            return part(x)[0]

        gru = torch.nn.GRU(8, 6, batch_first=True)
        measure(
            torch_model(self.module(watch, gru), (2, 8), check=False),
            self.x[:, None].repeat(2, 1),
        )
        self.assertIn((True, False), seen)
        self.assertNotIn((True, True), seen)
        self.assertTrue(torch.backends.cudnn.enabled)

    def test_outputs_that_are_no_tensor(self):
        import torch

        self.refused("returns a tuple", torch.nn.LSTM(8, 3))

    def test_no_false_alarms(self):
        """Kinks, ties, zeros, saturation, and sizes of outputs and inputs from 1e-20 to 1e20."""
        import torch

        nn = torch.nn

        def relu(bias=True, depth=4, width=128, inputs=8):
            sizes = [inputs] + [width] * depth
            parts = [nn.Linear(a, b, bias=bias) for a, b in zip(sizes, sizes[1:])]
            for part in parts:
                nn.init.kaiming_normal_(part.weight)
            layers = [layer for part in parts for layer in (part, nn.ReLU())]
            return nn.Sequential(*layers, nn.Linear(width, 2))

        def images():
            parts = [nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 8, 3), nn.ReLU()]
            return nn.Sequential(*parts, nn.MaxPool2d(2), nn.Flatten(), nn.Linear(200, 10))

        def scaled(factor, *parts):
            return self.module(lambda x, part: part(x) * factor, *parts)

        thresholded = np.maximum(np.random.default_rng(6).normal(size=(6, 1, 28, 28)) - 1.2, 0)
        waves = self.module(
            lambda x, a, b: b(torch.sin(30 * a(x))), nn.Linear(8, 64), nn.Linear(64, 2)
        )
        cases = (
            ("relu", relu(), self.x),
            ("relu, 20 layers", relu(depth=20), self.x),
            ("relu, one unit in", relu(inputs=1, width=1000, depth=2), self.x[:, :1]),
            ("relu at zeros without biases", relu(bias=False), 0 * self.x),
            ("max pooling of ties", images(), thresholded),
            ("sines of 30 z", waves, self.x),
            ("saturated", self.layers(), 1e8 * self.x),
            ("saturated softmax", nn.Sequential(scaled(100, relu()), nn.Softmax(1)), self.x),
            ("outputs of 1e-20", scaled(1e-20, self.layers()), self.x),
            ("outputs of 1e20", scaled(1e20, self.layers()), self.x),
            ("far from zero", self.module(lambda x, part: part(x) + 1e5, self.layers()), self.x),
            ("inputs of 1e-6", relu(), 1e-6 * self.x),
            ("a single sample", relu(), self.x[:1]),
        )
        for name, module, x in cases:
            for dtype in (torch.float32, torch.float64):
                with self.subTest(name, dtype=dtype):
                    model = torch_model(module.to(dtype), x.shape[1:])
                    value = measure(model, x, method="rademacher", probes=1).value
                    print(f"{name}, {dtype}: passes, {value:.3g}")
                    self.assertTrue(np.isfinite(value))


if __name__ == "__main__":
    unittest.main()
