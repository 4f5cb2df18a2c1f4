#include "foreign.h"

#include <string.h>

struct format {
    const char *magic;
    size_t length;
    const char *ending; /* of the name, where the beginning alone does not tell; NULL: it does */
    const char *name;
    const char *line;
};

#define SAVE "from safetensors.numpy import save_file as s; "
#define TORCH                                                                                      \
    "import torch; from safetensors.torch import save_file as s; s(torch.load('IN', "              \
    "map_location='cpu', weights_only=True), 'OUT.safetensors', {'format': 'pt'})"
#define KERAS                                                                                      \
    "import keras; from safetensors.numpy import save_file as s; m = "                             \
    "keras.models.load_model('IN'); assert len(m.inputs) == len(m.outputs) == 1 and "              \
    "all(l['class_name'] in 'InputLayer Dense Dropout Activation ReLU "                            \
    "BatchNormalization Flatten'.split() and len(l.get('inbound_nodes', '')) < 2 for "             \
    "l in m.get_config()['layers']), 'not a chain of dense layers'; "                              \
    "s({f'{type(l).__name__}_{i}/{w.name}': w.numpy() for i, l in "                                \
    "enumerate(m.layers) for w in l.weights}, 'OUT.safetensors')"
#define HDF5                                                                                       \
    "import h5py; from safetensors.numpy import save_file as s; d = {}; f = "                      \
    "h5py.File('IN'); assert 'keras_version' not in f.attrs, 'of Keras: take its "                 \
    "line in docs/files.md'; f.visititems(lambda n, o: d.update({n: o[...]}) if "                  \
    "hasattr(o, 'dtype') and o.dtype.kind in 'biuf' else None); s(d, "                             \
    "'OUT.safetensors')"

static const struct format formats[] = {
    {"GGUF", 4, NULL, "a GGUF file",
     "import gguf; " SAVE "s({t.name: gguf.dequantize(t.data, t.tensor_type) for t in "
     "gguf.GGUFReader('IN').tensors}, 'OUT.safetensors')"},
    {"\x89HDF\r\n\x1a\n", 8, NULL, "an HDF5 file", HDF5},
    {"PK\x03\x04", 4, ".npz", "an archive of NumPy arrays",
     "import numpy; " SAVE "s(dict(numpy.load('IN')), 'OUT.safetensors')"},
    {"PK\x03\x04", 4, ".keras", "an archive of Keras", KERAS},
    {"PK\x03\x04", 4, NULL, "a zip archive, as PyTorch saves them", TORCH},
    {"\x80", 1, NULL, "a Python pickle", TORCH},
    {"\x93NUMPY", 6, NULL, "a NumPy array",
     "import numpy; " SAVE "s({'NAME.weight': numpy.load('IN')}, 'OUT.safetensors')"},
    {"", 0, ".onnx", "an ONNX model",
     "python3 examples/measure/convert_onnx.py IN OUT.safetensors (docs/files.md)"},
};

static int ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path);
    return ending == NULL ||
           (length > strlen(ending) && strcmp(path + length - strlen(ending), ending) == 0);
}

/* The header of a safetensors file may begin with any byte, as its length does, but what comes
 * behind the length is '{'. */
static int is_safetensors(const unsigned char *head, size_t size)
{
    return size > 8 && head[8] == '{';
}

int foreign_refuse(const char *path, const unsigned char *head, size_t size,
                   struct problem *problem)
{
    for (size_t i = 0; !is_safetensors(head, size) && i < sizeof formats / sizeof formats[0]; i++) {
        const struct format *format = &formats[i];
        if (size >= format->length && memcmp(head, format->magic, format->length) == 0 &&
            ends_in(path, format->ending))
            return problem_set(problem, "%s: %s, not a safetensors file; convert it by Python: %s",
                               path, format->name, format->line);
    }
    return 0;
}
