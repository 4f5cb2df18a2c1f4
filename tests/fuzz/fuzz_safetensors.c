/* Any bytes as a safetensors file: refused in one line, or tensors inside the bytes. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "network/network.h"
#include "safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct problem problem = {.text = ""};
    struct safetensors file;
    struct network network;
    if (safetensors_parse("input", data, size, &file, &problem) != 0) {
        if (problem.text[0] == '\0' || strchr(problem.text, '\n') != NULL)
            abort();
        return 0;
    }
    for (int i = 0; i < file.count; i++) {
        const unsigned char *begin = file.tensors[i].data;
        if (begin < data || file.tensors[i].bytes > (size_t)(data + size - begin))
            abort();
    }
    const struct choices choices = {.data = "data"};
    if (network_find("input", &file, &choices, &network, &problem) == 0)
        network_free(&network);
    else if (problem.text[0] == '\0' || strchr(problem.text, '\n') != NULL)
        abort();
    safetensors_free(&file);
    return 0;
}
